"""Open loads, mixes and live figures, made by the generator in its own process against services of this test."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import psutil  # type: ignore[import-untyped]
import pytest
import requests

from loadtests.arrivals import due
from loadtests.mix import Portion
from loadtests.result import LoadResult
from loadtests.run import load
from loadtests.shapes import shape
from studies import archive
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

SERVICE = """
import asyncio, sys

PAGES = {
    b"/renew": b"<!doctype html><title>Renew</title><h1>Renew</h1><a href=/done>Pay now</a>",
    b"/move": b"<!doctype html><title>Move</title><h1>Move</h1><a href=/never>Pay now</a>",
    b"/done": b"<!doctype html><title>Done</title><h1>Your registration is renewed</h1>",
    b"/never": b"<!doctype html><title>Sorry</title><h1 role=alert>The system is under pressure</h1>",
}
moves = 0

async def serve(reader, writer):
    global moves
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            path = head.split(b" ", 2)[1]
            status, page = b"200 OK", PAGES[path]
            if path == b"/slow":
                await asyncio.sleep(float(sys.argv[1]))
            if path == b"/never":
                moves += 1
                if moves == 1:  # the one who goes first
                    page = PAGES[b"/done"]
                else:
                    status = b"503 Unavailable"
            writer.write(b"HTTP/1.1 %s\\r\\nContent-Type: text/html\\r\\nContent-Length: %d\\r\\n\\r\\n%s"
                         % (status, len(page), page))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

PAGES[b"/slow"] = PAGES[b"/renew"]
asyncio.run(main())
"""

JOURNEY = """
journey: {name}
title: Renew
agency: traffic
base_url: http://127.0.0.1:1
shortest_path: 2
languages: [en]
done: {{text: Your registration is renewed}}
steps:
  - visit: {path}
  - press: Pay now
