"""A participant's seat in the lab: the task beside the site, one browser for each task, heard until it has ended.

The site is as it is: it opens in a window of its own, and the lab's page with the task stays in another beside it, with
"I am done" and "I give up". A task ends when its `done` came before their eyes, when they say so, or when they close
the site. What was heard is in the store within a second; a lab that dies meanwhile loses nothing of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from selenium.common.exceptions import InvalidSessionIdException, TimeoutException, WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from journeys.hearing.errands import errand_of, goals
from journeys.hearing.participants import TASK, seal
from journeys.hearing.sittings import BROKE, CLOSED
from journeys.players.browser_ears import ears_of
from journeys.players.browser_page import Unreached
from journeys.players.browser_seat import Keeping, crashes_of, has_screen
from journeys.players.browser_start import Browser, started
from studies.log import Log
from studies.store import Store
from studies.store.assignments import BROKE as CUT_OFF
from studies.store.assignments import DONE, GAVE_UP, WAITING, Assignment, assignment, end, itinerary, reopen
from studies.store.heard import Sitting
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace

PATIENCE: Final = 60.0  # seconds for a page
LOOK: Final = 0.4  # seconds between two looks
AFTER: Final = 2.0  # seconds that the page which settles it stays before their eyes
BESIDE: Final = 520  # pixels of the screen for the lab's own window; Chromium makes none narrower than 500
GONE: Final = (WebDriverException, HTTPError, OSError)

Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TaskSeat:
    """A seat for one participant: where the lab's pages are, and where the participant is to be on them."""

    pages: str
    itinerary: str
    where: Callable[[], tuple[str, str, str]]  # what kind of place, its path, the task's token
    visible: bool
    language: str
    after: float = AFTER


@dataclass(slots=True)
class _Table:
    """What stands before the participant: the lab's window, the site's, and what is heard of it."""

    seat: TaskSeat
    browser: Browser
    store: Store
    lab: str  # the lab's window
    given: Assignment
    keeping: Keeping
    watch: Watch
    crashes: list[object] = field(default_factory=list)
    number: int = 0

    @property
    def driver(self) -> WebDriver:
        return self.browser.driver

    def tell(self, kind: str) -> None:
        """Put a word of the lab's own among what was heard."""
        now = round(time.time() * 1000, 1)
        self.keeping.put([{"p": "lab", "n": self.number, "t": now, "k": kind, "x": "browser"}])
        self.number += 1


def take_part(seat: TaskSeat, store: Store, space: Workspace, watch: Watch) -> list[Log]:
    """Sit a participant through their tasks; the sessions, sealed. Ends early when they close the lab's window too.

    Raises Failed when there is no screen, or a site does not answer.
    """
    if seat.visible and not has_screen():
        raise Failed(_("There is no screen to show a browser on. Sit down at one; --headless is for trying it out."))
    logs: list[Log] = []
    while seat.where()[0] not in ("over", "turned_away"):
        before = len(logs)
        if not _one_browser(seat, store, space, watch, logs) and len(logs) == before:
            break
    return logs


def _one_browser(seat: TaskSeat, store: Store, space: Workspace, watch: Watch, logs: list[Log]) -> bool:
    """What is to be done until the next task, in a browser that remembers nothing; False when it was closed."""
    upcoming = _upcoming(seat, store)
    with started(seat.language, not seat.visible, PATIENCE, by_hand=True) as browser:
        first = f"if (location.origin === {json.dumps(_origin(seat.pages))}) return;\n"
        if upcoming is not None:
            errand = errand_of(upcoming)
            first += f"const khutwaTask = {json.dumps({'done': goals(errand.journey)})};\n" + TASK.read_text("utf-8")
        ears = ears_of(browser, first)
        driver = browser.driver
        driver.get(seat.pages + seat.where()[1])
        lab = driver.current_window_handle
        if upcoming is not None:
            about = Sitting(upcoming.session, upcoming.study, upcoming.participant, upcoming.condition, browser.device)
            table = _Table(seat, browser, store, lab, upcoming, Keeping(ears, store, about), watch)
            begun = _until(table, lambda: _state(store, upcoming) != WAITING)
            if begun and (log := _task(table, space)) is not None:
                logs.append(log)
            if not begun or not _show(table):
                return False
        return _until_elsewhere(seat, store, driver, upcoming, watch)


def _task(table: _Table, space: Workspace) -> Log | None:
    """One task from the site's first page to its end, whatever that is; the session, sealed."""
    given, store = table.given, table.store
    try:
        _open(table)
        how = _hear(table)
        end(store, given.token, how)
    except KeyboardInterrupt:
        if _state(store, given) != WAITING:
            table.tell(BROKE)
            end(store, given.token, CUT_OFF)
        raise
    finally:
        with suppress(*GONE):
            _flush(table)
        table.keeping.keep()
        log = seal(given.session, store, space) if table.keeping.kept else None
    _close_site(table)
    return log


