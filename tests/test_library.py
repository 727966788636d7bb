"""Every journey of the library can be walked, in both variants and languages, and measures what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.measure import Measured, measure
from journeys.journey import Journey
from journeys.personas import personas_for
from journeys.players import wire
from journeys.practice.fitting import fit
from journeys.practice.flaws import VARIANTS, Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.serve import running
from journeys.practice.truth import LIBRARY, WHOLE, library, planted
from journeys.reading import read_journey
from journeys.shelf import write_down
from journeys.steps import steps_of
from journeys.walk import walk_of
from studies.log import Log
from studies.troubles import WrongInput

JOURNEYS = sorted(library())
HEARD_ON_THE_WIRE = [metric for metric in WHOLE if metric != "silent_waits"]


def at_once(flaws: Flaws) -> Flaws:
    """The same agency without its delays: the wire hears no silence, so nothing is lost by not waiting."""
    told = flaws.model_dump()
    told["capacity"]["seconds"] = 0
    for service in told["services"].values():
        for variant in VARIANTS:
            for page in service[variant]:
                page["silent"] = page["spinner"] = 0
    return Flaws.model_validate(told)


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    with running(at_once(read_flaws())) as base_url:
        yield base_url


def walked(journey: Journey, variant: str, base_url: str, language: str = "en") -> Log:
    citizen = personas_for(journey, 1)[0]
    return wire.play(walk_of(journey, citizen, session="s", language=language, variant=variant, base_url=base_url))


def whole(measured: Measured) -> Counter[str]:
    """Each count, over all the sittings of the case."""
    counts: Counter[str] = Counter()
    for results in measured.sessions.values():
        for metric in WHOLE:
            told = results[metric].json()
            counts[metric] += int(told.get("value") or 0)
    return counts


def truth_of(flaws: Flaws, journey: Journey, variant: str, metrics: list[str]) -> dict[str, int]:
    return {p.metric: int(p.truth) for p in planted(flaws, journey, variant) if p.step is None and p.metric in metrics}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_is_walked_to_its_end_and_measures_what_was_planted(
    agency: str, name: str, variant: str, language: str
) -> None:
    journey = library()[name]
    log = walked(journey, variant, agency, language)
    measured = measure(log)
    assert "concluded" in [results["outcome"].json()["value"] for results in measured.sessions.values()]
    assert sum(s.verb == "concludes" for s in log.said()) == 1
    counts = whole(measured)
    assert {m: counts[m] for m in HEARD_ON_THE_WIRE} == truth_of(read_flaws(), journey, variant, HEARD_ON_THE_WIRE)


@pytest.mark.parametrize("name", JOURNEYS)
def test_the_truth_is_the_same_in_both_languages(name: str) -> None:
    for variant in VARIANTS:
        assert planted(read_flaws(), name, variant, "en") == planted(read_flaws(), name, variant, "ar")


@pytest.mark.parametrize("name", [name for name in JOURNEYS if name.startswith("move_line")])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_silences_counted_by_hand_in_conversations_are_heard(agency: str, name: str, variant: str) -> None:
    journey = library()[name]
    measured = measure(walked(journey, variant, agency))
    talks = {step_id for step_id, step in steps_of(journey, variant) if step.verb in ("call", "attend")}
    heard = [
        (wait.json()["step"], round(to - since, 3))
        for waits in measured.waits.values()
        for wait in waits
        for since, to, _cause in wait.json()["silences"]
        if to - since > 3
    ]
    told = planted(read_flaws(), journey, variant)
    assert sorted(heard) == sorted((p.step, p.truth) for p in told if p.metric == "silent_wait" and p.step in talks)


def test_enough_is_planted() -> None:
    rows = [p for name in JOURNEYS for variant in VARIANTS for p in planted(read_flaws(), name, variant) if p.truth]
    flaws = [p for p in rows if p.metric not in ("steps", "silent_waits")]
    assert len(flaws) >= 20
    assert len({p.journey for p in flaws}) >= 7
    assert {p.variant for p in flaws} == set(VARIANTS)
    assert sum(p.metric == "silent_wait" for p in rows) >= 12


def test_a_library_journey_is_where_its_agency_is_and_ends_on_a_page_that_says_so() -> None:
    for path in sorted(LIBRARY.rglob("*.yaml")):
        journey = read_journey(path)
        assert path.parent.name == journey.agency and path.stem == journey.journey
        assert isinstance(journey.title, dict) and set(journey.title) == {"en", "ar"}
        assert journey.shortest_path


@pytest.mark.parametrize("name", JOURNEYS)
def test_the_shortest_path_is_that_of_the_redesigned_service(name: str) -> None:
    """Corrections cost steps, and no shortest path has one."""
    journey = library()[name]
    counts = truth_of(read_flaws(), journey, "redesigned", list(WHOLE))
    assert journey.shortest_path == counts["steps"] - 2 * counts["corrections"]


CHANGED = """
services:
  renew_vehicle:
    as_is:
      - page: renew
        agency: {first}
        asks: [national_id, mobile]
        refuses_first: {refused}
      - page: renew/vehicle
        asks: [plate_number, chassis_number]
        asks_again: {again}
      - page: renew/payment
        asks: [iban]
        fails_first: {fails}
      - page: renew/done
