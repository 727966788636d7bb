"""What a load walked is read by its titles: journeys, variants and steps, in the reader's language."""

from __future__ import annotations

from loadtests import titled, wording
from studies.words import say_in

RENEW, PERMIT = "renew_vehicle", "building_permit"
BUSY = {"waits": 9, "over_threshold": 2, "p50": 0.5, "p95": 1.2, "p99": 1.4, "failures": 1, "started": 9}


def load(*rows: tuple[str, str]) -> dict[str, object]:
    """A load as its JSON has it: steps by journey and key."""
    journeys = [{"journey": journey} for journey in dict.fromkeys(journey for journey, _key in rows)]
    steps = [{**BUSY, "journey": journey, "step": key} for journey, key in rows]
    ended = [{"kind": "left", "step": key, "why": "patience", "count": 1} for _journey, key in rows]
    more = {"variant": "as_is", "threshold": 1.0, "citizens": 4, "seconds": 10.0, "shape": "ramp"}
    return {"journey": RENEW, "by_journey": journeys, "steps": steps, "failures": ended, **more}


def test_steps_are_told_in_words_and_keep_the_key_that_gates_name() -> None:
    told = load((RENEW, "pay"), (RENEW, "nowhere_known"))
    table = wording.steps_table(told)
    assert list(table["Step"]) == ["Sends “Pay and renew”", "“nowhere known”"]
    assert list(table["Key"]) == ["pay", "nowhere_known"]
    assert [row["step"] for row in wording.step_rows(told)] == list(table["Step"])
    with say_in("ar"):
        assert wording.failures_table(told).iloc[0]["الخطوة"].startswith("الإرسال بزر")


def test_a_step_that_two_journeys_of_a_mix_call_the_same_says_of_which_it_is() -> None:
    shown = list(wording.steps_table(load((RENEW, "say_who"), (PERMIT, "say_who"), (PERMIT, "send_plans")))["Step"])
    assert shown == [
        "Gives national id (1) · Renew a vehicle registration",
        "Gives national id (1) · Get a building permit",
        "Sends “Upload and continue”",
    ]


def test_what_counts_for_two_journeys_names_them_both_and_silence_is_that_of_the_journey_a_browser_walked() -> None:
    told = load((RENEW, "pay"), (PERMIT, "pay"))
    told["by_request"] = [
        {"step": "pay", "requests": 3, "failures": 0, "mean": 1, "longest": 1, **BUSY, "per_second": 1}
    ]
    assert list(wording.requests_table(told)["Step"]) == ["Sends “Pay and renew” + Sends “Pay the fees”"]
    told["probe"] = {"steps": [{"step": "pay", "silent_p95": 1.9}]}
    assert [row["silence"] for row in wording.step_rows(told)] == [1.9, None]


def test_a_mix_is_called_by_all_its_journeys() -> None:
    told = load((RENEW, "pay"), (PERMIT, "pay"))
    assert wording.run_told(told).startswith("Renew a vehicle registration + Get a building permit · ")
    assert titled.journeys_name(f"{RENEW} + {PERMIT}") == "Renew a vehicle registration + Get a building permit"
    assert (titled.variant_title("as_is"), titled.variant_title(None)) == ("As it is", "–")


def test_whoever_ended_before_the_first_step_ended_at_none() -> None:
    assert list(wording.failures_table(load((RENEW, "")))["Step"]) == ["–"]
