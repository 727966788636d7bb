"""What the generator writes short is read in full: every sentence with its moment, also of those who were stopped."""

from __future__ import annotations

from pathlib import Path

from loadtests.recording import SAYINGS, Row, RunFile, Told, log_of, read_run
from studies.script import render


def row(slot: int, actor: str, verb: str, about: str | None = None, value: float | None = None) -> Row:
    return (slot, actor, verb, about, "open", "web", "office", None, None, value)


FIRST = (row(0, "citizen", "begins", "apply", 4.0), row(1, "citizen", "acts", "form"))
PAGE = (row(0, "service", "answers", "form"), row(1, "citizen", "gives", "email"), row(1, "citizen", "submits", "sent"))
NOTE = (row(0, "lab", "notes", "load_ended"),)


def told(session: str, *legs: int | None, ending: str = "done") -> Told:
    return Told(session, 1_000_000, 9_000_000, ending, None, None, "p", 2, [7, *legs], "apply", 990_000)


def kept(path: Path, *flushes: list[Told]) -> list[Told]:
    with path.open("wb") as file:
        run_file = RunFile(file)
        for journeys in flushes:
            for one in journeys:
                run_file.tell(one)
            run_file.flush()
    return list(read_run(path))


def test_a_journey_that_only_names_its_legs_is_told_in_full(tmp_path: Path) -> None:
    first, page = SAYINGS.number(FIRST, 2), SAYINGS.number(PAGE, 2)
    assert SAYINGS.number(PAGE, 2) == page != first
    journeys = kept(
        tmp_path / "run", [told("s1", first, 0, 10, page, 2_000_000, 2_000_050)], [told("s2", first, 5, 20)]
    )
    assert [(one.session, one.task, one.intended, one.seconds()) for one in journeys] == [
        ("s1", "apply", 990_000, 8.0),
        ("s2", "apply", 990_000, 8.0),
    ]
    assert [(s[0], s[2], s[4], s[-1]) for s in journeys[0].said] == [
        (1_000_000, 0, "begins", 4.0),
        (1_000_010, 1, "acts", 7.0),  # what opens a wait carries how many citizens were under way
        (3_000_000, 2, "answers", None),
        (3_000_050, 3, "gives", None),
        (3_000_050, 4, "submits", 7.0),
    ]
    log = log_of(journeys, study="s", task="other", condition=None)
    assert {session.task for session in log.heard()} == {"apply"}
    assert "citizen submits   sent" in render(log)


def test_of_a_journey_that_was_stopped_nothing_is_told_that_it_never_came_to(tmp_path: Path) -> None:
    first, page, note = SAYINGS.number(FIRST, 2), SAYINGS.number(PAGE, 2), SAYINGS.number(NOTE, 1)
    (one,) = kept(
        tmp_path / "run", [told("s1", first, 0, 10, page, 2_000_000, None, note, 5_000_000, ending="unfinished")]
    )
    assert [s[4] for s in one.said] == ["begins", "acts", "answers", "notes"]


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path: Path) -> None:
    first = SAYINGS.number(FIRST, 2)
    path = tmp_path / "run"
    kept(path, [told("s1", first, 0, 10)], [told("s2", first, 0, 10)])
    path.write_bytes(path.read_bytes()[:-20])
    assert [one.session for one in read_run(path)] == ["s1"]


def test_what_was_told_in_full_is_read_as_it_is(tmp_path: Path) -> None:
    whole = told("s1")._replace(said=[[1, None, 0, "citizen", "begins", "apply", None, "web", None, None, None, 4.0]])
    assert kept(tmp_path / "run", [whole, told("s2")._replace(said=[])]) == [whole, told("s2")._replace(said=[])]
