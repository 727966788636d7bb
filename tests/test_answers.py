"""Scores never stand without their n, robots are never counted as people, and every answer is in the log once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studies import archive
from studies.script import parse, render
from studies.store import Store
from studies.workspace import Workspace
from surveys.answers import by_session, rated, said, scores, write_to_log
from surveys.invitations import invite
from surveys.qr import qr_svg

SUS = [f"sus_{n}" for n in range(1, 11)]
HAPPY = [5, 1] * 5
CONTENT = [4, 2] * 5
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(space: Workspace) -> Iterator[Store]:
    made = Store(space.database_url, clock=lambda: NOON)
    yield made
    made.close()


def answer(
    store: Store, responses: list[int | None], complete: bool = True, language: str = "en", **about: object
) -> str:
    """One participant who has answered, by the shortest way into the store."""
    token = invite(store, "demo", "sus", **about)  # type: ignore[arg-type]
    given = {item: value for item, value in zip(SUS, responses, strict=True) if value is not None}
    store.submit(f"key {token}", token, "sus", given, language, complete, complete)
    return token


def test_a_score_comes_with_its_n_interval_and_standing(store: Store) -> None:
    answer(store, HAPPY, condition="redesigned")
    answer(store, CONTENT, condition="redesigned", language="ar")
    answer(store, [3] * 10, condition="as_is")
    found = scores(store, "demo", "sus")
    assert (found["n"], found["mean"], found["missing"], found["sd"]) == (3, 75.0, 0, 25.0)
    assert (found["grade"], found["adjective"], found["rehearsed"]) == ("B", "Good", False)
    assert found["ci_low"] == pytest.approx(12.8965, abs=1e-4)
    assert found["validated"] == {"en": True, "ar": False} and found["languages"] == {"en": 2, "ar": 1}
    assert any("not validated" in caveat for caveat in found["caveats"])
    by_condition = found["by_condition"]
    assert {name: group["n"] for name, group in by_condition.items()} == {"redesigned": 2, "as_is": 1}
    assert by_condition["as_is"]["ci_low"] is None and by_condition["as_is"]["reason"]


def test_nobody_has_no_score_and_no_standing(store: Store) -> None:
    invite(store, "demo", "sus")
    found = scores(store, "demo", "sus")
    assert (found["n"], found["mean"], found["grade"], found["percentile"]) == (0, None, None, None)
    assert found["reason"] and found["by_condition"] == {}


def test_who_left_too_much_out_or_never_finished_is_missing_and_not_zero(store: Store) -> None:
    answer(store, HAPPY)
    answer(store, [None, *HAPPY[1:]])
    answer(store, [None, None, *HAPPY[2:]])
    answer(store, HAPPY, complete=False)
    found = scores(store, "demo", "sus")
    assert (found["n"], found["missing"], found["mean"]) == (2, 2, 100)


def test_robots_and_people_are_never_counted_together(store: Store) -> None:
    answer(store, HAPPY, rehearsed=True)
    alone = scores(store, "demo", "sus")
    assert (alone["rehearsed"], alone["n"]) == (True, 1) and "robot" in alone["caveats"][0]
    answer(store, [3] * 10)
    people, robots = scores(store, "demo", "sus"), scores(store, "demo", "sus", rehearsed=True)
    assert (people["rehearsed"], people["n"], people["mean"], people["left_out"]) == (False, 1, 50, 1)
    assert (robots["rehearsed"], robots["n"], robots["mean"], robots["left_out"]) == (True, 1, 100, 1)


def test_a_person_asked_twice_is_one_person(store: Store) -> None:
    for responses, condition in ((HAPPY, "redesigned"), ([3] * 10, "as_is")):
        answer(store, responses, participant="p1", condition=condition)
    answer(store, CONTENT, participant="p2", condition="as_is")
    found = scores(store, "demo", "sus")
    assert (found["n"], found["mean"]) == (2, 75.0)
    assert found["by_condition"]["as_is"]["n"] == 2 and found["by_condition"]["redesigned"]["n"] == 1


def test_scores_join_the_sessions_they_are_about(store: Store) -> None:
    answer(store, HAPPY, session="a7")
    answer(store, CONTENT, session="a8")
    answer(store, [3] * 10)
    assert by_session(store, "demo", "sus") == {"a7": 100, "a8": 75}
    assert {one.responses for one in said(store, "demo", "sus")} == {tuple(HAPPY), tuple(CONTENT), (3,) * 10}


def test_answers_become_sentences_beside_the_session_they_are_about(store: Store, space: Workspace) -> None:
    walk = "session=a7 case=c1 start=2026-03-01T11:59:00Z source=robot hears=begins,acts,answers"
    archive.seal(parse(f"{walk}\n 0 citizen begins renew\n"), "demo", space)
    answer(store, HAPPY, session="a7", rehearsed=True)
    assert write_to_log(store, "demo", space).sentences == 10
    assert write_to_log(store, "demo", space).sentences == 0, "each answer once"
    log = archive.read("demo", space)
    rates = [s for s in log.said() if s.verb == "rates"]
    assert [(s.about, s.value) for s in rates] == list(zip(SUS, HAPPY, strict=True))
    assert {(s.session, s.case, s.actor, s.when) for s in rates} == {("a7", "c1", "citizen", NOON)}
    (row,) = log.heard()
    assert row.source == "robot" and "rates" not in row.hears, "the session keeps the row it had"


@pytest.mark.parametrize(("rehearsed", "since"), [(True, 11.0), (False, -15.0)])
def test_a_robot_rates_what_it_has_sat_through(store: Store, space: Workspace, rehearsed: bool, since: float) -> None:
    """A declared conversation is walked at once: by the clock its last visit is still to come. People's time stands."""
    visit = "session=visit case=c1 start=2026-03-01T12:00:15Z channel=desk"
    archive.seal(parse(f"{visit}\n 0 citizen acts sign\n 7.0-10.0 service concludes done\n"), "demo", space)
    answer(store, HAPPY, session="visit", rehearsed=rehearsed)
    write_to_log(store, "demo", space)
    log = archive.read("demo", space)
    (row,) = log.heard()
    rates = [((s.when - row.started).total_seconds(), s.about, s.value) for s in log.said() if s.verb == "rates"]
    assert rates == [(since, item, value) for item, value in zip(SUS, HAPPY, strict=True)]
    assert write_to_log(store, "demo", space).sentences == 0, "each answer once"