def _open(table: _Table) -> None:
    errand = errand_of(table.given)
    driver = table.driver
    driver.switch_to.new_window("window")
    _side_by_side(table)
    table.crashes = crashes_of(table.browser)
    try:
        table.browser.page.go(errand.start())
    except Unreached as cause:
        reopen(table.store, table.given.token)
        raise Failed(
            _("{where} does not answer ({why}). Start the service there, or name another with --base-url.").format(
                where=_origin(errand.base), why=cause.why
            )
        ) from cause
    except TimeoutException:
        pass  # slow, and heard to be


def _hear(table: _Table) -> str:
    """Hear until the task has ended; how it has."""
    begun = settled = None
    while True:
        state = _state(table.store, table.given)
        if state not in (WAITING, "begun"):
            return state
        told = table.keeping.ears.now()
        if any(m["k"] == "done" for m in told):
            settled = settled or time.monotonic()
            if time.monotonic() - settled >= table.seat.after:
                return DONE
        if gone := _gone(table):
            table.tell(gone)
            return DONE if settled else GAVE_UP if gone == CLOSED else CUT_OFF
        table.keeping.ears.rest(LOOK)
        table.keeping.keep()
        begun = begun or time.monotonic()
        table.watch(_("{task}: heard {n} messages").format(
            task=table.given.told["title"], n=table.keeping.kept), 0.5)  # fmt: skip


def _gone(table: _Table) -> str:
    """Whether the site was closed, or the browser has died; empty while it is open."""
    if table.crashes:
        return BROKE
    try:
        open_ = table.driver.window_handles
        if not [one for one in open_ if one != table.lab]:
            return CLOSED
        if table.lab not in open_:  # only the task was put away: it comes back
            table.driver.switch_to.window(open_[-1])
            table.driver.switch_to.new_window("window")
            table.lab = table.driver.current_window_handle
            table.driver.get(f"{table.seat.pages}/t/{table.given.token}")
        return ""
    except InvalidSessionIdException:
        return CLOSED
    except GONE:
        return BROKE


def _until(table: _Table, so: Callable[[], bool]) -> bool:
    """Wait for the participant; False when the lab's window was closed meanwhile."""
    while not so():
        if not _there(table.driver, table.lab):
            return False
        table.watch(_("Waiting for the participant"), 0.0)
        table.keeping.ears.rest(LOOK)
    return True


def _until_elsewhere(
    seat: TaskSeat, store: Store, driver: WebDriver, upcoming: Assignment | None, watch: Watch
) -> bool:
    """Wait until the questions here are answered: the next task comes up, or nothing is left."""
    while True:
        kind, _path, token = seat.where()
        if kind in ("over", "turned_away"):
            watch(_("Over"), 1.0)
            return True
        if kind == "task" and (upcoming is None or token != upcoming.token):
            return True
        try:
            if not driver.window_handles:
                return False
        except GONE:
            return False
        watch(_("Waiting for the participant"), 0.0)
        time.sleep(LOOK)


def _upcoming(seat: TaskSeat, store: Store) -> Assignment | None:
    """The task that comes next in this browser; None while they are still at questions about the last one."""
    kind, _path, token = seat.where()
    if kind == "task":
        return assignment(store, token)
    if kind == "agreeing":
        return next((one for one in itinerary(store, seat.itinerary) if not one.over), None)
    return None


def _show(table: _Table) -> bool:
    """Bring the participant on to what comes after the task; False when there is no window any more."""
    with suppress(*GONE):
        driver = table.driver
        handles = driver.window_handles
        if table.lab not in handles:
            return False
        driver.switch_to.window(table.lab)
        if table.seat.visible:
            with suppress(*GONE):  # not every window system lets anybody
                driver.maximize_window()
        driver.get(table.seat.pages + table.seat.where()[1])
        return True
    return False


def _close_site(table: _Table) -> None:
    with suppress(*GONE):
        for handle in table.driver.window_handles:
            if handle != table.lab:
                table.driver.switch_to.window(handle)
                table.driver.close()
        table.driver.switch_to.window(table.lab)


def _flush(table: _Table) -> None:
    """Have every window of the site say what it has not said yet."""
    for handle in table.driver.window_handles:
        if handle != table.lab:
            table.driver.switch_to.window(handle)
            table.driver.execute_script("window.dispatchEvent(new Event('khutwa:flush'))")
    table.keeping.ears.wait(lambda told: any(m["k"] == "flushed" for m in told), 1.0, table.browser.alive)


def _side_by_side(table: _Table) -> None:
    """The site to the left, the task to the right; where the window system lets nobody place windows, as it comes."""
    if not table.seat.visible:
        return
    with suppress(*GONE):
        driver = table.driver
        site = driver.current_window_handle
        wide, high = driver.execute_script("return [screen.availWidth, screen.availHeight]")
        driver.switch_to.window(table.lab)
        driver.set_window_rect(wide - BESIDE, 0, BESIDE, high)
        driver.switch_to.window(site)
        driver.set_window_rect(0, 0, wide - BESIDE, high)


def _there(driver: WebDriver, window: str) -> bool:
    try:
        return window in driver.window_handles
    except GONE:
        return False


def _state(store: Store, given: Assignment) -> str:
    found: Any = assignment(store, given.token)
    return found.state if found is not None else CUT_OFF


def _origin(url: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))
