"""The calibration pages' own service: it takes as long as it was told, and keeps what the pages say of themselves."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from journeys.calibration.pages import FILL, answer_page, apology, busy, framed, head, opening_page, summary
from journeys.calibration.phenomena import Delays, Phenomenon

HOST: Final = "127.0.0.1"  # never anything but this machine
DROPS: Final = 12
PICTURE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><rect width="200" height="60" fill="#063"/></svg>'
)


@dataclass(slots=True)
class Played:
    """One trial as its service and its pages saw it."""

    phenomenon: Phenomenon
    delays: Delays
    stamps: dict[str, dict[str, Any]] = field(default_factory=dict)  # the first of each name
    presses: list[float] = field(default_factory=list)  # epoch ms
    took: float = 0.0  # ms that the server took before it answered, all its steps together


@dataclass(slots=True)
class Site:
    """Where the pages are, and the trials that are or were under way on them."""

    trials: dict[str, Played] = field(default_factory=dict)
    base: str = ""
    elsewhere: str = ""

    def app(self) -> Starlette:
        """The application, the same on both ports."""
        return Starlette(
            routes=[
                Route("/page/{id}", self._page),
                Route("/answer", self._answer, methods=["GET", "POST"]),
                Route("/data", _data),
                Route("/busy", _busy),
                Route("/drops", _drops),
                Route("/events", _events),
                Route("/picture", _picture),
                Route("/stamp", self._stamp, methods=["POST"]),
                Route("/favicon.ico", _nothing),
            ]
        )

    async def _page(self, request: Request) -> Response:
        trial = request.query_params.get("trial", "")
        played = self.trials[trial]
        policy = "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action 'self'"
        headers = {"content-security-policy": policy} if played.phenomenon.strict else None
        return HTMLResponse(opening_page(played.phenomenon, played.delays, trial), headers=headers)

    async def _stamp(self, request: Request) -> Response:
        told = json.loads(await request.body())
        played = self.trials.get(request.query_params["trial"])
        if played is not None:
            played.stamps.setdefault(told["name"], told)
            if told["name"] == "press":
                played.presses.append(told["t"])
        return Response(status_code=204)

    async def _answer(self, request: Request) -> Response:
        trial, how = request.query_params["trial"], request.query_params["how"]
        played = self.trials[trial]
        stage, takes = int(request.query_params.get("stage", 0)), played.phenomenon.takes
        if how == "drip":
            return StreamingResponse(_dripping(played, trial), media_type="text/html")
        await _take(played, played.delays[takes[stage]])
        if stage + 1 < len(takes):
            elsewhere = self.elsewhere if how == "elsewhere" else ""
            where = f"{elsewhere}/answer?trial={trial}&how={how}&stage={stage + 1}"
            return RedirectResponse(where, status_code=303 if stage == 0 else 302)
        lang = played.phenomenon.lang
        match how:
            case "parts":
                return StreamingResponse(_in_parts(trial, played.delays["stall"]), media_type="text/html")
            case "open_end":
                return StreamingResponse(_open_end(trial, played.delays["stall"]), media_type="text/html")
            case "framed":
                return HTMLResponse(framed(trial))
            case "summary":
                return HTMLResponse(summary(trial))
            case "sorry":
                return HTMLResponse(apology(trial, lang))
        return HTMLResponse(answer_page(trial, lang))


async def _take(played: Played, ms: float) -> None:
    begun = monotonic()
    await asyncio.sleep(ms / 1000)
    played.took += (monotonic() - begun) * 1000


async def _in_parts(trial: str, stall: float) -> AsyncIterator[bytes]:
    yield (head(trial) + "<h1>Your fee</h1><p data-part>What you owe is looked up.</p>" + FILL).encode()
    await asyncio.sleep(stall / 1000)
    form = "<label>Email <input name=mail></label><button>Pay</button></form>"
    yield f"<form id=late class=area method=post action=/answer>{form}</form>".encode()
    yield b"<script>painted('answer', $('late'))</script>"


async def _open_end(trial: str, stall: float) -> AsyncIterator[bytes]:
    yield (answer_page(trial) + FILL).encode()
    await asyncio.sleep(stall / 1000)
    yield b"<!-- the end -->"


async def _dripping(played: Played, trial: str) -> AsyncIterator[bytes]:
    for _drop in range(DROPS):  # the browser reports this as part of the load
        yield b" " * 40
        await asyncio.sleep(played.delays["wait"] / DROPS / 1000)
    yield answer_page(trial).encode()


async def _data(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params["ms"]) / 1000)
    return PlainTextResponse("20 dinars")


async def _busy(request: Request) -> Response:
    asked = request.query_params
    return HTMLResponse(busy(int(asked["nodes"]), int(asked["mutations"])))


async def _drops(request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _drop in range(DROPS):
            yield b"." * 40
            await asyncio.sleep(float(request.query_params["ms"]) / DROPS / 1000)

    return StreamingResponse(drops(), media_type="text/plain")


async def _events(request: Request) -> Response:
    async def events() -> AsyncIterator[bytes]:
        yield b": open\n\n"
        await asyncio.sleep(float(request.query_params["ms"]) / 1000)
        yield b"data: 20 dinars\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def _picture(request: Request) -> Response:
    await asyncio.sleep(float(request.query_params["ms"]) / 1000)
    return Response(PICTURE, media_type="image/svg+xml")


async def _nothing(request: Request) -> Response:
    return Response(status_code=204)


@contextmanager
def running() -> Iterator[Site]:
    """The pages on two free ports, two origins, for the length of a `with`."""
    site = Site()
    with two_origins(site.app()) as (site.base, site.elsewhere):
        yield site


@contextmanager
def two_origins(app: Starlette) -> Iterator[tuple[str, str]]:
    """An application on two free ports of this machine, for the length of a `with`; yields both addresses."""
    # Named TCP outright: only then does asyncio send small answers at once instead of 40 ms later.
    lines = [socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) for _port in range(2)]
    for line in lines:
        line.bind((HOST, 0))
        line.listen(256)
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": lines}, daemon=True)
    thread.start()
    first, second = (f"http://{HOST}:{line.getsockname()[1]}" for line in lines)
    try:
        yield first, second
    finally:
        server.should_exit = True
        thread.join(5)
        for line in lines:
            line.close()
