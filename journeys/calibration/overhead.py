"""What listening costs a page: the main thread's time with the recorder and without it, on a large and busy page.

Two browsers, one with the recorder, take turns on the same page, so that whatever else the machine does is shared
fairly. Times are the thread's own (CPU), as shares of the wall clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any, Final

from journeys.calibration.site import running
from journeys.players.browser_ears import Ears, ears_of
from journeys.players.browser_start import Browser, started

NODES: Final = 5000
MUTATIONS: Final = 200  # a second
MOST: Final = 0.03  # of the main thread's time
SECONDS: Final = 4.0  # of each turn
ROUNDS: Final = 5
MEASURES: Final = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
# Where everything stands, as one number.
LAYOUT: Final = """return Array.from(document.querySelectorAll('*'), e => e.getBoundingClientRect())
.reduce((sum, b, i) => (sum + (i + 1) * (b.left + 3 * b.top + 5 * b.width + 7 * b.height)) % 1e9, 0)"""
FAULTS: Final = "return faults"

Watch = Callable[[str, float], None]


def overhead(watch: Watch, rounds: int = ROUNDS, seconds: float = SECONDS) -> dict[str, Any]:
    """The main thread's time with and without the recorder, at rest and while the citizen waits for an answer."""
    shares: dict[tuple[str, bool], list[dict[str, float]]] = {}
    layouts: set[float] = set()
    faults = 0
    with _browsers() as (site, browsers):
        for nth in range(rounds):
            for place, (listening, browser, _ears) in enumerate(browsers):
                watch("with" if listening else "without", (2 * nth + place) / (2 * rounds))
                browser.driver.get(f"{site}/busy?nodes={NODES}&mutations={MUTATIONS}")
                layouts.add(round(browser.driver.execute_script(LAYOUT), 3))
                time.sleep(2.0)  # the page has come to rest
                browser.driver.execute_script("begin()")
                for state in ("rest", "wait"):
                    if state == "wait":
                        browser.driver.find_element("id", "go").click()
                    shares.setdefault((state, listening), []).append(_shares(browser, seconds))
                faults += browser.driver.execute_script(FAULTS)
                browser.driver.get("about:blank")
        told = [m for _listening, _browser, ears in browsers if ears for m in ears.now()]
    middle = {
        (state, listening): {m: median(one[m] for one in found) for m in MEASURES}
        for (state, listening), found in shares.items()
    }
    costs = {s: middle[s, True]["TaskDuration"] - middle[s, False]["TaskDuration"] for s in ("rest", "wait")}
    troubles = sum(m["k"] == "trouble" for m in told)
    met = max(costs.values()) < MOST and len(layouts) == 1 and not faults and not troubles
    return {
        "nodes": NODES,
        "mutations_per_second": MUTATIONS,
        "rounds": rounds,
        "seconds": seconds,
        **{
            state: {
                "with": _rounded(middle[state, True]),
                "without": _rounded(middle[state, False]),
                "cost": round(costs[state], 4),
            }
            for state in ("rest", "wait")
        },
        "layout_unchanged": len(layouts) == 1,
        "errors": faults + troubles,
        "required": {"cost": MOST, "met": met},
    }


def told(found: dict[str, Any]) -> str:
    """The figures for a person."""
    lines = [f"{found['nodes']} nodes, {found['mutations_per_second']} mutations a second; share of main-thread time:"]
    for state, words in (("rest", "nobody waits"), ("wait", "somebody waits")):
        one = found[state]
        pair = one["with"]["TaskDuration"], one["without"]["TaskDuration"]
        lines.append(f"  {words:<15} with {pair[0]:.1%}, without {pair[1]:.1%}: the recorder takes {one['cost']:.1%}")
    lines.append(f"  layout {'unchanged' if found['layout_unchanged'] else 'CHANGED'}, errors {found['errors']}")
    return "\n".join(lines)


@contextmanager
def _browsers() -> Iterator[tuple[str, list[tuple[bool, Browser, Ears | None]]]]:
    with ExitStack() as open_:
        site = open_.enter_context(running())
        plain = open_.enter_context(started("en", True, 30.0))
        heard = open_.enter_context(started("en", True, 30.0))
        for browser in (plain, heard):
            # The thread's own time: what others take of a busy machine is not counted.
            browser.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        yield site.base, [(False, plain, None), (True, heard, ears_of(heard))]


def _shares(browser: Browser, seconds: float) -> dict[str, float]:
    """Shares of the wall clock that the page's main thread spent, over so many seconds."""
    begun, before = time.monotonic(), _metrics(browser)
    time.sleep(seconds)
    after, took = _metrics(browser), time.monotonic() - begun
    return {name: (after[name] - before[name]) / took for name in MEASURES}


def _metrics(browser: Browser) -> dict[str, float]:
    told = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {one["name"]: one["value"] for one in told}


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    return {name: round(share, 4) for name, share in shares.items()}
