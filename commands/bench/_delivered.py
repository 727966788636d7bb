"""Does what a participant did arrive, when their page goes away right after it?

A press, and the page is replaced, posted away or closed: what the recorder heard last has only the browser's own way of
sending things after a page's end. Sittings one after another, in a browser that carries nothing but the service's tag.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from journeys.calibration.site import two_origins
from journeys.equipment import equipped
from journeys.hearing.deliveries import gaps, read_batch
from journeys.hearing.messages import Message, in_order
from journeys.hearing.participants import routes
from journeys.hearing.sittings import left
from journeys.players.browser_page import Element, Page
from journeys.players.browser_replay import TROUBLES
from journeys.players.browser_start import started
from studies.store import Store
from studies.store.heard import batches_of
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace

#: how a page goes away -> what is pressed on it
WAYS: Final = {"next page": "on", "another origin": "over", "form posted": "send", "tab closed": "count"}
PATIENCE: Final = 15.0  # seconds for a page to come, and for the last words to arrive
PAGE: Final = """<!doctype html><html lang=en><meta charset=utf-8><title>A service</title>
<script src="/khutwa/recorder.js" data-session="{session}"></script><h1>Apply</h1>
<a id=on href="/b?session={session}">Go on</a> <a id=over href="{other}/b?session={session}">Over there</a>
<form method=post action="/b?session={session}"><button id=send>Send</button></form>
<button id=count onclick="this.textContent=+this.textContent+1">0</button>"""

Watch = Callable[[str, float], None]


def delivered(browser: str, times: int, watch: Watch) -> dict[str, dict[str, int]]:
    """For each way in which a page goes: acts done, lost and doubled, gaps, leavings told, visits and those unheard."""
    with TemporaryDirectory(prefix="khutwa-") as folder:
        store = Store(Workspace(Path(folder)).database_url)
        try:
            with (
                two_origins(_service(store)) as (base, other),
                started("en", True, 30.0, equipped(browser)) as there,
            ):
                for nth in range(times):
                    for place, (way, pressed) in enumerate(WAYS.items()):
                        watch(f"{browser}, {way}", (nth + place / len(WAYS)) / times)
                        _sit(there.page, f"{base}/a?session={_session(way, nth)}&other={other}", pressed)
                there.page.go(f"{base}/empty")
                return {way: _heard(store, way, times) for way in WAYS}
        finally:
            store.close()


def told(found: dict[str, dict[str, dict[str, int]]]) -> str:
    """The figures for a person: a line for each browser and way."""
    return "\n".join(
        f"{browser:<9} {way:<15} acts {row['acts']}, lost {row['lost']}, doubled {row['doubled']}, gaps {row['gaps']};"
        f" leaving told {row['leaving_told']}, last word {row['last_word']};"
        f" visits {row['visits']}, unheard {row['visits_unheard']}"
        for browser, ways in found.items()
        for way, row in ways.items()
    )


def _service(store: Store) -> Starlette:
    async def shown(request: Request) -> Response:
        session = request.query_params.get("session", "")
        if request.method == "POST":
            return RedirectResponse(f"/b?session={session}", 303)
        if not session:
            return HTMLResponse("<!doctype html><title>Empty</title>")
        return HTMLResponse(PAGE.format(session=session, other=request.query_params.get("other", "")))

    return Starlette(routes=[Mount("/khutwa", routes=routes(store)), Route("/{page}", shown, methods=["GET", "POST"])])


def _session(way: str, nth: int) -> str:
    return f"{way.replace(' ', '-')}-{nth}"


def _sit(page: Page, url: str, pressed: str) -> None:
    """One sitting: a press, after which the page is gone."""
    if pressed == "count":
        _sit_in_a_tab(page, url)
        return
    page.go(url)
    page.press(_found(page, pressed))
    _until(lambda: page.address() != url and page.look("return document.readyState !== 'loading'"))


def _sit_in_a_tab(page: Page, url: str) -> None:
    page.go(url.partition("/a?")[0] + "/empty")
    page.look("open(arguments[0])", url)
    _until(page.follow)
    _until(lambda: page.look("return document.readyState !== 'loading' && !!document.getElementById('count')"))
    page.press(_found(page, "count"))
    page.look("setTimeout(close)")
    _until(page.follow)


def _found(page: Page, name: str) -> Element:
    return page.look("return document.getElementById(arguments[0])", name)


def _until(done: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(*TROUBLES):  # a page that is just being replaced
            if done():
                return
        time.sleep(0.02)
    raise Failed(_("The browser did not come to the next page within {seconds} s.").format(seconds=PATIENCE))


def _heard(store: Store, way: str, times: int) -> dict[str, int]:
    sessions = [_session(way, nth) for nth in range(times)]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not all(_complete(_messages(store, one)) for one in sessions):
        time.sleep(0.2)
    return counted([_messages(store, one) for one in sessions], 1 if WAYS[way] == "count" else 2)


def counted(sittings: list[list[Message]], pages: int) -> dict[str, int]:
    """What arrived of sittings of one act each, on so many pages."""
    acts = [sum(m["k"] == "act" for m in one) for one in sittings]
    visits = pages * len(sittings)
    return {
        "acts": len(sittings),
        "lost": sum(n < 1 for n in acts),
        "doubled": sum(n > 1 for n in acts),
        "gaps": sum(len(gaps(one)) for one in sittings),
        "leaving_told": sum(left(one) is not None for one in sittings),
        "last_word": sum(any(m["k"] == "bye" for m in one) for one in sittings),
        "visits": visits,
        "visits_unheard": visits - sum(m["k"] == "hello" for one in sittings for m in one),
    }


def _complete(messages: list[Message]) -> bool:
    return {"act", "bye"} <= {m["k"] for m in messages}


def _messages(store: Store, session: str) -> list[Message]:
    return in_order(m for body in batches_of(store, session) for m in read_batch(body) or [])
