"""What a walk or a sitting looked like, kept as a replay: the screen in Chromium, a picture after each step elsewhere.

What the robot types is covered on the screen itself, from each page's first moment, so that no frame shows it. Where a
person sits, the page is not touched: every frame is made so coarse that nothing in it can be read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys import screen
from journeys.hearing.sentences import moment
from journeys.players.browser_chromium import ChromiumPage
from journeys.players.browser_firefox import FirefoxPage
from journeys.players.browser_line import Line, result_of, told_to
from journeys.players.browser_notes import Notes
from journeys.players.browser_start import Browser
from journeys.players.replay_frames import Roll, Shot, replay_of
from journeys.walk import News, Walk, Watch
from studies import replays
from studies.events import Session
from studies.replays import Cover
from studies.troubles import WrongInput
from studies.words import _, in_a_row

COVERING: Final = (Path(__file__).parent / "browser_cover.js").read_text(encoding="utf-8")
COVERED: Final = f"(values) => {{ ({COVERING})(); return globalThis.khutwaCover(values); }}"
WORLD: Final = "khutwa"  # the cover's own, in which the page's scripts have no part
TROUBLES: Final = (WebDriverException, HTTPError, *screen.TROUBLES)


@dataclass(slots=True)
class Screen:
    """The screen of a Chromium on this machine, watched window by window."""

    page: ChromiumPage
    roll: Roll
    line: Line | None = None  # to the cover; None: nothing is covered on the page
    spoiled: bool = False  # something might be readable: nothing of it is kept
    covered: set[str] = field(default_factory=set)
    _eye: ExitStack = field(default_factory=ExitStack)

    def watch(self) -> None:
        """Watch the window that the citizen has before them now. What cannot be watched is not in the replay."""
        self._eye.close()
        with suppress(*TROUBLES):
            if self.line:  # a window that its page opened may have been given its document behind the cover's back
                self._tell_window(list(self.covered))
            debugger = self.page.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
            window = self.page.driver.current_window_handle
            self._eye.enter_context(screen.opened(debugger, window, self._see))

    def cover(self, value: str) -> None:
        """Cover a value, before it is typed, on this page and on all that come; else nothing is kept."""
        if self.line is None or self.spoiled or len(value) < 2:
            return
        try:
            if value not in self.covered:
                self.covered.add(value)
                self.line.say("script.addPreloadScript", functionDeclaration=_covers([value]), sandbox=WORLD)
            self._tell_window([value])
        except TROUBLES:
            self.spoiled = True
            self.close()

    def close(self) -> None:
        """Watch no longer."""
        with suppress(*TROUBLES):
            self._eye.close()
        if self.line:
            with suppress(Exception):  # whatever is wrong with the line, it must go
                self.line.response_wait_timeout = 1
                self.line.close()

    def _see(self, frame: screen.Frame) -> None:
        self.roll.add(Shot(frame.when, frame.picture))

    def _tell_window(self, values: list[str]) -> None:
        assert self.line
        _in_all_frames(self.line, self.page.driver.current_window_handle, COVERED, values, {"sandbox": WORLD})


def _in_all_frames(line: Line, window: str, js: str, values: list[str], world: dict[str, str]) -> None:
    """Run a function in a window and in every frame inside it. Raises what Selenium would if the window has gone."""
    tree = line.say("browsingContext.getTree", root=window)["contexts"]
    for context in _contexts(tree):
        try:
            result_of(
                line.say(
                    "script.callFunction",
                    functionDeclaration=js,
                    target={"context": context, **world},
                    arguments=[told_to(values)],
                    awaitPromise=False,
                )
            )
        except WebDriverException:
            if context == window:
                raise
            # a frame inside the page that has gone meanwhile


def _contexts(tree: list[dict[str, Any]]) -> Iterator[str]:
    for one in tree:
        yield one["context"]
        yield from _contexts(one.get("children") or [])


def _covers(values: list[str]) -> str:
    return f"() => {{ ({COVERING})(); globalThis.khutwaCover({json.dumps(values)}); }}"


def screen_of(browser: Browser, roll: Roll, cover: bool) -> Screen | None:
    """The browser's screen, if it can be watched from here: a Chromium of this machine."""
    page = browser.page
    if not isinstance(page, ChromiumPage) or page.pid is None:
        return None
    line = _line_of(browser) if cover else None
    if line:
        line.say("script.addPreloadScript", functionDeclaration=COVERING, sandbox=WORLD)
    watched = Screen(page, roll, line)
    before = page.each_window

    def each_window(there: ChromiumPage) -> None:
        if before:
            before(there)
        watched.watch()

    page.each_window = each_window
    watched.watch()
    return watched


