"""A seat in the lab: a browser on any site, heard as a participant's is, until its window is closed.

What is heard is in the store within a second or two; a lab that dies meanwhile loses nothing of it (`./lab seal`).
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from selenium.common.exceptions import InvalidSessionIdException, TimeoutException, WebDriverException
from urllib3.exceptions import HTTPError

from journeys.hearing.messages import Message
from journeys.hearing.participants import MOST_IN_ALL, seal
from journeys.hearing.sittings import BROKE, CLOSED
from journeys.players.browser_ears import Ears, ears_of
from journeys.players.browser_page import Unreached
from journeys.players.browser_replay import keep_sitting, watching
from journeys.players.browser_start import Browser, started
from studies.log import Log
from studies.store import Store
from studies.store.heard import Sitting, keep_batch
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import Workspace

PATIENCE: Final = 60.0  # seconds for the first page
LOOK: Final = 0.5  # seconds between two looks whether the window is still open
CRASHED: Final = "goog:cdp.Inspector.targetCrashed"  # how Chromium tells that a page has died in its window
PARCEL: Final = 500  # messages that are put into the store at once

Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits down: at which address, for which study, seen (by a person) or not, for how long."""

    url: str
    study: str
    session: str
    visible: bool
    seconds: float | None = None  # None: until the window is closed
    language: str = "en"
    replay: bool = False  # whether its screen is kept; a person's so coarse that nothing can be read in it


@dataclass(slots=True)
class Keeping:
    """What was heard goes into the store as it comes."""

    ears: Ears
    store: Store
    sitting: Sitting
    kept: int = 0

    def keep(self) -> None:
        """Put what was heard since the last time into the store."""
        told = self.ears.now()
        for start in range(self.kept, len(told), PARCEL):
            self.put(told[start : start + PARCEL])
        self.kept = len(told)

    def put(self, messages: list[Message]) -> None:
        """Put these messages into the store."""
        keep_batch(self.store, self.sitting, json.dumps(messages, ensure_ascii=False), MOST_IN_ALL)


def sit(seat: Seat, store: Store, space: Workspace, watch: Watch | None = None) -> Log:
    """Open a browser and hear it; the session, sealed. Raises Failed when there is no screen, or nobody answers."""
    if urlsplit(seat.url).scheme not in ("http", "https") or not urlsplit(seat.url).netloc:
        raise WrongInput(_("--site {url}: write an address such as https://example.org/.").format(url=seat.url))
    if seat.visible and not has_screen():
        raise Failed(
            _("There is no screen to show a browser on. Sit down at one, or listen without: --site URL --for 30s.")
        )
    with started(seat.language, not seat.visible, PATIENCE, by_hand=seat.visible) as browser:
        source = "participant" if seat.visible else "robot"
        keeping = Keeping(
            ears_of(browser), store, Sitting(seat.session, seat.study, device=browser.device, source=source)
        )
        with watching(browser, seat.visible) if seat.replay else nullcontext() as roll:
            try:
                _open(browser, seat.url)
                _hear(seat, browser, keeping, watch)
            finally:
                keeping.keep()
    log = seal(seat.session, store, space)
    if log is None:
        raise Failed(_("Nothing was heard at {url}. Open it by hand: does it show anything?").format(url=seat.url))
    if roll is not None:
        keep_sitting(roll, log.heard()[0], space.pictures / seat.session)
    return log


def sit_down(
    site: str,
    space: Workspace,
    visible: bool,
    seconds: float | None,
    study: str | None,
    watch: Watch,
    now: datetime,
    replay: bool = False,
) -> Log:
    """Sit down at a site, in a session named after it and the moment."""
    host = re.sub(r"[^a-z0-9.-]", "-", urlsplit(site).netloc.rpartition("@")[2].lower())[:50] or "site"
    session = f"{host}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    store = Store(space.database_url)
    try:
        seat = Seat(site, study or f"site_{host}", session, visible, seconds, replay=replay)
        return sit(seat, store, space, watch)
    finally:
        store.close()


def has_screen() -> bool:
    """Whether a window can be shown here."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(browser: Browser, url: str) -> None:
    try:
        browser.page.go(url)
    except Unreached as cause:
        raise Failed(
            _("{where} does not answer ({why}). Start the service there, or correct --site.").format(
                where="{0.scheme}://{0.netloc}".format(urlsplit(url)), why=cause.why
            )
        ) from cause
    except TimeoutException:
        pass  # slow, and heard to be


def _hear(seat: Seat, browser: Browser, keeping: Keeping, watch: Watch | None) -> None:
    """Hear until the time is over, the window is closed, or page or browser die, which is the lab's own failure."""
    begun = time.monotonic()
    crashes = crashes_of(browser)
    while seat.seconds is None or time.monotonic() - begun < seat.seconds:
        if gone := BROKE if crashes else _gone(browser):
            keeping.ears.wait(_has_left, 1.0, lambda: True)  # its last words may still be on their way
            kind = CLOSED if gone == CLOSED or (not crashes and _has_left(keeping.ears.now())) else BROKE
            when = round(time.time() * 1000, 1)
            keeping.put([{"p": "lab", "n": 0, "t": when, "k": kind, "x": "browser"}])
            return
        keeping.ears.rest(LOOK)
        keeping.keep()
        if watch:
            share = 0.0 if seat.seconds is None else min((time.monotonic() - begun) / seat.seconds, 1.0)
            watch(_("Heard: {n} messages").format(n=keeping.kept), share)
    with suppress(WebDriverException, HTTPError, OSError):
        browser.page.look("window.dispatchEvent(new Event('khutwa:flush'))")
        keeping.ears.wait(lambda told: any(m["k"] == "flushed" for m in told), 1.0, browser.alive)


def crashes_of(browser: Browser) -> list[object]:
    """The pages that crash from here on, as they do: their windows stay, and say nothing more."""
    crashes: list[object] = []
    with suppress(WebDriverException, ConnectionError):  # no Chromium: what is not told cannot be heard
        browser.page.hear(CRASHED, crashes.append)
    return crashes


def _gone(browser: Browser) -> str:
    """Whether the window was closed or the browser has died, as far as its driver knows; empty while it is open."""
    try:
        return "" if browser.driver.window_handles else CLOSED
    except InvalidSessionIdException:  # the driver ends a session in good order with its last window
        return CLOSED
    except (WebDriverException, HTTPError, OSError):
        return BROKE


def _has_left(told: list[Message]) -> bool:
    """Whether the last page has said that it goes."""
    tops = [m for m in told if m["k"] == "hello" and m["top"]]
    last = max(tops, key=lambda m: m["t"], default=None)
    return last is not None and any(m["p"] == last["p"] and m["k"] in ("unload", "bye") for m in told)
