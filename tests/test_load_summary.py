"""What a load's raw times say, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.crowd import Requested
from loadtests.histograms import Histogram
from loadtests.recording import SAID, RunFile, Told, log_of, read_run, rows_of
from loadtests.summary import Waited, by_request, by_step, curve, failures, summarise
from studies.events import Sentence

START = 1_700_000_000_000_000
S = 1_000_000


def told(
    begun: float,
    ended: float,
    ending: str = "done",
    step: str | None = None,
    why: str | None = None,
    task: str | None = None,
    came_to: tuple[str, ...] = (),
) -> Told:
    session = f"load-1-{begun}"
    row = [START + round(begun * S), None, 0, "citizen", "begins", "renew", None, "web", None, None, None, 5.0]
    started, over = START + round(begun * S), START + round(ended * S)
    rows = [row, *([started, None, 0, "citizen", "acts", "x", s, "web", None, None, None, 1.0] for s in came_to)]
    return Told(session, started, over, ending, step, why, "p-1", 4, rows, task)


def waited(step: str, opened: float, seconds: float) -> Waited:
    return Waited(step, START + round(opened * S), seconds)


def test_steps_stand_in_the_journeys_order_with_their_waits_and_the_journeys_that_ended_there() -> None:
    waits = [waited("submit_pay", 1, 2.5), waited("visit_renew", 0, 0.2), waited("submit_pay", 3, 0.5)]
    journeys = [told(0, 4), told(0, 4, "refused", "submit_pay", "503"), told(0, 9, "unfinished", "submit_pay")]
    visit, submit = by_step(journeys, waits, ["visit_renew", "give_id", "submit_pay"], threshold=1.0)
    assert (visit.step, visit.waits, visit.over_threshold, visit.failures) == ("visit_renew", 1, 0, 0)
    assert visit.p50 == pytest.approx(0.2, rel=0.01)
    assert (submit.step, submit.waits, submit.over_threshold) == ("submit_pay", 2, 1)
    assert submit.p50 == pytest.approx(0.5, rel=0.01)  # of two, the shorter is what half of them did not exceed
    assert (submit.p95, submit.failures, submit.unfinished) == (2.5, 1, 1)


def test_the_funnel_of_a_step_says_who_came_to_it_who_ended_there_and_who_went_on() -> None:
    through = told(0, 4, came_to=("visit", "submit"))
    journeys = [
        through,
        told(1, 2, "refused", "submit", "503", came_to=("visit", "submit")),
        told(2, 9, "unfinished", "submit", came_to=("visit", "submit")),
        told(3, 4, "failed", "visit", "the line broke", came_to=("visit",)),
    ]
    visit, submit = by_step(journeys, [], ["visit", "submit"], threshold=1.0)
    assert (visit.started, visit.completed, visit.failures, visit.unfinished) == (4, 3, 1, 0)
    assert (submit.started, submit.completed, submit.failures, submit.unfinished) == (3, 1, 1, 1)


def test_each_journey_of_a_mix_keeps_its_own_funnel_though_their_steps_are_called_alike() -> None:
    journeys = [told(0, 2, task="renew"), told(1, 2, "refused", "pay", "503", task="move"), told(2, 5, task="move")]
    waits = [Waited("pay", START, 0.25, session="load-1-0"), Waited("pay", START, 4.0, session="load-1-2")]
    steps = {"renew": ["pay"], "move": ["pay"]}
    summary = summarise(journeys, waits, start=START, seconds=9.0, steps=steps, threshold=1.0)
    renew, move = summary.by_journey
    assert (renew.journey, renew.started, renew.completed, renew.failed, renew.completion) == ("renew", 1, 1, 0, 1.0)
    assert (move.journey, move.started, move.completed, move.failed, move.completion) == ("move", 2, 1, 1, 0.5)
    assert [(s.journey, s.waits, s.over_threshold, s.failures) for s in summary.steps] == [
        ("renew", 1, 0, 0),
        ("move", 1, 1, 1),
    ]
    assert (renew.p50, move.p50) == (2.0, 3.0)


def test_requests_are_told_as_locust_tells_them() -> None:
    (one,) = by_request({"pay": Requested(Histogram([0.1, 0.2, 0.6]), failures=1, bytes=300)}, seconds=2.0)
    assert (one.step, one.requests, one.failures, one.per_second, one.bytes) == ("pay", 3, 1, 1.5, 300)
    assert (one.mean, one.shortest, one.longest, one.p99) == (0.3, 0.1, 0.6, 0.6)
    assert one.p50 == pytest.approx(0.2, rel=0.005)


def test_a_wait_of_exactly_the_threshold_is_not_over_it() -> None:
    assert by_step([], [waited("a", 0, 1.0), waited("a", 0, 1.000001)], ["a"], threshold=1.0)[0].over_threshold == 1


def test_a_step_that_nobody_waited_at_is_told_when_journeys_ended_there() -> None:
    (only,) = by_step([told(0, 1, "lost", "press_go", "target missing")], [], ["press_go"], threshold=1.0)
    assert (only.waits, only.p50, only.p95, only.failures) == (0, None, None, 1)


def test_failures_are_counted_by_how_where_and_why_the_most_frequent_first() -> None:
    ends = [("refused", "pay", "503")] * 2 + [("failed", "visit", "refused connection"), ("done", None, None)]
    assert failures([told(0, 1, *end) for end in ends]) == [
        {"kind": "refused", "step": "pay", "why": "503", "count": 2},
        {"kind": "failed", "step": "visit", "why": "refused connection", "count": 1},
    ]


def test_a_load_in_numbers() -> None:
    journeys = [told(0, 1), told(0, 2), told(1, 2, "refused", "pay", "503"), told(3, 7), told(3.9, 6, "unfinished")]
    summary = summarise(journeys, [], start=START, seconds=4.0, steps={"renew": ["pay"]}, threshold=1.0)
    assert (summary.journeys, summary.done, summary.unfinished) == (4, 3, 1)
    assert summary.completion == 0.75  # what the end of the run cut short is no failure
    assert summary.journeys_per_second == 0.562  # 2.25 in 4 s: the last one was done, for a quarter of it in time
    assert summary.requests == 20
    assert summary.journey_p50 == pytest.approx(2.0, rel=0.005)


def test_of_nothing_there_is_no_completion_and_no_zero_either() -> None:
    summary = summarise([], [], start=START, seconds=4.0, steps={"renew": []}, threshold=1.0)
    assert summary.completion is None and summary.journey_p50 is None and summary.journeys_per_second == 0.0


def test_the_curve_counts_citizens_by_how_long_they_were_there() -> None:
    journeys = [told(0, 1.5), told(0.5, 1.0), told(2.0, 2.5), told(1.0, 2.0, "refused", "pay", "503")]
    waits = [waited("a", 0.0, 0.5), waited("a", 0.2, 1.2), waited("a", 0.0, 2.5)]
    first, second, last = curve(journeys, waits, START, 2.5, threshold=1.0)
    assert [m.t for m in (first, second, last)] == [0, 1, 2]
    assert [m.citizens for m in (first, second, last)] == [1.5, 1.5, 1.0]
    assert [m.journeys_per_second for m in (first, second, last)] == [1.667, 0.333, 2.0]  # each by its part
    assert (first.over_threshold, second.over_threshold) == (0, 1)
    assert first.p95 == pytest.approx(0.5, rel=0.005)
    assert last.p95 is None  # the wait that ended when the run did is of no second of it


def test_a_long_run_has_no_more_points_than_can_be_drawn() -> None:
    assert len(curve([told(0, 1)], [], START, 3600.0, threshold=1.0)) == 120


def test_journeys_survive_the_run_file_and_a_line_cut_short_loses_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "journeys.jsonl"
    with path.open("wb") as file:
        run = RunFile(file)
        run.tell(told(0, 1))
        run.tell(told(1, 2))
        run.flush()
        run.flush()  # nothing new: no line
        run.tell(told(2, 3))
        run.flush()
    assert list(read_run(path)) == [told(0, 1), told(1, 2), told(2, 3)]
    assert path.read_bytes().count(b"\n") == 2
    path.write_bytes(path.read_bytes()[:-9])
    assert list(read_run(path)) == [told(0, 1), told(1, 2)]
    assert list(read_run(tmp_path / "never.jsonl")) == []


def test_load_sentences_become_the_one_log_marked_as_load_and_without_what_the_wire_cannot_hear() -> None:
    log = log_of([told(0, 1), told(1, 2)], study="rush", task="renew", condition="as_is", language="ar")
    session, _other = log.heard()
    assert (session.source, session.study, session.condition, session.persona) == ("load", "rush", "as_is", "p-1")
    assert session.hears.isdisjoint({"responds", "rates"}) and "answers" in session.hears
    sentence = log.said()[0]
    assert (sentence.verb, sentence.about, sentence.value) == ("begins", "renew", 5.0)
    assert sentence.when.timestamp() == START / 1e6


def test_an_empty_load_is_an_empty_log() -> None:
    assert len(log_of([], study="rush", task="renew", condition=None).sentences) == 0


@pytest.mark.parametrize(("verb", "value"), [("acts", 20.0), ("submits", 20.0), ("asks", 20.0), ("begins", 5.0)])
def test_what_opens_a_wait_carries_how_many_citizens_were_under_way(verb: str, value: float) -> None:
    from loadtests.recording import moment

    said = Sentence("s", moment(START), "citizen", verb, "renew", value=5.0 if verb == "begins" else None)
    (row,) = rows_of([said], citizens=20)
    assert dict(zip(SAID, row, strict=True))["value"] == value
