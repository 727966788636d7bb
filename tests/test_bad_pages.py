"""Pages that would hold a robot up: each is heard or reported, and the robot is never hung."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest
from bad_pages import running

from journeys.equipment import equipped
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser as player
from journeys.walk import Walk, walk_of
from studies.log import Log
from studies.troubles import Failed

FIREFOX = bool(shutil.which("firefox-esr") or shutil.which("firefox"))
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a bad certificate with"),
    pytest.mark.parametrize(
        "browser",
        ["chromium", pytest.param("firefox", marks=pytest.mark.skipif(not FIREFOX, reason="no Firefox here"))],
    ),
]
PATIENCE = 4.0
CITIZEN = Persona("p", {"national_id": "851234567", "email": "rana@example.test"})
EMAIL: dict[str, Any] = {"give": {"email": "{{citizen.email}}"}}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with running(tmp_path_factory.mktemp("certificate")) as addresses:
        yield addresses


def a_walk(base: str, browser: str, *steps: dict[str, Any]) -> Walk:
    journey = Journey.model_validate({"journey": "try", "title": "Try", "agency": "traffic", "steps": [*steps]})
    return walk_of(journey, CITIZEN, session="s", base_url=base, patience=PATIENCE, equipment=equipped(browser))


def play(base: str, browser: str, *steps: dict[str, Any]) -> Log:
    """The walk; whatever the page does, it ends."""
    begun = time.monotonic()
    log = player.play(a_walk(base, browser, *steps))
    assert time.monotonic() - begun < 60
    return log


def notes(log: Log) -> list[str | None]:
    return [s.about for s in log.said() if s.verb == "notes"]


@pytest.mark.parametrize(
    ("page", "said"),
    [("/redirect/0", "sends the browser on and on"), ("SECURE/good", "a certificate that the browser does not trust")],
    ids=["redirect", "certificate"],
)
def test_what_shows_no_page_at_all_is_reported(services: tuple[str, str], browser: str, page: str, said: str) -> None:
    base, secure = services
    with pytest.raises(Failed, match=said):
        play(base, browser, {"visit": page.replace("SECURE", secure)})


def test_a_walk_through_bad_pages_hears_them(services: tuple[str, str], browser: str) -> None:
    log = play(services[0], browser, {"visit": "/good"}, {"press": "Secure"})
    assert "certificate_error" in notes(log)
    verbs = [s.verb for s in log.said()]
    assert "refuses" in verbs and verbs[-1] == "leaves"


def test_a_download_and_a_box_that_asks_who_is_there(services: tuple[str, str], browser: str) -> None:
    log = play(services[0], browser, {"visit": "/good"}, {"press": "Form"}, {"press": "Sign in"})
    assert [tag for tag in notes(log) if tag in ("download", "sign_in_prompt")] == ["download", "sign_in_prompt"]
    assert [s.about for s in log.said() if s.verb == "acts"][1:] == ["Form", "Sign in"]
    # Chromium takes its box away at times before the page behind it is heard to refuse; the wait ends either way.
    assert {"refuses", "leaves"} & {s.verb for s in log.said()}


def test_boxes_of_the_browsers_own_and_failing_scripts(services: tuple[str, str], browser: str) -> None:
    boxes = [{"visit": "/boxes"}, {"press": "Go"}, {"expect": {"text": "Sure: true"}}, {"visit": "/leaving"}]
    errs = [
        {"press": "Away"},
        {"visit": "/errs"},
        {"press": "Go"},
        {"visit": "/boxes_without_end"},
        {"visit": "/reloads"},
    ]
    log = play(services[0], browser, *boxes, *errs)
    assert {"console_error", "network_error"} <= set(notes(log))
    told = [(s.verb, s.about) for s in log.said()]
    # A page that reloads itself for ever may never be painted: whoever sees nothing there leaves, and that is right.
    assert ("leaves", None) not in told[: told.index(("acts", "reloads"))]
    assert "851234567" not in repr(log.said()) and "rana" not in repr(log.said())


def test_a_page_of_100_000_nodes_is_walked(services: tuple[str, str], browser: str) -> None:
    log = play(services[0], browser, {"visit": "/big"}, EMAIL, {"submit": "Send"})
    assert [s.verb for s in log.said() if s.actor == "citizen"][2:] == ["gives", "submits"]


@pytest.mark.parametrize("page", ["hangs", "never"])
def test_a_page_that_never_comes_to_rest_holds_nobody(services: tuple[str, str], browser: str, page: str) -> None:
    log = play(services[0], browser, {"visit": f"/{page}"})
    assert [s.verb for s in log.said()][:2] == ["begins", "acts"]
