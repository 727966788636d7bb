"""Is every answer that was acknowledged still there, once, however often the server is killed?

Citizens answer without a break; the server is killed with SIGKILL again and again and started anew. Whoever hears
nothing presses the button again, with the very same form, as people do.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

import intake
from commands.bench._crowd import Line
from studies.store import Store
from studies.store.kept import Arrived
from studies.troubles import Failed
from studies.workspace import CHECKOUT, Workspace
from surveys.invitations import door_to
from surveys.questionnaire.asked import Page, Question, Questionnaire
from surveys.questionnaire.reading import of_instruments

STUDY: Final = "endurance"
_ONCE: Final = re.compile(rb'name="once" value="([^"]+)"')
_PAGE: Final = re.compile(rb'name="page" value="([^"]+)"')

Watch = Callable[[str, float], None]


def asked() -> Questionnaire:
    """What the citizens answer: an instrument, and a page of their own words."""
    own = Question(id="comment", kind="text", text="What should change?")
    pages = [*of_instruments(["sus"]).pages, Page(page="words", title="In your own words", questions=[own])]
    return Questionnaire(questionnaire="endurance", pages=pages)


def durability(
    root: Path, url: str, seconds: float, citizens: int = 50, watch: Watch | None = None, least: int = 0
) -> dict[str, int]:
    """Kills, answers acknowledged, and how many of those were lost or are there twice.

    It goes on until the time is over and so many (`least`) are acknowledged, ten times as long at most.
    """
    space = Workspace(root)
    store = Store(url)
    try:
        door = door_to(store, STUDY, asked())
        under_way = _UnderWay(time.monotonic(), seconds, least)
        _answered(space, url, door, under_way, citizens, watch)
        rows = store.as_it_came(STUDY)
    finally:
        store.close()
    acknowledged = under_way.acknowledged
    return {"kills": under_way.kills, "acknowledged": len(acknowledged), **compared(acknowledged, rows)}


@dataclass(slots=True)
class _UnderWay:
    """What has happened so far, and whether it goes on."""

    begun: float
    seconds: float
    least: int
    kills: int = 0
    acknowledged: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def goes_on(self) -> bool:
        spent = time.monotonic() - self.begun
        enough = len(self.acknowledged) >= self.least and self.kills >= 2
        return spent < self.seconds or (not enough and spent < 10 * self.seconds)


def compared(acknowledged: Mapping[tuple[str, str], Mapping[str, Any]], rows: Sequence[Arrived]) -> dict[str, int]:
    """How many pages that were acknowledged are not there as they were sent, and how many are there more than once."""
    kept: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row.page != "consent" and row.complete:
            kept.setdefault((row.token, row.page), []).append(row.said)
    keys = Counter(row.key for row in rows)
    return {
        "lost": sum(what not in kept.get(whose, []) for whose, what in acknowledged.items()),
        "doubled": sum(len(said) - 1 for said in kept.values()) + sum(n - 1 for n in keys.values()),
    }


def _answered(space: Workspace, url: str, door: str, under_way: _UnderWay, citizens: int, watch: Watch | None) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        # The socket outlives every server, so whoever connects meanwhile waits instead of being refused.
        listening.bind(("127.0.0.1", 0))
        listening.listen(1024)
        killer = threading.Thread(target=_kill_again_and_again, args=(space, url, listening, under_way))
        killer.start()
        try:
            host, port = listening.getsockname()
            asyncio.run(_everyone(host, port, door, under_way, citizens, watch))
        finally:
            under_way.over.set()
            killer.join()


def _kill_again_and_again(space: Workspace, url: str, listening: socket.socket, under_way: _UnderWay) -> None:
    """A server after another, each killed in the midst of answers: after one of the next, or after a while."""
    rng, over = Random(5), under_way.over
    while not over.is_set():
        server = subprocess.Popen(
            intake.started_by(listening, space, 0),
            cwd=CHECKOUT,
            env={**os.environ, "KHUTWA_DATABASE": url},
            pass_fds=[listening.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert server.stdin is not None and server.stdout is not None
        server.stdout.readline()  # it is ready, or has ended
        wanted, end = len(under_way.acknowledged) + rng.randint(1, 60), time.monotonic() + rng.uniform(1, 4)
        while len(under_way.acknowledged) < wanted and time.monotonic() < end and not over.wait(0.005):
            pass
        under_way.kills += not over.is_set()
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdin.close()
        server.stdout.close()


async def _everyone(host: str, port: int, door: str, under_way: _UnderWay, citizens: int, watch: Watch | None) -> None:
    async def citizen(number: int) -> None:
        line, rng = Line(host, port), Random(number)
        while under_way.goes_on():
            try:
                await asyncio.wait_for(_one_survey(line, door, rng, under_way), 60)
            except TimeoutError:
                line.close()
            if watch:
                share = min((time.monotonic() - under_way.begun) / under_way.seconds, 1.0)
                watch(f"{len(under_way.acknowledged)}", share)
        line.close()

    await asyncio.gather(*(citizen(number) for number in range(citizens)))


async def _one_survey(line: Line, door: str, rng: Random, under_way: _UnderWay) -> None:
    async def surely(method: str, path: str, body: bytes = b"") -> Any:
        while under_way.goes_on():
            try:
                return await line.ask(method, path, body)
            except (OSError, EOFError):  # killed: the same again
                await asyncio.sleep(0.02)
        return None

    agreed = urlencode({"page": "consent", "once": f"{rng.random()}", "agree": "yes"})
    came = await surely("POST", f"/j/{door}", agreed.encode())
    if came is None or came.status != 303:
        return
    here = came.where
    for _page in range(3):
        page = await surely("GET", here)
        if page is None or page.status != 200:
            return
        once, name = _ONCE.search(page.body), _PAGE.search(page.body)
        if name is None or once is None:
            return
        if name[1] not in (b"sus", b"words"):
            raise Failed(f"The server shows the page {name[1].decode()} to somebody who has agreed.")
        if name[1] == b"sus":
            said: dict[str, Any] = {f"sus_{n}": float(rng.randint(1, 5)) for n in range(1, 11)}
        else:
            said = {"comment": f"word {rng.random()}"}
        fields = {item: f"{value:g}" if isinstance(value, float) else value for item, value in said.items()}
        told = {"page": name[1].decode(), "once": once[1].decode(), "spoken": "en", **fields, "done": "yes"}
        answer = await surely("POST", here, urlencode(told).encode())
        if answer is None:
            return
        if answer.status != 303:
            raise Failed(f"The server answered {answer.status} to a page that was in order.")
        under_way.acknowledged[here.removeprefix("/s/"), name[1].decode()] = said
