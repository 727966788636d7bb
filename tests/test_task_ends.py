"""Which step it was, how a task ended and how lost somebody was: found without a browser, from what would be heard."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from visitor import Page, Visitor

import intake
from analysis import telling
from analysis.measure import figure, measure
from commands import _participants as taking
from commands import _took_part as took_part
from commands.study._protocol import materials_of, read_whole
from journeys.hearing.errands import Errand, as_errand, based, errand_of
from journeys.hearing.messages import Message
from journeys.hearing.participants import seal_ended
from journeys.hearing.retracing import retraced
from journeys.journey import Journey
from journeys.reading import read_journey
from journeys.shelf import LIBRARY
from studies import archive
from studies.log import Log
from studies.planning.freezing import freeze
from studies.script import parse
from studies.store import Store
from studies.store.assignments import BESIDE, GAVE_UP, SAID_DONE, SEAT, Assignment, assignments_of, itinerary
from studies.store.erasure import erase
from studies.troubles import WrongInput
from studies.words import say_in
from studies.workspace import Workspace
from surveys.questionnaire.reading import kept

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SITE = "http://127.0.0.1:8600"
RENEW = read_journey(LIBRARY / "traffic" / "renew_vehicle.yaml")


def steps(text: str, pressed: dict[float, str] | None = None, variant: str = "as_is") -> list[str | None]:
    """The step of each thing that the citizen did."""
    log = parse(text)
    start = log.heard()[0].started
    told = {start + timedelta(seconds=at): words for at, words in (pressed or {}).items()}
    found = retraced(log.said(), RENEW, variant, based(RENEW, variant, SITE), told)
    return [s.step for s in found.said if s.actor == "citizen"]


def test_labels_of_either_language_are_the_scripts() -> None:
    text = """
     0 citizen acts    traffic/renew
     1 service answers traffic/renew
     2 citizen gives   national_id
     3 citizen gives   mobile
     4 citizen submits traffic/renew
     5 service answers traffic/renew/vehicle
     6 citizen gives   national_id
     7 citizen submits traffic/renew/vehicle
    """
    for continue_ in ("Continue", "متابعة"):
        assert steps(text, {4: continue_, 7: continue_}) == [
            "open", "say_who", "say_mobile", "send_who", "say_who_again", "send_vehicle",
        ]  # fmt: skip


def test_another_order_is_the_same_path_and_a_strange_button_is_none() -> None:
    text = """
     0 citizen acts    traffic/renew
     1 service answers traffic/renew
     2 citizen gives   mobile
     3 citizen gives   national_id
     4 citizen submits search
     5 service answers results
     6 citizen acts    traffic/renew
     7 service answers traffic/renew
     8 citizen submits traffic/renew
    """
    told = steps(text, {4: "Find", 8: "Continue"})
    assert told == ["open", "say_mobile", "say_who", None, "open", "send_who"]


def test_impatience_is_the_same_step_and_the_next_pages_button_the_next() -> None:
    text = """
     0 citizen acts    traffic/renew
     1 service answers traffic/renew
     2 citizen submits traffic/renew
     3 citizen submits traffic/renew
     9 service answers traffic/renew/vehicle
    10 citizen submits traffic/renew/vehicle
    """
    told = {2: "Continue", 3: "Continue", 10: "Continue"}
    assert steps(text, told) == ["open", "send_who", "send_who", "send_vehicle"]


def test_what_the_service_does_belongs_to_the_step_that_it_answers() -> None:
    text = """
     0 citizen acts     traffic/renew
     1 service answers  traffic/renew
     1 service requests national_id
     2 citizen acts     Fees
     3 service answers  traffic/fees
    """
    found = retraced(parse(text).said(), RENEW, "as_is", based(RENEW, "as_is", SITE))
    assert [s.step for s in found.said] == ["open", "open", "open", None, None]
    # One page was met on the path; of the others, three lead on whoever it is: Continue, Continue and Pay.
    assert found.pages_needed == 1 + 3


def ended(how: str | None, outcome: str | None, wander: bool = False) -> str:
    """How a task is said to have ended."""
    journey = Journey.model_validate(
        {
            "journey": "benefit", "title": "Apply", "agency": "welfare", "shortest_path": 2,
            "done": [{"text": "Granted"}, {"text": "You are not eligible", "outcome": "not_eligible"}],
            "steps": [{"visit": "/apply"}, {"submit": "Send"}],
        }
    )  # fmt: skip
    stray = "2 citizen acts Fees\n2.5 service answers fees\n" if wander else ""
    log = parse(
        f"0 citizen acts apply\n1 service answers apply\n{stray}3 citizen submits apply\n4 service answers end\n"
    )
    start = log.heard()[0].started
    at = (start.timestamp() + 4) * 1000
    told: list[Message] = [{"p": "p", "n": 9, "t": at, "k": "done", "o": outcome}] if outcome else []
    errand = Errand(journey, None, SITE, "en", how, at + 5000 if how else None)
    said = as_errand(errand, log.said(), told, replace(log.said()[0], about=None, step=None))
    made = Log.of([replace(s, seq=n) for n, s in enumerate(said)], log.heard())
    return str(measure(made).sessions[log.heard()[0].session]["success"].value)


@pytest.mark.parametrize(
    ("how", "outcome", "wander", "told"),
    [
        (None, "done", False, "direct"),
        (None, "done", True, "indirect"),
        (SAID_DONE, "done", False, "direct"),  # they say so too, and they are right
        (SAID_DONE, None, False, "failed"),
        (GAVE_UP, None, True, "gave_up"),
        (None, "not_eligible", True, "not_eligible"),
        (None, None, False, "open"),
    ],
)
def test_how_a_task_ended(how: str | None, outcome: str | None, wander: bool, told: str) -> None:
    assert ended(how, outcome, wander) == told


def test_what_comes_after_the_end_is_of_no_task() -> None:
    assert figure("success", "0 citizen acts a step=a\n1 service concludes done\n2 citizen acts Fees\n") == "direct"
    assert figure("success", "0 citizen acts a\n1 service concludes done\n") == "not measurable"


def test_a_page_that_stays_is_met_once() -> None:
    pages = "0 lab notes pages_needed value=2\n1 service answers a\n2 service answers a\n3 service answers b\n"
    assert figure("lostness", pages) == 0.0
    assert figure("lostness", "1 service answers a\n") == "not measurable"


# --- a study's participants ------------------------------------------------------------------------------------------

STUDY = """study: trial
title: Renewing a vehicle
tasks: [traffic/renew_vehicle]
conditions: [as_is, redesigned]
participants:
  languages: {en: 2, ar: 2}
  screener:
    takes: drives = yes
    questions:
      - {id: drives, kind: single, text: {en: Do you drive, ar: هل تقود}, choices: {"yes": "Yes", "no": "No"}}
