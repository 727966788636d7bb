"""The side of a load that makes it: a process of its own that takes commands and reports how it is going.

It speaks JSON, a line each. In come `begin` (with the plan), `citizens` (so many from now on) and `stop`; out go
`hello`, `begun`, `now` five times a second, `trouble` (a message for people, and the exit code that it means) and
`bye`. When its input closes, whoever started it is gone: it stops at once, so that no load is left running by itself.

A closed load follows its shape by telling Locust's runner how many citizens there are. In an open one the citizens are
let in as they are due, each on its own, past the runner: it knows users that stay, not people who come and go.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from itertools import islice
from typing import Any, BinaryIO, Protocol

import gevent
import orjson
from gevent.event import Event
from gevent.fileobject import FileObjectThread
from gevent.pool import Group

from loadtests.arrivals import due
from loadtests.crowd import Crowd, Plan
from loadtests.machines.workers import own_share
from loadtests.shapes import citizens, shape

#: How often a snapshot is sent and the shape followed, and how often what was told is written; seconds.
BEAT = 0.2
FLUSH = 0.5
#: After how many seconds without any answer at all the service is taken to be gone.
GONE = 3.0

Say = Callable[..., None]
#: One citizen walks one journey, from when they were due (microseconds since 1970).
Walk = Callable[[int], Any]


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
    _kept(crowd)
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
    crowd.requests, crowd.by_step = 0, {}  # the one who went first is no part of the load
    return True


def settle(plan: Plan) -> None:
    """Take what this process needs: a line for each citizen, and a core that the browser beside it leaves alone."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    if plan.cores and sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(0, plan.cores)


def conduct(
    plan: Plan,
    runner: Runner,
    crowd: Crowd,
    steering: Steering,
    say: Say,
    walk: Walk | None = None,
    tiers: Callable[[], Any] = dict,
) -> None:
    """Run the load from its first citizen to its last, saying how it goes; returns when all is written.

    In an open load `walk` lets one citizen through; `tiers` tells at the end by which way pages were read. Where
    nothing can be written any more the load ends: what it would go on to measure would be lost.
    """
    follow = shape(plan.shape, plan.day, plan.levels)
    begun, started, worked = time.time(), time.monotonic(), time.process_time()
    flushed = started
    say("begun", at=round(begun * 1e6))
    inside = Group()
    door = None
    if walk is not None and plan.arrivals:
        door = gevent.spawn(_let_in, plan, walk, crowd, inside, begun, started)
    wanted = -1
    ending = "ran its time"
    while True:
        t = time.monotonic() - started
        if steering.stop.is_set():
            ending = "stopped"
            break
        if crowd.certificate_expired:
            ending = "certificate expired"
            break
        if t >= plan.seconds:
            break
        if crowd.nobody_answers() > GONE:
            ending = "target died"
            break
        if door is None:
            now = citizens(follow, t, plan.citizens, plan.seconds) if steering.citizens is None else steering.citizens
            now = own_share(now, plan)
            if now != wanted:
                wanted = now
                runner.start(wanted, spawn_rate=max(1, wanted))
        say("now", state="running", t=round(t, 3), seconds=plan.seconds, **crowd.snapshot())
        if time.monotonic() - flushed >= FLUSH:
            flushed = time.monotonic()
            if not _kept(crowd):
                ending = "disk full"
                break
        asked = time.monotonic()
        if not steering.stop.wait(BEAT) and door is None:
            # With nobody due at a moment of their own, the generator's own lateness shows in its beat.
            crowd.lag.add(max(0.0, time.monotonic() - asked - BEAT))
    lasted = min(time.monotonic() - started, plan.seconds)
    if door:
        door.kill()
    _wind_up(runner, crowd, say, started, plan, inside)
    if not _kept(crowd) or crowd.run_file_full:
        ending = "disk full"
    cpu = (time.process_time() - worked) / (time.monotonic() - started)
    told = {
        "requested": {step: one.json() for step, one in crowd.requested().items()},
        "late": crowd.late().json(),
        "tiers": tiers(),
    }
    say("bye", ending=ending, seconds=round(lasted, 6), cpu=round(cpu, 3), **told, **crowd.snapshot())


def _let_in(plan: Plan, walk: Walk, crowd: Crowd, inside: Group, begun: float, started: float) -> None:
    """Let each citizen in when they are due, however those before them are getting on."""

    def one(t: float) -> None:
        crowd.lag.add(max(0.0, time.monotonic() - started - t))
        walk(round((begun + t) * 1e6))

    drawn = due(shape(plan.shape, plan.day, plan.levels), plan.arrivals, plan.seconds, random.Random(plan.seed))
    for t in islice(drawn, plan.machine, None, plan.machines):
        early = started + t - time.monotonic()
        gevent.sleep(max(0.0, early))
        if crowd.closing:
            return
        crowd.arrived += 1
        if len(inside) >= plan.cap:
            crowd.dropped += 1
        else:
            inside.spawn(one, t)


def _wind_up(runner: Runner, crowd: Crowd, say: Say, started: float, plan: Plan, inside: Group) -> None:
    # No new journey begins; those under way may finish in the grace that they are given.
    crowd.closing = True
    over = gevent.spawn(_all_out, runner, inside, plan)
    while not over.ready():
        over.join(BEAT)
        t = round(time.monotonic() - started, 3)
        say("now", state="finishing", t=t, seconds=plan.seconds, **crowd.snapshot())


def _all_out(runner: Runner, inside: Group, plan: Plan) -> None:
    if len(inside):
        inside.join(timeout=plan.grace)
        inside.kill(block=True, timeout=5)
    runner.stop()


def _kept(crowd: Crowd) -> bool:
    """Write what was told so far; False when the disk does not take it, and nothing more is written then."""
    if crowd.run_file is None:
        return True
    try:
        crowd.run_file.flush()
    except OSError:
        crowd.run_file, crowd.run_file_full = None, True
        return False
    return True