"""


@contextmanager
def served(slow: float = 0.0) -> Iterator[tuple[str, int]]:
    """A small service in a process of its own: its address, and the process, which can be frozen."""
    with subprocess.Popen([sys.executable, "-c", SERVICE, str(slow)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}", child.pid
        finally:
            child.kill()


@pytest.fixture
def service() -> Iterator[tuple[str, int]]:
    with served() as place:
        yield place


def journey(space: Workspace, name: str = "renew", path: str = "/renew") -> Path:
    file = space.root.parent / f"{name}.yaml"
    file.write_text(JOURNEY.format(name=name, path=path), encoding="utf-8")
    return file


def loaded(space: Workspace, base_url: str, path: str = "/renew", **more: object) -> LoadResult:
    asked = {"variant": None, "seconds": 3, "arrivals": 20.0, "study": "rush"} | more
    return load(journey(space, path=path), base_url=base_url, space=space, **asked)  # type: ignore[arg-type]


def test_a_target_that_freezes_for_two_seconds_is_told_as_its_citizens_felt_it(
    service: tuple[str, int], space: Workspace
) -> None:
    base_url, pid = service
    frozen: list[float] = []
    thawed: list[float] = []

    def thaw() -> None:
        os.kill(pid, signal.SIGCONT)
        thawed.append(time.time())

    def freeze(snapshot: dict) -> None:
        if snapshot["state"] == "running" and snapshot["t"] > 8 and not frozen:
            os.kill(pid, signal.SIGSTOP)
            frozen.append(time.time())
            Timer(2.0, thaw).start()

    result = loaded(space, base_url, seconds=20, arrivals=30.0, seed=11, watch=freeze)
    began = result.started.timestamp()
    came = [began + t for t in due(shape("constant"), 30.0, 20, random.Random(11))]
    # Whoever came until one second before it went on waited for more than one; a busy machine may let it go on late.
    truth = sum(frozen[0] - 0.005 <= t < thawed[0] - 1.0 for t in came) / len(came)
    assert result.summary.kept_waiting == pytest.approx(truth, rel=0.2)
    assert result.arrived == len(came) == result.sessions and result.dropped == 0
    assert (result.ending, result.summary.completion) == ("ran its time", 1.0)
    assert result.summary.journey_p99 is not None and result.summary.journey_p99 > 1.5


def test_arrivals_beyond_the_cap_are_turned_away_and_counted(space: Workspace) -> None:
    with served(slow=0.5) as (base_url, _pid):
        result = loaded(space, base_url, path="/slow", cap=2, arrivals=30.0)
    told = result.json()
    assert told["mode"] == "open" and told["arrivals"] == 30.0
    assert told["arrived"] == told["dropped"] + told["sessions"]
    assert told["dropped"] > told["sessions"] > 5
    assert max(moment["citizens"] for moment in told["curve"]) <= 2.01


def test_the_same_seed_makes_the_same_load(service: tuple[str, int], space: Workspace) -> None:
    first, second = (loaded(space, service[0], seconds=2, seed=3, study=name) for name in ("one", "two"))
    assert first.arrived == second.arrived == len(list(due(shape("constant"), 20.0, 2, random.Random(3))))


def test_each_journey_of_a_mix_comes_as_often_as_it_weighs_and_keeps_its_own_funnel(
    service: tuple[str, int], space: Workspace
) -> None:
    mix = [Portion(journey(space), 3.0), Portion(journey(space, "move", "/move"), 1.0)]
    told = loaded(space, service[0], mix=mix, arrivals=60.0, seconds=4).json()
    renew, move = told["by_journey"]
    assert (renew["journey"], move["journey"]) == ("renew", "move")
    assert renew["started"] / (renew["started"] + move["started"]) == pytest.approx(0.75, abs=0.12)
    assert (renew["completion"], move["completion"]) == (1.0, 0.0)
    assert [(f["kind"], f["step"]) for f in move["failures"]] == [("refused", "press_pay_now")]
    assert {s["step"]: (s["started"], s["failures"]) for s in move["steps"]} == {
        "visit_move": (move["started"], 0),
        "press_pay_now": (move["started"], move["failed"]),
    }
    asked = {one["step"]: one for one in told["by_request"]}
    assert asked["press_pay_now"]["failures"] == move["failed"]
    assert asked["visit_renew"]["requests"] == renew["started"] and asked["visit_renew"]["bytes"] > 0
    tasks = {s.task for s in archive.read("rush", space).heard()}
    assert tasks == {"renew", "move"}


def test_what_is_told_while_it_goes(service: tuple[str, int], space: Workspace) -> None:
    seen: list[dict] = []
    result = loaded(space, service[0], watch=seen.append)
    running = [snapshot for snapshot in seen if snapshot["state"] == "running"]
    assert len(running) > 10  # five a second
    last = seen[-1]
    assert last["arrived"] == result.arrived and last["dropped"] == 0 and last["lag"] is not None
    assert set(last["steps"]) == {"visit_renew", "press_pay_now"}
    assert last["steps"]["visit_renew"][0] == result.arrived
    assert result.lag["n"] == result.arrived and result.lag["p50"] < 0.5
    assert result.evidence and result.evidence.generator.start_lag == result.lag["p99"]


def test_citizens_think_before_each_step_when_asked(service: tuple[str, int], space: Workspace) -> None:
    told = loaded(space, service[0], think=0.3, grace=3.0).json()
    assert 0.5 < told["journey_p50"] < 1.5
    assert told["think"] == {"kind": "fixed", "seconds": 0.3}


def test_a_stepped_load_says_what_each_level_carried(service: tuple[str, int], space: Workspace) -> None:
    result = loaded(space, service[0], arrivals=0.0, citizens=3, shape="steps", seconds=4.5, think=0.05)
    assert [round(level.citizens) for level in result.levels] == [1, 2, 3]
    for level in result.levels:
        assert level.citizens == pytest.approx(level.throughput * level.latency, rel=0.1)


def test_locusts_own_page_is_there_when_asked_for_this_machine_alone(
    service: tuple[str, int], space: Workspace
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    heard: list[dict] = []
    bound: set[str] = set()

    def ask(snapshot: dict) -> None:
        if snapshot["state"] == "running" and snapshot["t"] > 1 and not heard:
            heard.append(requests.get(f"http://127.0.0.1:{port}/stats/requests", timeout=5).json())
            for child in psutil.Process().children():
                bound.update(c.laddr.ip for c in child.net_connections() if c.status == "LISTEN")

    result = loaded(space, service[0], web_ui=port, watch=ask)
    assert result.ending == "ran its time" and result.summary.done > 5
    assert bound == {"127.0.0.1"}
    assert heard[0]["state"] == "running"


FULL = """
import resource, sys
from pathlib import Path
from loadtests.run import load
from studies.workspace import Workspace

resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))  # no file may grow beyond this
told = load(Path(sys.argv[1]), variant=None, arrivals=100.0, seconds=60, base_url=sys.argv[3],
            space=Workspace(Path(sys.argv[2])), study="rush")
print(told.ending, told.seconds < 30, told.summary.done > 20, "Make room" in told.trouble, flush=True)
"""


def test_a_disk_that_is_full_ends_the_load_and_keeps_what_was_written(
    service: tuple[str, int], space: Workspace
) -> None:
    words = [sys.executable, "-c", FULL, str(journey(space)), str(space.root), service[0]]
    told = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True)
    assert told.stdout.split() == ["disk", "full", "True", "True", "True"], told.stderr
    assert len(archive.read("rush", space).sessions) > 20
