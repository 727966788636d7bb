"""A seat in the lab, and a robot's browser: what is heard is kept when a window closes or a renderer crashes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from delayed_service import running
from selenium.common.exceptions import WebDriverException

from journeys.hearing.deliveries import confessed
from journeys.hearing.messages import Message
from journeys.hearing.sentences import EPOCH
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser, browser_seat
from journeys.players.browser_ears import Ears
from journeys.players.browser_seat import Seat, sit, sit_down
from journeys.walk import News, walk_of
from studies import archive
from studies.events import Sentence
from studies.store import Store
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_without_a_screen_nobody_can_sit_down(space: Workspace, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_seat, "has_screen", lambda: False)
    with pytest.raises(Failed, match="no screen"):
        sit(Seat("http://127.0.0.1:9/", "s", "a", visible=True), store, space)


def test_an_address_is_needed(space: Workspace) -> None:
    with pytest.raises(WrongInput, match="--site nowhere: write an address"):
        sit_down("nowhere", space, False, 1.0, None, lambda what, share: None, datetime.now(UTC))


def test_what_is_missing_in_a_robots_browser_is_confessed() -> None:
    told: list[Message] = [{"p": "p", "n": n, "t": 1_772_366_400_000.0 + n, "k": "paint"} for n in (0, 1, 4)]
    (broke,) = confessed(told, Sentence("s", EPOCH, "citizen", "acts"))
    assert (broke.actor, broke.verb, broke.about, broke.value) == ("lab", "breaks", "gap", 2.0)


@pytest.mark.browser
@pytest.mark.parametrize("how", ["closed", "crashed", "killed"])
def test_a_seat_hears_until_its_window_is_closed(
    space: Workspace, store: Store, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    sat: list[Any] = []
    real = browser_seat.started

    @contextmanager
    def started(*what: Any, **more: Any) -> Iterator[Any]:
        with real(*what, **more) as begun:
            sat.append(begun)
            yield begun

    monkeypatch.setattr(browser_seat, "started", started)
    acted: list[str] = []

    def watch(what: str, share: float) -> None:  # the person: presses once, then closes the window
        if not acted:
            sat[0].driver.find_element("tag name", "button").click()
            acted.append(what)
        elif len(acted) == 1 and what != acted[0]:  # the press was heard
            acted.append(what)
            if how == "closed":
                sat[0].driver.close()
            elif how == "crashed":
                with pytest.raises(WebDriverException):
                    sat[0].driver.execute_cdp_cmd("Page.crash", {})
            else:
                sat[0].driver.service.process.kill()

    with running() as base:
        log = sit(Seat(f"{base}/form?kind=dead", "seats", "visit", visible=False, seconds=60), store, space, watch)
    said = [f"{s.actor} {s.verb} {(s.about or '').removeprefix('/')}".strip() for s in log.said()]
    assert said[:5] == [
        "citizen begins form",
        "citizen acts form",
        "service answers form",
        "service requests national_id",
        "service requests email",
    ]
    assert "citizen acts Help me" in said
    assert said[-1] == ("citizen leaves" if how == "closed" else "lab breaks browser")
    assert archive.read("seats", space).said() == log.said()


@pytest.mark.browser
def test_a_robots_renderer_that_crashes_breaks_and_keeps_what_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    sat: list[Any] = []
    ears_of = browser.ears_of

    def caught(begun: Any) -> Ears:
        sat.append(begun)
        return ears_of(begun)

    monkeypatch.setattr(browser, "ears_of", caught)

    def watch(news: News) -> None:
        if news.step == "give_national_id":
            with pytest.raises(WebDriverException):
                sat[0].driver.execute_cdp_cmd("Page.crash", {})

    with running() as base:
        steps: list[dict[str, Any]] = [
            {"visit": "/form?kind=plain"},
            {"give": {"national_id": "851234567"}},
            {"submit": "Send"},
        ]
        journey = Journey.model_validate({"journey": "apply", "title": "Apply", "agency": "traffic", "steps": steps})
        walk = walk_of(journey, Persona("p", {}), session="s", base_url=base, patience=10.0)
        log = browser.play(walk, watch)
    said = [f"{s.actor} {s.verb} {(s.about or '').removeprefix('/')}".strip() for s in log.said()]
    assert said[-1] == "lab breaks browser"
    assert said[:-1] == [
        "citizen begins apply",
        "citizen acts form",
        "service answers form",
        "service requests national_id",
        "service requests email",
        "citizen gives national_id",
    ]
