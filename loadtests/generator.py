"""The side of a load that makes it: a process of its own that takes commands and reports how it is going.

It speaks JSON, a line each. In come `begin` (with the plan), `citizens` (so many from now on) and `stop`; out go
`hello`, `begun`, `now` five times a second, `trouble` (a message for people, and the exit code that it means) and
`bye`. When its input closes, whoever started it is gone: it stops at once, so that no load is left running by itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, BinaryIO, Protocol

import gevent
import orjson
from gevent.event import Event
from gevent.fileobject import FileObjectThread

from loadtests.crowd import Crowd, Plan
from loadtests.shapes import shape

#: How often a snapshot is sent and the shape followed, and how often what was told is written; seconds.
BEAT = 0.2
FLUSH = 0.5
#: After how many seconds without any answer at all the service is taken to be gone.
GONE = 3.0

Say = Callable[..., None]


class Runner(Protocol):
    """What is needed of Locust's runner: so many citizens from now on, and an end."""

    def start(self, user_count: int, spawn_rate: float) -> None: ...
    def stop(self) -> None: ...


class Steering:
    """What was commanded so far: whether to stop, and how many citizens there should be when the shape is overruled."""

    def __init__(self) -> None:
        self.stop = Event()
        self.citizens: int | None = None


def speaker(out: BinaryIO) -> Say:
    """A way to say one line: `say("now", citizens=3)`."""

    def say(kind: str, **facts: Any) -> None:
        try:
            out.write(orjson.dumps({"kind": kind, **facts}, option=orjson.OPT_APPEND_NEWLINE))
            out.flush()
        except BrokenPipeError:
            os._exit(0)  # nobody listens any more: the lab is gone

    return say


def commands(source: BinaryIO) -> FileObjectThread:
    """The lines that come in, read without holding up the citizens."""
    return FileObjectThread(source, "rb")


def plan_from(lines: FileObjectThread) -> Plan | None:
    """The plan of the first command; None when whoever started this went away before."""
    for line in lines:
        match orjson.loads(line):
            case {"do": "begin", "plan": dict(plan)}:
                return Plan.of(plan)
    return None


def obey(lines: FileObjectThread, steering: Steering, crowd: Crowd) -> None:
    """Follow the commands until they end; when they end without `stop`, the lab is gone and so are we."""
    for line in lines:
        match orjson.loads(line):
            case {"do": "citizens", "count": int(count)}:
                steering.citizens = max(0, count)
            case {"do": "stop"}:
                steering.stop.set()
    if crowd.run_file:
        crowd.run_file.flush()
    os._exit(0)


def go_first(walk: Callable[[], None], plan: Plan, crowd: Crowd, steering: Steering, say: Say) -> bool:
    """Let one citizen go first, alone; False when somebody said stop before they were through. Raises as they do."""
    first = gevent.spawn(copy_context().run, walk)  # the language in force goes with it
    while not first.ready() and not steering.stop.is_set():
        say("now", state="rehearsing", t=0.0, seconds=plan.seconds, **crowd.snapshot())
        first.join(BEAT)
    if not first.ready():
        first.kill()
        say("begun", at=round(time.time() * 1e6))
        say("bye", ending="stopped", seconds=0.0, cpu=None, **crowd.snapshot())
        return False
    first.get()
    return True


def conduct(plan: Plan, runner: Runner, crowd: Crowd, steering: Steering, say: Say) -> None:
    """Run the load from its first citizen to its last, saying how it goes; returns when all is written."""
    follow = shape(plan.shape)
    begun, started, worked = time.time(), time.monotonic(), time.process_time()
    flushed = started
    say("begun", at=round(begun * 1e6))
    wanted = -1
    ending = "ran its time"
    while True:
        t = time.monotonic() - started
        if steering.stop.is_set():
            ending = "stopped"
            break
        if t >= plan.seconds:
            break
        if crowd.nobody_answers() > GONE:
            ending = "target died"
            break
        now = follow(t, plan.citizens, plan.seconds) if steering.citizens is None else steering.citizens
        if now != wanted:
            wanted = now
            runner.start(wanted, spawn_rate=max(1, wanted))
        say("now", state="running", t=round(t, 3), seconds=plan.seconds, **crowd.snapshot())
        flushed = _flush(crowd, flushed)
        steering.stop.wait(BEAT)
    lasted = min(time.monotonic() - started, plan.seconds)
    _wind_up(runner, crowd, say, started, plan)
    cpu = (time.process_time() - worked) / (time.monotonic() - started)
    say("bye", ending=ending, seconds=round(lasted, 6), cpu=round(cpu, 3), **crowd.snapshot())


def _wind_up(runner: Runner, crowd: Crowd, say: Say, started: float, plan: Plan) -> None:
    # No new journey begins; those under way may finish in the grace that the runner gives them.
    crowd.closing = True
    over = gevent.spawn(runner.stop)
    while not over.ready():
        over.join(BEAT)
        t = round(time.monotonic() - started, 3)
        say("now", state="finishing", t=t, seconds=plan.seconds, **crowd.snapshot())
    if crowd.run_file:
        crowd.run_file.flush()


def _flush(crowd: Crowd, flushed: float) -> float:
    if crowd.run_file and time.monotonic() - flushed >= FLUSH:
        crowd.run_file.flush()
        return time.monotonic()
    return flushed
