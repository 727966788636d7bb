"""Firefox, over its own socket, says what every other player says, and hears what Chromium hears."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from delayed_service import running
from samples_service import app
from served import served
from test_conformance import LANGUAGES, a_walk, told

from analysis.measure import measure
from journeys.equipment import equipped
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser as player
from journeys.players import wire
from journeys.players.browser_ears import Ears, ears_of
from journeys.players.browser_firefox import FirefoxPage
from journeys.players.browser_firefox_start import found_firefox
from journeys.players.browser_hands import BrowserHands
from journeys.players.browser_notes import Notes
from journeys.players.browser_start import Browser, started
from journeys.walk import News, Walk, diary_of, go, walk_of
from studies.log import Log
from studies.troubles import Failed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("firefox-esr") or shutil.which("firefox")), reason="no Firefox on this machine"
    ),
]

PATIENCE = 12.0
WITHIN = 0.35  # seconds: how far a heard silence may be from the delay that was planted
FIREFOX = equipped("firefox")
CITIZEN = Persona("p", {"national_id": "851234567", "email": "rana@example.test"})
GIVE: list[dict[str, Any]] = [
    {"give": {"national_id": "{{citizen.national_id}}"}},
    {"give": {"email": "{{citizen.email}}"}},
]
SEND: list[dict[str, Any]] = [*GIVE, {"submit": "Send"}]
SENT = ["citizen gives national_id", "citizen gives email", "citizen submits form#application"]


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running() as base:
        yield base


@pytest.fixture(scope="module")
def firefox() -> Iterator[tuple[Browser, Ears]]:
    with started("en", True, PATIENCE, FIREFOX) as browser:
        yield browser, ears_of(browser)


def a_form(kind: str, steps: list[dict[str, Any]], base: str, asked: str = "", **more: Any) -> Walk:
    journey = Journey.model_validate(
        {"journey": "apply", "title": "Apply", "agency": "traffic",
         "steps": [{"visit": f"/form?kind={kind}&{asked}"}, *steps]}
    )  # fmt: skip
    return walk_of(journey, CITIZEN, session="s", base_url=base, **{"patience": PATIENCE, "equipment": FIREFOX, **more})


def play(walk: Walk, firefox: tuple[Browser, Ears], watch: Any = None) -> Log:
    """The walk in the shared Firefox, in a tab of its own."""
    browser, ears = firefox
    assert isinstance(browser.page, FirefoxPage)
    old = browser.page.window
    browser.page.window = browser.page.line.say("browsingContext.create", type="tab")["context"]
    browser.page.line.say("browsingContext.close", context=old)
    ears.messages.clear()
    diary = diary_of(walk, device=browser.device, deaf_to=frozenset({"rates"}))
    return go(walk, BrowserHands(walk, browser, ears, Notes(walk, browser, ears, diary)), diary, watch)


def said(log: Log) -> list[str]:
    """What was said, without times; the opening page's own sentences left out."""
    return [f"{s.actor} {s.verb}" + (f" {s.about}" if s.about else "") for s in log.said()][5:]