def test_answers_about_a_session_not_heard_yet_wait_for_it(store: Store, space: Workspace) -> None:
    answer(store, HAPPY, session="late")
    assert write_to_log(store, "demo", space).waiting == ["late"]
    assert archive.studies_in(space) == []
    archive.seal(parse("session=late start=2026-03-01T11:59:00Z\n 0 citizen begins renew\n"), "demo", space)
    written = write_to_log(store, "demo", space)
    assert (written.sentences, written.waiting) == (10, [])


def test_a_survey_on_its_own_is_a_session_of_its_own_and_names_nobody(store: Store, space: Workspace) -> None:
    token = answer(store, HAPPY, condition="as_is", rehearsed=True)
    answer(store, CONTENT, complete=False)
    log = rated(store, "demo")
    (row,) = log.heard()
    assert (row.source, row.condition, row.study, row.hears) == ("robot", "as_is", "demo", {"rates"})
    assert token not in render(log), "whoever reads the log cannot open the survey"
    assert write_to_log(store, "demo", space).sentences == 10, "what was never sent off stays out"


def test_a_qr_code_is_one_svg_that_carries_the_link() -> None:
    svg = qr_svg('http://127.0.0.1:8700/s/a"b&c')
    assert svg.startswith("<svg ") and svg.rstrip().endswith("</svg>") and "a&quot;b" not in svg.split(">")[1]
    assert 'a"b&amp;c' in svg or "a&quot;b&amp;c" in svg