questionnaires: {after_task: [seq], at_end: [umux_lite]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "study.yaml"
    found.write_text(STUDY, encoding="utf-8")
    return found


def started(file: Path, space: Workspace) -> taking.Protocol:
    study, _journeys = read_whole(file, space)
    freeze(study, materials_of(study, file, space), file, space, NOW)
    return taking.started(file, space, NOW)


def given(of: taking.Protocol, store: Store, space: Workspace, way: str, who: tuple[str, int] = ("en", 1)) -> Any:
    return taking.given_out(of, store, space, who, way, lambda _journey, _condition: SITE, "http://lab.example")


def test_an_assignment_is_drawn_from_the_frozen_protocol(file: Path, space: Workspace, store: Store) -> None:
    of = started(file, space)
    first, second = given(of, store, space, SEAT), given(of, store, space, SEAT, ("ar", 2))
    assert [one.condition for one in first] == ["as_is", "redesigned"]
    assert [one.condition for one in second] == ["redesigned", "as_is"], "the order is balanced"
    assert second[0].told["title"] == "تجديد تسجيل مركبة"
    assert given(of, store, space, SEAT) == first, "asked again, it is the same"
    journey = errand_of(first[0]).journey
    assert journey.model_dump() == RENEW.model_dump()
    assert errand_of(first[0]).start() == f"{SITE}/as_is/traffic/renew"
    assert taking.chosen(of, store, None, "ar") == ("ar", 1), "nobody has begun"


@pytest.mark.parametrize(
    ("survey", "after", "end"),
    [("sus", ["seq", "sus"], ["umux_lite"]), ("seq", ["seq"], ["umux_lite"]), ("umux_lite", ["seq"], ["umux_lite"])],
)
def test_a_person_is_asked_everything_that_the_study_names_each_once(
    file: Path, space: Workspace, store: Store, survey: str, after: list[str], end: list[str]
) -> None:
    file.write_text(f"{STUDY}survey: {{instrument: {survey}}}\n", encoding="utf-8")
    of = started(file, space)
    (one, *_others) = given(of, store, space, SEAT)
    wholes = {when: [kept(store, digest) for digest in one.told[when]] for when in ("after", "end")}
    asked = {when: [name for whole in those if whole for name in whole.instruments] for when, those in wholes.items()}
    assert asked == {"after": after, "end": end} and of.study.asked_after_task == after


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda of, store: taking.chosen(of, store, None, "fr"), "in “fr”. It has: en, ar"),
        (lambda of, store: taking.chosen(of, store, "trial-en-p009", None), "no participant trial-en-p009"),
        (
            lambda of, _store: taking.task_of(of, "traffic/renew"),
            "no task traffic/renew. It has: traffic/renew_vehicle",
        ),
    ],
)
def test_who_and_what_there_is_not_is_named(file: Path, space: Workspace, store: Store, wrong: Any, says: str) -> None:
    with pytest.raises(WrongInput, match=says):
        wrong(started(file, space), store)