def silences(log: Log) -> list[float]:
    (waits,) = measure(log).waits.values()
    return [
        to - since
        for wait in waits
        for (since, to, _), silent in zip(wait.silences, wait.silent, strict=True)
        if silent
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_the_wire_says(language: str) -> None:
    with served(app()) as base:
        walk = a_walk(language, base)
        seen = player.play(walk_of(walk.journey, walk.persona, session="s1", language=language, variant="as_is",
                                   base_url=base, equipment=FIREFOX))  # fmt: skip
        on_the_wire = wire.play(walk)
    deaf = frozenset[str]().union(*(s.hears ^ w.hears for s, w in zip(seen.heard(), on_the_wire.heard(), strict=True)))
    assert told(seen, deaf) == told(on_the_wire, deaf)
    assert (seen.heard()[0].device or "").startswith("firefox")


@pytest.mark.parametrize("kind", ["plain", "off"])
def test_a_silent_answer_is_heard_as_long_as_it_was(firefox: tuple[Browser, Ears], service: str, kind: str) -> None:
    log = play(a_form(kind, SEND, service, "wait=1.5"), firefox)
    assert said(log) == [*SENT, "service answers form"]
    assert silences(log) == [pytest.approx(1.5, abs=WITHIN)]


def test_a_sign_breaks_the_silence(firefox: tuple[Browser, Ears], service: str) -> None:
    log = play(a_form("spinner", SEND, service, "wait=1.9"), firefox)
    assert said(log) == [*SENT, "service responds", "service answers form"]
    assert silences(log) == []


def test_a_refusal_on_the_page_itself(firefox: tuple[Browser, Ears], service: str) -> None:
    log = play(a_form("inline", [GIVE[1], {"submit": "Send"}, GIVE[0], {"submit": "Send"}], service), firefox)
    assert [line for line in said(log) if "refuses" in line] == ["service refuses national_id"]
    assert said(log)[-1] == "service answers form"


def test_every_kind_of_field_is_filled_as_a_hand_would(
    firefox: tuple[Browser, Ears], service: str, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(b"a picture")
    walk = a_form("choices", [
        {"choose": {"nationality": "Jordan"}},
        {"choose": {"plate_number": "12399"}},
        {"give": {"date_of_birth": "1990-02-11"}},
        {"choose": {"I agree": True}},
        {"upload": {"passport_photo": "photo.png"}},
    ], service)  # fmt: skip
    walk.journey.lying_in(tmp_path)
    log = play(walk, firefox)
    given = ["nationality", "plate_number", "date_of_birth", "i_agree", "passport_photo"]
    assert [s.about for s in log.said() if s.verb == "gives"] == given
    shown = firefox[0].page.look(
        "const f = document.forms[0]; return [f.nat.value, f.plate.value, f.dob.value, f.agree.checked]"
    )
    assert shown == ["jo", "12399", "1990-02-11", True]


def test_a_box_of_the_browsers_own_is_read_and_closed(firefox: tuple[Browser, Ears], service: str) -> None:
    log = play(a_form("alert", [{"press": "Terms"}, GIVE[1]], service), firefox)
    assert [line for line in said(log) if line.startswith("citizen")] == ["citizen acts Terms", "citizen gives email"]


def test_back_and_pictures(firefox: tuple[Browser, Ears], service: str, tmp_path: Path) -> None:
    news: list[News] = []
    steps = [*GIVE, {"submit": "Send"}, {"press": "Again"}, {"back": True}]
    log = play(a_form("plain", steps, service, pictures=tmp_path), firefox, news.append)
    assert said(log)[-2:] == ["citizen acts back", "service answers form"]
    pictures = [n.picture for n in news if n.step]
    assert len(pictures) == 6 and all(p and p.read_bytes().startswith(b"\x89PNG") for p in pictures)


def test_a_browser_that_dies_is_the_labs_failure_and_loses_nothing(service: str) -> None:
    diary_walk = a_form("plain", SEND, service)
    with started("en", True, PATIENCE, FIREFOX) as browser:
        ears = ears_of(browser)
        diary = diary_of(diary_walk, device=browser.device)
        page = browser.page
        assert isinstance(page, FirefoxPage)

        def kill(news: News) -> None:
            if news.step == "give_national_id":
                os.kill(page.process.pid, signal.SIGKILL)

        log = go(
            diary_walk, BrowserHands(diary_walk, browser, ears, Notes(diary_walk, browser, ears, diary)), diary, kill
        )
    assert said(log) == ["citizen gives national_id", "lab breaks browser"]
    with pytest.raises(ProcessLookupError):
        os.kill(page.process.pid, 0)


def test_nobody_at_the_address_is_a_failure_with_a_remedy() -> None:
    with pytest.raises(Failed, match=r"http://127\.0\.0\.1:61234 does not answer\. Start the service there"):
        player.play(a_form("plain", [], "http://127.0.0.1:61234"))


def test_no_firefox_is_a_failure_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_FIREFOX", "/no/such/browser")
    with pytest.raises(Failed, match="KHUTWA_FIREFOX names /no/such/browser"):
        found_firefox()
