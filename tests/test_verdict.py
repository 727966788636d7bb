"""The verdict on a load: what fails a build and what only chance did, what is void, and how a build server reads it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Tree

import orjson
import pytest

from loadtests.verdicts import good_runs, pull_request, verdict_wording
from loadtests.verdicts.demands import Gates
from loadtests.verdicts.evidence import Evidence, Generator, Times
from loadtests.verdicts.gate_file import gates_of
from loadtests.verdicts.junit import junit
from loadtests.verdicts.verdict import Verdict, again, decide, judge
from studies.words import say_in
from studies.workspace import Workspace

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
FAST = Times.of([0.2] * 200)


def load(done: int = 200, journeys: int = 200, waits: Times = FAST, **more: object) -> Evidence:
    """A load of so many journeys, four requests each, whose waits were all at one step."""
    of = Evidence(journeys, done, 4 * journeys, 0, 60.0, Times.of([3.0] * done), {"submit_pay": waits})
    return replace(of, **more)  # type: ignore[arg-type]


def gates(*lines: str, more: str = "") -> Gates:
    return gates_of("gates:\n" + "".join(f"  - {line}\n" for line in lines) + more, "g.yaml")


COMPLETION = gates("completion >= 0.98")


def decided(verdict: Verdict) -> list[tuple[str, str]]:
    return [(gate.state, gate.rule) for gate in verdict.gates]


# --- one gate, one run or several -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "state", "code", "rule"),
    [
        (200, "passed", 0, "estimate"),  # 200 of 200: the truth may still be 97.7 %
        (197, "passed", 0, "estimate"),
        (150, "failed", 3, "interval"),
    ],
)
def test_a_gate_is_judged_by_its_interval(done: int, state: str, code: int, rule: str) -> None:
    verdict = judge(COMPLETION, [load(done)])
    assert (verdict.state, verdict.exit_code, decided(verdict)) == (state, code, [(state, rule)])


def test_what_is_plainly_well_is_said_to_be() -> None:
    assert decided(judge(gates("completion >= 0.9"), [load()])) == [("passed", "interval")]


def test_a_failure_that_chance_may_have_made_is_tried_again_and_fails_when_it_repeats() -> None:
    runs: list[Evidence] = []
    assert again(COMPLETION, [load(194)])  # 97 %: the interval reaches to 98.7 %

    def run() -> Evidence:
        runs.append(load(194))
        return runs[-1]

    verdict = decide(COMPLETION, run)
    assert (verdict.state, verdict.runs, decided(verdict)) == ("failed", 2, [("failed", "repeated")])


def test_a_failure_that_does_not_repeat_fails_no_build() -> None:
    runs = iter([load(194), load(199)])
    verdict = decide(COMPLETION, lambda: next(runs))
    assert (verdict.state, verdict.runs, decided(verdict)) == ("passed", 2, [("passed", "did not repeat")])


def test_a_doubt_must_be_seen_in_every_run() -> None:
    thrice = gates("completion >= 0.98", more="repeat: 3")
    assert judge(thrice, [load(194), load(199), load(194)]).state == "passed"
    assert judge(thrice, [load(194), load(194), load(194)]).state == "failed"


def test_a_plain_failure_is_not_tried_again() -> None:
    runs = iter([load(100)])
    assert decide(COMPLETION, lambda: next(runs)).state == "failed"


def test_without_repeats_a_doubt_is_told_and_fails_nothing() -> None:
    verdict = judge(gates("completion >= 0.98", more="repeat: 1"), [load(194)])
    assert (verdict.state, decided(verdict)) == ("passed", [("doubtful", "not repeated")])
    assert "chance" in verdict_wording.told(verdict)


def test_a_service_at_its_limit_fails_few_builds_by_chance_and_one_that_got_worse_fails_them_all() -> None:
    chance = random.Random(8)

    def builds(truth: float) -> int:
        def run() -> Evidence:
            return load(sum(chance.random() < truth for _each in range(200)))

        return sum(decide(COMPLETION, run).state == "failed" for _build in range(100))

    assert builds(0.99) <= 5
    assert builds(0.90) == 100


def test_a_percentile_of_slow_waits_fails_and_of_fast_ones_passes() -> None:
    slow = Times.of([0.2] * 150 + [3.0] * 50)
    demand = gates("submit.wait_p95 < 2 s", "wait_p50 < 1 s", "long_waits < 30 %", "journey_p95 < 4 s")
    assert [gate.state for gate in judge(demand, [load(waits=slow)]).gates] == ["failed", "passed", "passed", "passed"]


def test_errors_and_pace_are_gates_too() -> None:
    demand = gates("errors < 0.5 %", "throughput >= 3/s")
    assert decided(judge(demand, [load(errors=40)]))[0] == ("failed", "interval")
    assert judge(demand, [load()]).gates[1].found.value == pytest.approx(200 / 60)  # type: ignore[union-attr]


# --- void -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("generator", "why"),
    [
        (Generator(start_lag=0.4), r"set out 0.40 s late"),
        (Generator(cpu=0.97), r"97.0% of its processor"),
        (Generator(dropped=0.2), r"20.0% of the citizens who arrived were never let in"),
    ],
)
def test_a_generator_that_was_the_bottleneck_voids_the_run_whatever_the_gates_say(
    generator: Generator, why: str
) -> None:
    for done in (200, 10):
        verdict = judge(COMPLETION, [load(done, generator=generator)])
        assert (verdict.state, verdict.exit_code) == ("void", 4)
        assert why in " ".join(verdict.reasons)
    # A service that seems to have died may never have been asked.
    assert judge(COMPLETION, [load(ending="target died", generator=generator)]).state == "void"
    easy = gates("completion >= 0.98", more="generator: {start_lag: 1 s, cpu: 99 %, dropped: 50 %}")
    assert judge(easy, [load(generator=generator)]).state == "passed"


def test_a_gate_on_silence_without_the_probe_voids_and_never_passes() -> None:
    demand = gates("completion >= 0.98", "submit.silent_p95 < 2 s")
    verdict = judge(demand, [load()])
    assert (verdict.exit_code, decided(verdict)[1]) == (4, ("void", "not measurable"))
    assert "--probe" in verdict.reasons[0]
    assert "not all that was asked" in verdict_wording.headline(verdict)
    # What failed has failed, whatever else is not known.
    assert judge(demand, [load(10)]).exit_code == 3
    heard = load(silences={"submit_pay": Times.of([0.4] * 30)})
    assert judge(demand, [heard]).exit_code == 0


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        ("ran its time", "passed"),
        ("stopped", "void"),
        ("generator died", "void"),
        ("disk full", "void"),
        ("killed", "void"),
        ("permission withdrawn", "void"),
        ("address changed", "void"),
        ("target died", "failed"),
        ("circuit breaker", "failed"),
        ("certificate expired", "failed"),
    ],
)
def test_a_load_that_ended_early_has_a_verdict_that_says_so(ending: str, state: str) -> None:
    for demand in (COMPLETION, VERSUS, Gates()):
        verdict = judge(demand, [load(ending=ending)])
        assert verdict.state == state
        assert bool(verdict.reasons) == (ending != "ran its time")


# --- against the last good run ----------------------------------------------------------------------------------------

VERSUS = gates_of("versus: last-good\nallow: {completion: 2 %, submit.wait_p95: 10 %, throughput: 10 %}", "g.yaml")


def test_the_first_run_has_nothing_to_compare_with_and_passes() -> None:
    verdict = judge(VERSUS, [load()])
    assert (verdict.state, {rule for _state, rule in decided(verdict)}) == ("passed", {"first run"})


def test_what_no_first_run_could_measure_is_void_so_that_nothing_is_held_to_it() -> None:
    nothing = Evidence(0, 0, 0, 0, 60.0, Times(), {})
    verdict = judge(VERSUS, [nothing])
    assert (verdict.state, decided(verdict)[0]) == ("void", ("void", "not measurable"))


def test_what_the_last_good_run_did_not_measure_begins_with_this_one() -> None:
    silence = gates_of("versus: last-good\nallow: {submit.silent_p95: 10 %}", "g.yaml")
    heard = load(silences={"submit_pay": Times.of([0.4] * 30)})
    verdict = judge(silence, [heard], load())
    assert (verdict.state, decided(verdict)) == ("passed", [("passed", "first run")])
    assert "--probe" in verdict.gates[0].reason
    assert judge(silence, [load()], heard).state == "void"


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (load(), ["passed", "passed", "passed"]),
        (load(196), ["passed", "passed", "passed"]),  # two points fewer are allowed
        (load(150), ["failed", "passed", "doubtful"]),
        (load(waits=Times.of([0.4] * 200)), ["passed", "failed", "passed"]),
        (load(seconds=120.0), ["passed", "passed", "failed"]),
    ],
)
def test_what_got_worse_than_allowed_fails(now: Evidence, states: list[str]) -> None:
    assert [gate.state for gate in judge(VERSUS, [now], load()).gates] == states


def test_the_change_is_told_in_points_of_a_share_and_in_parts_of_a_time() -> None:
    worse = judge(VERSUS, [load(150, waits=Times.of([0.3] * 200))], load()).gates
    assert [gate.found.value for gate in worse[:2]] == [-0.25, pytest.approx(0.5)]  # type: ignore[union-attr]
    assert [gate.limit for gate in worse] == [-0.02, 0.1, -0.1]


def test_the_last_good_run_is_kept_per_study_journey_and_way_of_coming(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    asked = good_runs.Asked("a study/../x", "renew", "as_is", "constant", "20/s")
    others = [replace(asked, study="b"), replace(asked, journey="pay"), replace(asked, variant=None)]
    others += [replace(asked, shape="ramp"), replace(asked, amount="40/s")]
    assert good_runs.last_good(asked, space) is None
    full = load(silences={"submit_pay": FAST}, generator=Generator(0.01, 0.2, 0.0))
    kept = good_runs.keep(asked, "load-1", NOW, load(), space)
    assert good_runs.keep(asked, "load-2", NOW, full, space) == kept
    assert kept.is_relative_to(tmp_path / "good_runs")
    found = good_runs.last_good(asked, space)
    assert found is not None and (found.run, found.evidence) == ("load-2", full)
    assert [good_runs.last_good(other, space) for other in others] == [None] * 5
    kept.write_bytes(b'{"run": "lo')
    assert good_runs.last_good(asked, space) is None


# --- as others read it ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["passed", "failed", "void", "target died"])
def verdict(request: pytest.FixtureRequest) -> Iterator[Verdict]:
    demand = gates("completion >= 0.98", "submit.wait_p95 < 2 s", more="versus: last-good")
    loads = {"passed": load(), "failed": load(100), "void": load(generator=Generator(cpu=1.0))}
    loads["target died"] = load(ending="target died")
    yield judge(demand, [loads[request.param]], load())


def test_junit_has_a_case_a_gate_and_counts_them_rightly(verdict: Verdict) -> None:
    text = junit(verdict, "renew", began=NOW, seconds=60.0, host="ci\x00 1", facts={"shape": "constant"})
    suite = Tree.fromstring(text)[0]
    # The schema asks for these elements in this order, and for these attributes.
    kinds = [child.tag for child in suite]
    assert kinds == ["properties", *["testcase"] * (len(verdict.gates) + 1), "system-out", "system-err"]
    assert set(suite.attrib) == {
        "name",
        "package",
        "id",
        "timestamp",
        "hostname",
        "tests",
        "failures",
        "errors",
        "time",
    }
    assert suite.attrib["timestamp"] == "2026-11-21T09:30:00"
    cases = suite.findall("testcase")
    assert [case.attrib["name"] for case in cases[1:]] == [gate.gate for gate in verdict.gates]
    counted = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error")}
    told = {"failure": int(suite.attrib["failures"]), "error": int(suite.attrib["errors"])}
    assert (told, int(suite.attrib["tests"])) == (counted, len(cases))
    assert all(set(case.attrib) == {"name", "classname", "time"} and len(case) <= 1 for case in cases)
    red = counted["failure"] + counted["error"]
    assert (red > 0) == (verdict.exit_code != 0)
    assert (counted["error"] > 0) == (verdict.state == "void")
    assert (counted["failure"] > 0) == (verdict.state == "failed")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_pull_request_shows_a_row_a_gate_in_both_languages(verdict: Verdict, language: str) -> None:
    with say_in(language):
        text = pull_request.markdown(verdict, "renew | <script>")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(verdict.gates)
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}
    assert "<script>" not in text
    assert ('dir="rtl"' in text) == (language == "ar")


def test_a_verdict_is_json_without_loss_of_its_figures(verdict: Verdict) -> None:
    told = orjson.loads(orjson.dumps(verdict.json()))
    assert (told["state"], told["exit_code"]) == (verdict.state, verdict.exit_code)
    for gate in told["gates"]:
        assert gate["ci_low"] is None or gate["ci_low"] <= gate["value"] <= gate["ci_high"]


def test_what_is_kept_of_a_load_comes_back_as_it_was() -> None:
    for one in (load(), load(silences={"submit_pay": FAST}, generator=Generator(0.01, 0.2, 0.0))):
        assert Evidence.of(orjson.loads(orjson.dumps(one.json()))) == one
