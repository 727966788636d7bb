"""One way of making the load, in a process of its own on one core: each line that comes in is a turn, in seconds.

For each it prints a line of JSON: journeys completed, and the processor seconds that this process took for them.
Between its turns it does nothing.
"""

from __future__ import annotations

import locust  # isort: skip  # noqa: F401 - it must come before anything that connects or waits

import json
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gevent
from gevent.fileobject import FileObjectThread
from locust.env import Environment

from loadtests import generator, locustfile
from loadtests.bench.expert import Expert
from loadtests.bench.pages import JOURNEY
from loadtests.crowd import Plan
from loadtests.mix import mix_of
from loadtests.recording import RunFile

CITIZENS = 20
WARM = 1.0  # seconds
#: By then everything that is learned is learned, and the first of each kind of page have been looked at twice.
LEARNED = 300
LONGEST = 15.0


def ours(url: str, client: str, folder: Path, citizens: int) -> tuple[Any, Any]:
    """A load as the lab makes it: Locust's runner, our citizens, everything told and kept."""
    file = folder / "apply.yaml"
    file.write_text(JOURNEY, encoding="utf-8")
    plan = Plan(str(file), url, client=client, citizens=citizens, patience=10.0)
    mix = mix_of(plan, RunFile((folder / "journeys.jsonl").open("ab")))
    environment = Environment(user_classes=[locustfile.Citizen])
    locustfile._set(environment, mix)
    locustfile._rehearse(environment)
    return environment, mix


def _flushing(crowd: Any) -> None:
    while True:
        gevent.sleep(generator.BEAT)
        if crowd.under_way:
            crowd.snapshot()
            crowd.run_file.flush()


def turns(how: str, url: str, asked: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Make the load for as many seconds as is asked, after a while to warm up, as often as it is asked."""
    with TemporaryDirectory() as folder:
        if how == "expert":
            environment: Any = Environment(user_classes=[Expert], host=url)
            done, tiers = lambda: Expert.done, dict
        else:
            environment, mix = ours(url, how, Path(folder), CITIZENS)
            gevent.spawn(_flushing, mix.crowd)
            done, tiers = lambda: mix.crowd.done, mix.stages[0].tiers
        runner = environment.create_local_runner()
        for seconds in asked:
            runner.start(CITIZENS, spawn_rate=CITIZENS)
            gevent.sleep(WARM)
            until = time.monotonic() + LONGEST
            while done() < LEARNED and time.monotonic() < until:  # a busy machine takes longer to get warm
                gevent.sleep(WARM / 10)
            before, cpu, began = done(), time.process_time(), time.monotonic()
            gevent.sleep(float(seconds))
            cpu, lasted, journeys = time.process_time() - cpu, time.monotonic() - began, done() - before
            runner.stop()
            yield {"journeys": journeys, "cpu": cpu, "seconds": lasted, "tiers": tiers()}


def resident() -> float:
    """How much memory this process has right now, in KB."""
    told = Path("/proc/self/statm")
    if told.exists():
        return int(told.read_text().split()[1]) * resource.getpagesize() / 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def memory(url: str, client: str, few: int, many: int) -> dict[str, Any]:
    """How many bytes a citizen takes who has walked once and keeps their line."""
    with TemporaryDirectory() as folder:
        environment, mix = ours(url, client, Path(folder), many)
        kept: list[Any] = []
        sizes: list[float] = []

        def walk(one: Any) -> None:
            one.once(mix.stages[0])
            gevent.sleep(1e6)

        for count in (few, many):
            while len(kept) < count:
                citizens = [locustfile.Citizen(environment) for _one in range(50)]
                kept += [(one, gevent.spawn(walk, one)) for one in citizens]
                gevent.sleep(0.3)
                mix.crowd.run_file.flush()
            gevent.sleep(1.0)
            sizes.append(resident())
        return {"citizens": many, "done": mix.crowd.done, "kb": (sizes[1] - sizes[0]) / (len(kept) - few)}


if __name__ == "__main__":
    spoken = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    how, url = sys.argv[1:3]
    client = how.removeprefix("memory:")
    told = iter([memory(url, client, 200, 2000)]) if how != client else turns(how, url, FileObjectThread(sys.stdin))
    for one in told:
        spoken.write(json.dumps(one) + "\n")
        spoken.flush()
    os._exit(0)  # citizens who still walk are of no interest any more
