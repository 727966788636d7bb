"""Phones, connections, languages, many sessions at once: what a citizen holds is what the page sees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from delayed_service import running

from journeys.equipment import Equipment, devices, equipped, networks
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser as player
from journeys.players.browser_chromium import ChromiumPage
from journeys.players.browser_har import masked_address
from journeys.players.browser_start import started
from journeys.sealing import sealed
from journeys.walk import Walk, walk_of
from studies.reading import log_named
from studies.troubles import Failed, WrongInput
from studies.words import languages
from studies.workspace import Workspace

pytestmark = pytest.mark.untimed

CITIZEN = Persona("p", {"national_id": "851234567", "email": "rana@example.test"})
STEPS: list[dict[str, Any]] = [
    {"visit": "/form?kind=fetch&wait=0.1&spin=60000&seen=851234567"},
    {"give": {"national_id": "{{citizen.national_id}}"}},
    {"give": {"email": "{{citizen.email}}"}},
    {"submit": "Send"},
]
SAW = """return [innerWidth, innerHeight, devicePixelRatio, navigator.maxTouchPoints > 0 || 'ontouchstart' in window,
navigator.userAgent.includes('Mobile'), navigator.language, window.pointer]"""
FIREFOX = bool(shutil.which("firefox-esr") or shutil.which("firefox"))
BROWSERS = [
    "chromium",
    pytest.param("firefox", marks=pytest.mark.skipif(not FIREFOX, reason="no Firefox on this machine")),
]


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running() as base:
        yield base


def a_walk(service: str, session: str = "s", **more: Any) -> Walk:
    journey = Journey.model_validate({"journey": "apply", "title": "Apply", "agency": "traffic", "steps": STEPS})
    return walk_of(journey, CITIZEN, session=session, base_url=service, **{"patience": 12, "study": "t", **more})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"browser": "opera"}, "no browser “opera”"),
        ({"device": "fone"}, "no device “fone”.*phone"),
        ({"network": "5g"}, "no network “5g”.*3g"),
        ({"cpu": 0.5}, "from 1 to 100"),
        ({"grid": "grid.test:4444"}, "an address is wanted"),
        ({"browser": "firefox", "network": "3g"}, "Firefox cannot be slowed down"),
        ({"browser": "firefox", "cpu": 4}, "Firefox cannot be slowed down"),
    ],
)
def test_what_does_not_exist_is_said_before_anybody_moves(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongInput, match=said):
        equipped(**asked)


def test_devices_and_connections_are_told_in_every_language() -> None:
    for entry in (*devices().values(), *networks().values()):
        assert set(entry.title) >= {"en", "ar"} <= set(languages())
    assert devices()["phone"].touch and devices()["phone"].channel == "mobile"
    assert equipped(device="phone").channel("web") == "mobile" and equipped(device="phone").channel("phone") == "phone"
    assert equipped(device="phone", network="3g", cpu=4).told() == ", phone, 3g, cpu 4"


@pytest.mark.browser
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_phone_is_a_phone_to_the_page(browser: str, service: str) -> None:
    with started("ar", True, 12, equipped(browser, device="phone")) as found:
        page = found.page
        page.go(f"{service}/form?kind=dead")
        page.look("addEventListener('pointerdown', e => { window.pointer = e.pointerType }, true)")
        page.press(page.look("return document.querySelector('button')"))
        width, height, ratio, touch, mobile, language, pointer = page.look(SAW)
        held = devices()["phone"]
        assert (ratio, touch, mobile, language[:2]) == (held.ratio, True, True, "ar")
        # A phone shows a page that was not made for it as if from further away: its own size is the screen's.
        screen = page.look("return [screen.width, screen.height]")
        assert [held.width, held.height] in (screen, [width, height])
        assert pointer == "touch"


@pytest.mark.browser
def test_a_walk_on_a_phone_is_heard_on_the_channel_mobile(service: str, tmp_path: Path) -> None:
    asked = equipped(device="phone", network="4g", cpu=2, har=True)
    log = player.play(a_walk(service, equipment=asked, pictures=tmp_path))
    assert {s.channel for s in log.said()} == {"mobile"}
    assert (log.heard()[0].device or "").endswith("headless, phone, 4g, cpu 2")
    assert [s.about for s in log.said() if s.verb == "gives"] == ["national_id", "email"]
    kept = (tmp_path / "s.har").read_text(encoding="utf-8")
    for typed in ("851234567", "rana", "postData"):
        assert typed not in kept
    har = json.loads(kept)["log"]
    form, api = (next(e for e in har["entries"] if part in e["request"]["url"]) for part in ("/form", "/api"))
    assert form["request"]["url"].endswith("/form?kind=…&wait=…&spin=…&seen=…") and form["response"]["status"] == 200
    assert api["timings"]["wait"] >= 95 and api["pageref"] == form["pageref"]
    assert har["version"] == "1.2" and har["pages"][0]["id"] == form["pageref"]


def test_an_address_says_nothing_of_anybody() -> None:
    told = masked_address("https://rana:word@a.test/file/851234567/rana@b.test/x?id=9&q=%D8%B1#top", ["word"])
    assert told == "https://a.test/file/…/…/x?id=…&q=…"
    assert masked_address("data:text/html,851234567") == "data:…"


@pytest.mark.browser
def test_a_slow_connection_and_processor_are_slow(service: str) -> None:
    with started("en", True, 12, equipped(network="3g", cpu=6)) as browser:
        browser.page.go(f"{service}/form")
        took = browser.page.look(
            "const at = performance.now(); return fetch('/api?wait=0').then(() => performance.now() - at)"
        )
        assert took >= 550  # what 3G adds to every request
        assert isinstance(browser.page, ChromiumPage) and browser.page.each_window


@pytest.mark.browser
def test_side_by_side_one_that_dies_costs_only_itself(service: str, tmp_path: Path) -> None:
    told: list[str] = []
    space = Workspace(tmp_path)
    walks = [a_walk(service, f"s{n}") for n in range(3)]
    walks[1] = a_walk("http://127.0.0.1:61233", "s1")  # nobody there
    with pytest.raises(Failed, match=r"1 of 3 sessions failed; the others are kept\.\s.*61233 does not answer"):
        list(sealed(walks, "browser", "t", space, lambda what, _share: told.append(what), 3))
    kept = log_named("t", space)
    assert {s.session for s in kept.heard()} == {"s0", "s2"}
    assert all([s.about for s in kept.only([name]).said() if s.verb == "submits"] for name in ("s0", "s2"))
    assert told[-1].startswith("3 of 3 over") and any("1: " in line and "3: " in line for line in told)


def test_a_grid_that_is_not_there_is_a_failure_with_a_remedy(service: str) -> None:
    walk = a_walk(service, equipment=equipped(grid="http://127.0.0.1:61232"))
    with pytest.raises(Failed, match=r"The grid at http://127\.0\.0\.1:61232 lent no chromium.*/status"):
        player.play(walk)


def test_what_is_no_grid_is_a_failure_with_a_remedy(service: str) -> None:
    with pytest.raises(Failed, match="lent no firefox"):
        player.play(a_walk(service, equipment=Equipment("firefox", grid=service)))
