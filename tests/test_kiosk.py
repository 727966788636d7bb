"""What a kiosk delivers is kept or held on to: what its script checks, what the server takes, how much may come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_questionnaire import both
from test_survey_browser import fill_here, press_here, until
from visitor import Visitor

import intake
from journeys.players.browser_start import started
from studies.store import Store
from studies.workspace import Workspace
from surveys.doors import behind
from surveys.invitations import door_to, invite
from surveys.limits import Allowance
from surveys.questionnaire.asked import Question, Questionnaire
from surveys.questionnaire.reading import questionnaire_of
from surveys.sent import OFF_SCALE, Sent, answers_to

pytestmark = pytest.mark.untimed

SHOWN = "[...document.querySelectorAll('[data-page]')].find(one => one.offsetParent !== null)"
CITIZEN = "0123456789abcdef0123456789abcdef"
LOAD = [f"nasa_tlx_{part}" for part in ("mental", "physical", "temporal", "performance", "effort", "frustration")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


def parcel(*pages: Sequence[tuple[str, str]], citizens: Sequence[str] = (CITIZEN,)) -> bytes:
    """These pages of each of these citizens, as a kiosk delivers them."""
    told = [
        {"citizen": citizen, "part": f"{n:032x}", "fields": list(page), "seconds": 30.0}
        for citizen in citizens
        for n, page in enumerate(pages)
    ]
    return json.dumps(told).encode()


CONSENT = [("page", "consent"), ("agree", "yes"), ("spoken", "en")]


def sent_off(page: str, *answers: tuple[str, str]) -> list[tuple[str, str]]:
    return [("page", page), ("done", "yes"), *answers, ("spoken", "en")]


def own(*questions: dict[str, Any]) -> Questionnaire:
    page = {"page": "about", "title": both("About", "عن"), "questions": list(questions)}
    return questionnaire_of({"asks": [page]}, "own.yaml")


CHOICES = [
    {"choice": "morning", "text": both("Morning", "صباحًا")},
    {"choice": "evening", "text": both("Evening", "مساءً")},
]
DAY = {
    "id": "when", "kind": "multiple", "required": True, "prefer_not": True, "text": both("When?", "متى؟"),
    "choices": CHOICES,
}  # fmt: skip
FINE = {"id": "ease", "kind": "scale", "low": 0, "high": 10, "step": 0.5, "text": both("How easy?", "ما السهولة؟")}


# --- what the server makes of a page that the browser let pass --------------------------------------------------------


def test_a_kiosks_page_is_closed_with_what_of_it_can_be_kept(store: Store) -> None:
    kiosk = Visitor(intake.app(store))
    page = sent_off("nasa_tlx", (LOAD[0], "52"), *[(item, "50") for item in LOAD[1:]])
    answer = kiosk.ask("POST", f"/k/{door_to(store, 'centre', 'nasa_tlx')}", parcel(CONSENT, page))
    assert len(json.loads(answer.html)["kept"]) == 2
    (one,) = store.invitations("centre")
    assert one.state == "finished" and store.sent_off("centre") == {(one.token, "nasa_tlx")}
    assert {a.item: a.value for a in store.answers("centre")} == dict.fromkeys(LOAD[1:], 50)
    assert store.flagged("centre") == {one.token: ["incomplete"]}


def test_a_required_answer_that_came_twice_holds_nobody_at_a_kiosk(store: Store) -> None:
    kiosk, door = Visitor(intake.app(store)), door_to(store, "centre", own(DAY, FINE))
    page = sent_off("about", ("when", "morning"), ("when", "-"), ("ease", "2.5"))
    kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, page))
    (one,) = store.invitations("centre")
    assert one.state == "finished" and {a.item: a.value for a in store.answers("centre")} == {"ease": 2.5}
    assert store.flagged("centre") == {one.token: ["incomplete"]}


def test_whoever_can_be_asked_again_is_asked_again(store: Store) -> None:
    token = invite(store, "post", "nasa_tlx", language="en")
    someone = Visitor(intake.app(store))
    someone.open(f"/s/{token}")
    page = someone.press("agree", "yes")
    assert "in steps of 5" in page.text
    page = someone.post({**page.hidden, **dict.fromkeys(LOAD, "50"), LOAD[0]: "52", "done": "yes"})
    assert "A number from 0 to 100, in steps of 5." in page.text and "Please look again" in page.text
    assert store.flagged("post") == {} and store.sent_off("post") == set()


def test_a_page_that_meets_a_study_closed_meanwhile_stays_in_the_kiosk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = door_to(store, "centre", own(FINE))
    kiosk = Visitor(intake.app(store))
    kiosk.ask("POST", f"/k/{door}", parcel(CONSENT))
    found = behind(store, door)
    store.close_study("centre")
    monkeypatch.setattr("surveys.kiosk.behind", lambda _store, _name: found)  # looked up a moment before
    answer = kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, sent_off("about", ("ease", "3"))))
    assert json.loads(answer.html)["kept"] == [f"{0:032x}"], "only the consent was there already"
    assert store.answers("centre") == []


# --- what is an answer, to the server and to the script ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "step", "typed", "kept"),
    [
        (0, 10, 0.5, "2.5", 2.5),
        (0, 10, 0.5, "٢٫٥", 2.5),
        (0, 10, 0.5, "3", 3),
        (0, 10, 0.5, "2.25", None),
        (0, 2, 0.1, "0.3", 0.3),
        (0, 2, 0.1, "0,7", 0.7),
        (-1, 1, 0.125, "-0.375", -0.375),
        (0, 100, 5, "52", None),
        (0, 100, 5, "55", 55),
        (0, 100, 5, "5.5", None),
        (0, 5, 0.5, "2.5", 2.5),
    ],
)
def test_a_scale_takes_its_points_whatever_its_steps(
    low: float, high: float, step: float, typed: str, kept: float | None
) -> None:
    question = Question.model_validate({**FINE, "low": low, "high": high, "step": step})
    given, wrong = answers_to([question], Sent({"ease": [typed]}))
    assert (given.get("ease"), wrong.get("ease")) == (kept, None if kept is not None else OFF_SCALE)


@pytest.mark.browser
@pytest.mark.slow
def test_the_script_lets_nothing_pass_that_the_server_refuses(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    tenths = {**FINE, "id": "tenth", "high": 2, "step": 0.1}
    effort = {**FINE, "id": "effort", "high": 100, "step": 5}
    often = {"id": "often", "kind": "number", "whole": True, "text": both("How often?", "كم مرة؟")}
    door = door_to(store, "centre", own(DAY, FINE, tenths, effort, often))
    right = {"when": ["morning"], "ease": "2.5", "tenth": "0.3", "effort": "٥٥", "often": "7"}
    with started("en", True, 60.0) as screen, intake.serving(space) as address:
        screen.page.go(f"{address}/k/{door}")
        until(screen, "document.getElementById('kiosk').dataset.ready")
        press_here(screen, "form button.main")
        until(screen, f"{SHOWN}.dataset.page === 'about'")
        fill_here(screen, right)
        for name, value, better in [
            ("when", ["-"], ["-"]),  # besides the morning, and then not any more
            ("ease", "2.25", "2.5"),
            ("tenth", "0.35", "0.3"),
            ("effort", "52", "55"),
            ("often", "1" * 16, "7"),
        ]:
            fill_here(screen, {name: value})
            press_here(screen, "form button.main")
            marked = until(screen, f"[...{SHOWN}.querySelectorAll('.open')].map(one => one.id.replace('_en', ''))")
            assert marked == [name]
            fill_here(screen, {name: better})
        press_here(screen, "form button.main")
        until(screen, f"{SHOWN}.dataset.page === 'thanks'")
        until(screen, "document.getElementById('kiosk').dataset.waiting === '0'")
    said = {a.item: a.value for a in store.answers("centre")}
    assert said == {"when": ["morning"], "ease": 2.5, "tenth": 0.3, "effort": 55, "often": 7}
    assert not [one for one in store.flagged("centre").values() if "incomplete" in one]
    store.close()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("single", ["when"]), ("multiple", ["when"]), ("ranking", ["when.not"]), ("text", ["when.not"])],
)
def test_what_does_not_apply_is_an_answer_of_any_kind(kind: str, fields: list[str]) -> None:
    told = {**DAY, "kind": kind, "prefer_not": False, "not_apply": True, "choices": [] if kind == "text" else CHOICES}
    sent = Sent({name: ["-" if name == "when" else "yes"] for name in fields})
    assert answers_to([Question.model_validate(told)], sent) == ({"when": None}, {})


# --- how much may come ------------------------------------------------------------------------------------------------


def test_a_parcel_costs_as_much_as_it_brings_citizens(store: Store) -> None:
    clock = [0.0]
    door = door_to(store, "centre", "sus")
    kiosk = Visitor(intake.app(store, None, Allowance(1.0, 60.0, lambda: clock[0])))
    crowd = [f"{n:032x}" for n in range(100)]
    assert kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, citizens=crowd[:50])).status == 200
    answer = kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, citizens=crowd[50:]))
    assert (answer.status, json.loads(answer.html), answer.headers["retry-after"]) == (429, {"kept": []}, ["5"])
    assert len(store.invitations("centre")) == 50
    assert kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, [], [], citizens=crowd[:1])).status == 200, "one citizen"
    clock[0] = 60.0
    assert kiosk.ask("POST", f"/k/{door}", parcel(CONSENT, citizens=crowd[50:])).status == 200