def _line_of(browser: Browser) -> Line:
    page = browser.page
    if isinstance(page, FirefoxPage):
        return page.line
    return Line(browser.driver.capabilities["webSocketUrl"], 30.0, browser.alive)


@dataclass(slots=True)
class Steps:
    """Where no screen can be watched: one picture after each step, taken outside the citizen's time."""

    browser: Browser
    notes: Notes
    roll: Roll
    line: Line | None  # to the cover; None: nothing is covered
    watch: Watch | None

    def __call__(self, news: News) -> None:
        """After a step: a picture of what stands there, then whoever else watches."""
        began = time.time() * 1000
        with suppress(*TROUBLES):
            self._look(began)
        self.notes.hold(began, time.time() * 1000)
        if self.watch:
            self.watch(news)

    def _look(self, when: float) -> None:
        """One picture; what was typed is covered meanwhile, in every frame."""
        page = self.browser.page
        if self.line is None:
            self.roll.add(Shot(when, page.picture()))
            return
        window = page.window if isinstance(page, FirefoxPage) else self.browser.driver.current_window_handle
        _in_all_frames(self.line, window, COVERED, sorted(self.notes.given), {})
        try:
            self.roll.add(Shot(when, page.picture()))
        finally:
            _in_all_frames(self.line, window, "() => globalThis.khutwaUncover?.()", [], {})


@contextmanager
def replaying(walk: Walk, browser: Browser, notes: Notes, watch: Watch | None) -> Iterator[Watch | None]:
    """Keep a replay of a walk if its equipment asks for one, for the length of a `with`; yields who is to watch it."""
    if not walk.equipment.replay or walk.pictures is None:
        yield watch
        return
    roll, covers = Roll(), walk.equipment.replay != "unmasked"
    watched = screen_of(browser, roll, covers)
    if watched:
        notes.on_give = watched.cover
    try:
        yield watch if watched else Steps(browser, notes, roll, _line_of(browser) if covers else None, watch)
    finally:
        if watched:
            watched.close()
        own = next((s for s in notes.diary.log().heard() if s.session == walk.session), None)
        if own is not None and not (watched and watched.spoiled):
            began = own.started

            def at(when: float) -> float:
                return max((notes.at(when) - began).total_seconds(), 0.0)

            cover: Cover = "fields" if covers else "none"
            _kept(roll, walk.session, walk.pictures, "screencast" if watched else "pictures", cover, at)


@contextmanager
def watching(browser: Browser, person: bool) -> Iterator[Roll]:
    """The pictures of a sitting as they come, for the length of a `with`; nothing on the page is touched for a person.

    One window is watched, the first; `keep_sitting` makes a replay of them.
    """
    roll = Roll()
    watched = screen_of(browser, roll, cover=not person)
    try:
        yield roll
    finally:
        if watched:
            watched.close()


def keep_sitting(roll: Roll, session: Session, folder: Path) -> None:
    """Keep what was seen of a sitting; a person's so coarse that nothing in it can be read."""

    def at(when: float) -> float:
        return max((moment(when) - session.started).total_seconds(), 0.0)

    _kept(roll, session.session, folder, "screencast", "coarse" if session.source == "participant" else "fields", at)


def _kept(
    roll: Roll, session: str, folder: Path, source: replays.Source, cover: Cover, at: Callable[[float], float]
) -> None:
    if found := replay_of(roll, session, source, cover, at):
        replays.keep(found, folder)


def refuse_unmasked(walk: Walk) -> None:
    """What is secret is never shown. Raises WrongInput, before anybody has moved."""
    if walk.equipment.replay == "unmasked" and walk.journey.secrets:
        raise WrongInput(
            _("{journey} types what is secret ({names}): its replay cannot be unmasked. Use --replay.").format(
                journey=walk.journey.journey, names=in_a_row(sorted(walk.journey.secrets))
            )
        )