def test_nobody_takes_part_before_it_is_frozen_or_after_it_was_changed(file: Path, space: Workspace) -> None:
    with pytest.raises(WrongInput, match=r"has not started.*study freeze"):
        taking.started(file, space, NOW)
    started(file, space)
    file.write_text(STUDY.replace("seq", "umux_lite"), encoding="utf-8")
    with pytest.raises(WrongInput, match="was changed since"):
        taking.started(file, space, NOW)


def see(visitor: Visitor, path: str) -> str:
    """Where an address leads in the end."""
    for _turn in range(8):
        page = visitor.ask("GET", path)
        if page.status != 303:
            return path
        path = page.headers["location"][0]
    raise AssertionError(f"{path} leads in circles")


def send(visitor: Visitor, path: str, **fields: str) -> str:
    """Send a form; where it leads in the end."""
    page = visitor.ask("POST", path, urlencode(fields).encode())
    return see(visitor, page.headers["location"][0]) if page.status == 303 else path


def agree(visitor: Visitor, those: list[Assignment], drives: str = "yes") -> str:
    """Agree, and say whether one drives; where one comes out."""
    path = see(visitor, f"/p/{those[0].itinerary}")
    assert send(visitor, path, page="consent", agree="yes", spoken="en") == path
    return send(visitor, path, page="screener", drives=drives, done="yes")


def away(page: Page) -> str:
    """Where a page leads to, elsewhere."""
    assert page.status == 303
    return page.headers["location"][0]


@pytest.mark.parametrize("how", ["done", "gave_up"])
def test_without_the_tag_only_beginning_and_end_are_heard(file: Path, space: Workspace, store: Store, how: str) -> None:
    those = given(started(file, space), store, space, BESIDE)
    visitor = Visitor(intake.app(store, space))
    task = f"/t/{those[0].token}"
    assert see(visitor, task) != task, "nobody meets a task before they have agreed"
    assert agree(visitor, those) == task
    assert send(visitor, task, do=how) == f"{task}?early"
    assert assignments_of(store, "trial")[0].state == "waiting"
    assert away(visitor.ask("GET", f"{task}/go")) == f"{SITE}/as_is/traffic/renew"
    after = send(visitor, task, do=how)
    assert after.startswith("/s/"), "questions about the task, without agreeing once more"
    assert send(visitor, after, page="seq", seq_1="6", done="yes") == f"/t/{those[1].token}"
    assert seal_ended(store, space, timedelta()) == [those[0].session]
    assert seal_ended(store, space, timedelta()) == []
    log = archive.read("trial", space)
    assert log.heard()[0].hears == {"begins", "leaves", "notes", "breaks"}
    told = measure(log).sessions[those[0].session]
    heard = {name for name, result in told.items() if result.state == "value"}
    assert "time_on_task" in heard and told["time_on_task"].value >= 0  # type: ignore[operator]
    assert heard == {"time_on_task"}, "of nothing else is it known that it did not happen"
    assert [s.verb for s in log.said()] == ["begins", "leaves" if how == "gave_up" else "notes"]