"""


@pytest.mark.parametrize(
    ("first", "refused", "again", "fails", "counts"),
    [
        ("traffic", "[]", "[]", "null", {"repeat_questions": 0, "hand_offs": 0}),
        ("traffic", "[]", "[mobile, national_id]", "null", {"repeat_questions": 2}),
        ("justice", "[]", "[]", "null", {"hand_offs": 1}),
        ("traffic", "[mobile]", "[mobile]", "503", {"repeat_questions": 1, "corrections": 1, "refusals": 2}),
    ],
)
def test_flaws_changed_from_outside_are_measured_as_changed(
    tmp_path: Path, first: str, refused: str, again: str, fails: str, counts: dict[str, int]
) -> None:
    path = tmp_path / "changed.yaml"
    path.write_text(CHANGED.format(first=first, refused=refused, again=again, fails=fails), encoding="utf-8")
    flaws = read_flaws(path)
    journey = fit(library()["renew_vehicle"], flaws)
    with running(at_once(flaws)) as base_url:
        measured = whole(measure(walked(journey, "as_is", base_url)))
    assert {metric: measured[metric] for metric in counts} == counts
    assert {m: measured[m] for m in HEARD_ON_THE_WIRE} == truth_of(flaws, journey, "as_is", HEARD_ON_THE_WIRE)


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_that_can_be_walked_stays_as_it_is(name: str) -> None:
    assert fit(library()[name], read_flaws()) == library()[name]


def test_a_question_added_from_outside_is_measured_though_the_script_does_not_know_it(tmp_path: Path) -> None:
    path = tmp_path / "added.yaml"
    path.write_text(
        "services:\n  make_complaint:\n    redesigned:\n      - {page: complaint, asks: [mobile, complaint_text]}\n"
        "      - {page: complaint/status, asks_again: [mobile]}\n      - {page: complaint/replied}\n",
        encoding="utf-8",
    )
    flaws = read_flaws(path)
    with pytest.raises(WrongInput, match="before the service is done"):
        planted(flaws, "make_complaint", "redesigned")
    journey = fit(library()["make_complaint"], flaws)
    assert truth_of(flaws, journey, "redesigned", ["repeat_questions"]) == {"repeat_questions": 1}


@pytest.mark.browser
@pytest.mark.slow
def test_the_silences_planted_on_pages_are_heard_in_a_browser() -> None:
    from journeys.players import browser

    journey = library()["renew_vehicle"]
    told = planted(read_flaws(), journey, "as_is")
    with running() as base_url:
        citizen = personas_for(journey, 1)[0]
        walk = walk_of(journey, citizen, session="s", language="ar", variant="as_is", base_url=base_url)
        measured = measure(browser.play(walk))
    heard = [
        (wait.json()["step"], to - since)
        for wait in measured.waits["s"]
        for since, to, _cause in wait.json()["silences"]
        if to - since > 1
    ]
    silences = [(p.step, p.truth) for p in told if p.metric == "silent_wait"]
    assert [step for step, _seconds in heard] == [step for step, _seconds in silences]
    assert [seconds for _step, seconds in heard] == pytest.approx([seconds for _step, seconds in silences], abs=0.25)


def test_a_journey_written_down_reads_back_as_it_was(tmp_path):
    for name, journey in library().items():
        path = write_down(journey, tmp_path / name)
        assert read_journey(path).model_dump() == journey.model_dump()
