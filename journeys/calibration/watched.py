"""What keeping a replay costs a page: the main thread's time for a load and for a press, watched and not watched.

Three browsers take turns on the same large page, so that whatever else the machine does is shared fairly: one that
nobody watches, one whose screen is watched, one where what a robot typed is covered as well. Times are the thread's own
(CPU). What was kept of the watched ones says how large a replay becomes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import Any, Final

from journeys.calibration.site import running
from journeys.players.browser_replay import Screen, screen_of
from journeys.players.browser_start import Browser, started
from journeys.players.replay_frames import Roll, replay_of

NODES: Final = 9000
ROUNDS: Final = 10
PRESSES: Final = 4  # of each round
REST: Final = 1.0  # seconds in which a load or a press has come to its end
WAYS: Final = ("nobody watches", "screen watched", "screen watched, typed values covered")
TYPED: Final = ("row 21", "1199001234", "Amina Haddad")  # one of them comes onto the page with the presses

Watch = Callable[[str, float], None]


@dataclass(slots=True)
class _Watched:
    """One of the browsers, and what was measured of it."""

    way: str
    browser: Browser
    roll: Roll = field(default_factory=Roll)
    loads: list[float] = field(default_factory=list)  # ms of the main thread
    presses: list[float] = field(default_factory=list)


def cost_of_watching(watch: Watch, rounds: int = ROUNDS) -> dict[str, Any]:
    """The main thread's time for loads and presses, ms (quartiles), and how large the replays became, bytes."""
    with _browsers() as (site, browsers):
        for nth in range(rounds):
            for place, one in enumerate(browsers):
                watch(one.way, (len(browsers) * nth + place) / (len(browsers) * rounds))
                open_page = partial(one.browser.driver.get, f"{site}/busy?nodes={NODES}&mutations=0")
                one.loads.append(_spent(one.browser, open_page))
                for _press in range(PRESSES):
                    one.presses.append(_spent(one.browser, one.browser.driver.find_element("id", "once").click))
        return {
            "nodes": NODES,
            "rounds": rounds,
            "ways": {
                one.way: {"load": _middle(one.loads), "press": _middle(one.presses), **_kept(one.roll)}
                for one in browsers
            },
        }


def told(found: dict[str, Any]) -> str:
    """The figures for a person."""
    lines = [f"{found['nodes']} nodes, {found['rounds']} rounds; main-thread CPU in ms, median (quartiles):"]
    for way, one in found["ways"].items():
        figures = (
            f"{what} {one[what][1]:.0f} ({one[what][0]:.0f} to {one[what][2]:.0f})" for what in ("load", "press")
        )
        kept = f", {one['pictures']} pictures: {one['kept'] / 1000:.0f} KB kept of {one['came'] / 1000:.0f}"
        lines.append(f"  {way:<38} {', '.join(figures)}{kept if one['pictures'] else ''}")
    return "\n".join(lines)


@contextmanager
def _browsers() -> Iterator[tuple[str, list[_Watched]]]:
    with ExitStack() as open_:
        site = open_.enter_context(running())
        found = []
        for way in WAYS:
            one = _Watched(way, open_.enter_context(started("en", True, 30.0)))
            one.browser.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
            found.append(one)
        for one, cover in zip(found[1:], (False, True), strict=True):
            eye = screen_of(one.browser, one.roll, cover)
            assert isinstance(eye, Screen), "a Chromium of this machine can be watched"
            open_.callback(eye.close)
            for value in TYPED:
                eye.cover(value)
        yield site.base, found


def _spent(browser: Browser, act: Callable[[], Any]) -> float:
    """Milliseconds that the page's main thread spent on an act and on what followed from it."""
    before = _thread(browser)
    act()
    time.sleep(REST)
    after = _thread(browser)
    return 1000 * (after if after < before else after - before)  # a new document may begin to count anew


def _thread(browser: Browser) -> float:
    told = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(one["value"] for one in told if one["name"] == "TaskDuration")


def _middle(spent: list[float]) -> list[float]:
    return [round(one, 1) for one in quantiles(spent, n=4, method="inclusive")]


def _kept(roll: Roll) -> dict[str, int]:
    """How many pictures came and how many bytes they were; how many are kept of them as a replay."""
    shots = roll.all()
    if not shots:
        return {"pictures": 0, "came": 0, "kept": 0}
    first = shots[0].when
    replay = replay_of(roll, "bench", "screencast", "none", lambda when: (when - first) / 1000)
    assert replay is not None
    return {"pictures": len(shots), "came": sum(len(one.picture) for one in shots), "kept": replay.bytes}