def test_whoever_is_not_looked_for_meets_no_task(file: Path, space: Workspace, store: Store) -> None:
    those = given(started(file, space), store, space, BESIDE)
    visitor = Visitor(intake.app(store, space))
    assert agree(visitor, those, "no").startswith("/s/")
    assert see(visitor, f"/t/{those[0].token}").startswith("/s/")


def test_a_token_is_a_tasks_session_until_the_task_is_over(file: Path, space: Workspace, store: Store) -> None:
    those = given(started(file, space), store, space, "tag")
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    token = those[0].token
    assert away(visitor.ask("GET", f"/t/{token}/go")).endswith(f"#khutwa={token}")
    task = json.loads(visitor.ask("GET", f"/r/{token}").html)
    assert task["done"][0]["texts"] == ["Your registration is renewed", "تم تجديد التسجيل"]
    assert task["back"] == f"http://lab.example/t/{those[0].token}"
    at = datetime.now(UTC).timestamp() * 1000
    page = f"{SITE}/as_is/traffic/renew"
    told = [
        {"p": "a", "n": 0, "t": at, "k": "hello", "u": page, "o": at, "top": 1},
        {"p": "a", "n": 1, "t": at + 9, "k": "usable", "u": page},
        {"p": "a", "n": 2, "t": at + 20, "k": "done", "o": "done"},
    ]
    assert visitor.ask("POST", f"/r/{token}", json.dumps(told).encode()).status == 204
    assert itinerary(store, those[0].itinerary)[0].state == "done"
    assert visitor.ask("GET", f"/r/{token}").status == 404, "a task that is over is nobody's any more"
    assert seal_ended(store, space, timedelta()) == [those[0].session]
    row = archive.read("trial", space).heard()[0]
    assert (row.session, row.participant, row.task) == (those[0].session, "trial-en-p001", "renew_vehicle")


def test_whoever_withdraws_or_is_erased_leaves_no_task(file: Path, space: Workspace, store: Store) -> None:
    of = started(file, space)
    mine, other = given(of, store, space, BESIDE), given(of, store, space, BESIDE, ("en", 2))
    visitor = Visitor(intake.app(store, space))
    agree(visitor, mine)
    send(visitor, see(visitor, f"/p/{other[0].itinerary}"), page="withdraw", withdraw="yes")
    assert {one.participant for one in assignments_of(store, "trial")} == {mine[0].participant}
    assert erase(store, "trial", mine[0].participant, "r", {})["assignments"] == 2
    assert assignments_of(store, "trial") == []


def test_an_outcome_is_called_by_its_name_wherever_it_is_told() -> None:
    endings = {
        "a": "1.0 service hands_off court\n",
        "b": "1.0 service refuses x\n",
        "c": "1.0 lab notes gave_up\n2.0 citizen leaves\n",
        "d": "1.0 citizen acts x step=open\n2.0 service concludes not_eligible\n",
    }
    head = "start=2026-03-01T08:00:00Z source=participant\n0.0 citizen begins renew\n"
    measured = measure(Log.together([parse(f"session={name} {head}{said}") for name, said in endings.items()]))
    found = {row[metric].value for row in measured.sessions.values() for metric in ("success", "outcome")}
    keys = {"handed_off", "refused", "left", "gave_up", "not_eligible", "open"}
    assert found - {None} >= keys
    with say_in("ar"):
        lines = f"{telling.told(measured)}\n{telling.told_summary(measured.summary)}"
        each = [how for row in measured.sessions.values() if (how := took_part.success_name(row["success"].json()))]
    said = set(re.findall(r"[a-z_]+", " ".join([lines, *each])))
    assert not said & (keys | {"indirect", "direct"})
    assert "أُحيلت" in lines
