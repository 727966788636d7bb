"""How many survey pages a second are acknowledged, beside the two limits that nobody can pass on the same core.

The limits: rows committed one by one, each on disk before the next (SQLite, WAL, synchronous=FULL), and empty forms
posted to the same server. A page counts when the server has said that it has it, as each commit and each empty post
does; drawing the next page, which is a request of its own, is measured beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

import intake
from commands.bench._crowd import Line, at, for_a_while
from studies.store import Store, tables
from studies.store.kept import OPEN
from studies.troubles import Failed
from studies.workspace import CHECKOUT, Workspace
from surveys.invitations import invite

STUDY: Final = "pages"
ROUNDS: Final = 3
LINES: Final = 64  # connections in the rounds
AT_200: Final = 200
OPENED: Final = 1000
_ONCE: Final = re.compile(rb'name="once" value="([^"]+)"')
SUS: Final = "".join(f"&sus_{n}={n % 5 + 1}" for n in range(1, 11))

_COMMITS: Final = """
import json, os, sqlite3, sys, time
path, seconds, core, row = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {core})
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL"); db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, row TEXT)")
begun, n = time.perf_counter(), 0
while time.perf_counter() - begun < seconds:
    db.execute("INSERT INTO said (row) VALUES (?)", (row,)); n += 1
print(n / (time.perf_counter() - begun))
"""


def throughput(root: Path, seconds: float = 4.0) -> dict[str, Any]:
    """Pages, commits and empty posts a second on one core, the p95 at 200 citizens, and what an open survey takes."""
    space = Workspace(root)
    # A store of its own, whatever the lab's is: the limit beside it is SQLite's.
    os.environ.pop("KHUTWA_DATABASE", None)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0, 0]
    with intake.serving(space, a_second=0) as address, _pinned(cores[-1]):
        server = _server_of(space)
        if hasattr(os, "sched_setaffinity"):
            for thread in Path(f"/proc/{server}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {cores[0]})
        place = urlsplit(address)
        where = (place.hostname or "127.0.0.1", place.port or 80)
        return asyncio.run(_measured(space, where, server, cores[0], seconds))


async def _measured(space: Workspace, where: tuple[str, int], server: int, core: int, seconds: float) -> dict[str, Any]:
    tokens = iter(_participants(space, int(9000 * seconds * (ROUNDS + 1))))
    memory = await _memory(space, where, server, tokens)
    pages, empties, commits, whole = [], [], [], []
    saturated: list[float] = []
    for _round in range(ROUNDS):
        commits.append(_commits(space, core, seconds / 2))
        empties.append((await _with_lines(where, LINES, seconds / 2, _empty))[0])
        rate, took = await _with_lines(where, LINES, seconds, lambda line, n: _page(line, tokens))
        pages.append(rate)
        saturated += took
        whole.append((await _with_lines(where, LINES, seconds / 2, lambda line, n: _page(line, tokens, True)))[0])
    _rate, slow = await _with_lines(where, AT_200, 3 * seconds, lambda line, n: _page(line, tokens, True, 1.0))
    limit = min(median(commits), median(empties))
    return {
        "ratios": {"pages_over_limit": round(median(pages) / limit, 3)},
        "p95_ms_at_200": at(0.95, [one - 1.0 for one in slow]),
        "memory_per_1000_open_kb": memory,
        "a_second": {
            "pages": round(median(pages)),
            "pages_with_the_next_drawn": round(median(whole)),
            "commits": round(median(commits)),
            "empty_posts": round(median(empties)),
        },
        "p95_ms_at_full_speed": at(0.95, saturated),
    }


async def _with_lines(where: tuple[str, int], many: int, seconds: float, one: Any) -> tuple[float, list[float]]:
    lines = [Line(*where) for _n in range(many)]
    try:
        return await for_a_while(seconds, lines, one)
    finally:
        for line in lines:
            line.close()


async def _empty(line: Line, _number: int) -> int:
    answer = await line.ask("POST", "/up")
    return int(answer.status == 200)


async def _page(line: Line, tokens: Iterator[str], draw: bool = False, reads: float = 0.0) -> int:
    """One citizen's page of ten answers; with `draw` it is looked at before, as a browser would."""
    token = next(tokens, None)
    if token is None:
        raise Failed("The bench has run out of participants: this machine is faster than it expected.")
    once = "bench"
    if draw:
        page = await line.ask("GET", f"/s/{token}")
        found = _ONCE.search(page.body)
        if page.status != 200 or found is None:
            raise Failed(f"The server answered {page.status} to a look at a survey.")
        once = found[1].decode()
    if reads:
        await asyncio.sleep(reads)
    answer = await line.ask("POST", f"/s/{token}", f"page=sus&once={once}&spoken=en{SUS}&done=yes".encode())
    if answer.status != 303:
        raise Failed(f"The server answered {answer.status} to a page that was in order.")
    return 1


async def _memory(space: Workspace, where: tuple[str, int], server: int, tokens: Iterator[str]) -> int:
    """Kilobytes that the server grows by while a thousand surveys are open, connections and all."""
    warm, lines = [Line(*where) for _n in range(20)], [Line(*where) for _n in range(OPENED)]
    for line in warm * 5:
        await line.ask("GET", f"/s/{next(tokens)}")
    before = _kilobytes(server)
    for line in lines:
        await line.ask("GET", f"/s/{next(tokens)}")
    grown = _kilobytes(server) - before
    for line in [*warm, *lines]:
        line.close()
    return grown


def _participants(space: Workspace, many: int) -> list[str]:
    """So many people who have agreed and have their page before them."""
    store = Store(space.database_url)
    try:
        first = store.invitation(invite(store, STUDY, "sus", language="en"))
        assert first is not None
        now, rows = store.clock(), [f"bench-{number}" for number in range(many)]
        with store.writing() as db:
            who = {"study": STUDY, "made": now}
            db.execute(tables.participants.insert(), [{**who, "participant": r, "rehearsed": False} for r in rows])
            asked = {"instruments": ["sus"], "language": "en", "state": OPEN, "questionnaire": first.questionnaire}
            db.execute(tables.invitations.insert(), [{**who, **asked, "participant": r, "token": r} for r in rows])
            said = {
                "purpose": "answers",
                "agreed": True,
                "language": "en",
                "wording": "bench",
                "at": now - timedelta(minutes=10),
            }
            db.execute(tables.consents.insert(), [{**said, "token": r} for r in rows])
        return rows
    finally:
        store.close()


def _commits(space: Workspace, core: int, seconds: float) -> float:
    row = json.dumps({f"sus_{n}": n % 5 + 1.0 for n in range(1, 11)})
    words = [sys.executable, "-c", _COMMITS, str(space.root / "commits.sqlite"), str(seconds), str(core), row]
    return float(subprocess.run(words, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout)


def _server_of(space: Workspace) -> int:
    """The process that serves a workspace."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"intake" in words and str(space.root).encode() in words:
            return int(process.name)
    raise Failed("The server that was started cannot be found; the bench needs Linux.")


def _kilobytes(process: int) -> int:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", told)[0])


@contextmanager
def _pinned(core: int) -> Iterator[None]:
    """This process on one core, the crowd's, away from the server's."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
