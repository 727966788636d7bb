"""A browser beside the load, to hear what a citizen hears: it walks the same journey until the load is over.

The wire hears no signs, so a long wait there may be a silent one or not; here the recorder listens as it does anywhere
else. A process of its own (`python -m loadtests.probes.probe`), on a core of its own where there is one, so that the
load does not slow the browser and the browser not the load. In come lines of JSON: what to walk, `begin`, `stop`; out
go `ready`, `walked` for each walk (whose log lies beside the load's own file then), `trouble` and `bye`. When its input
closes it ends at once, with its browser.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from journeys.personas import personas_for
from journeys.reading import read_journey
from journeys.walk import TargetMissing, found_in, walk_of
from studies import archive
from studies.log import Log
from studies.troubles import Trouble

#: How long a browser may take to go when the lab is gone; then it is ended with everything it started.
LAST: Final = 8.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a probe is to walk: a walk begins every so many seconds (0: without pause); `cores` are its processors."""

    journey: str
    base_url: str
    variant: str | None
    language: str
    study: str
    run: str
    folder: str
    every: float = 10.0
    patience: float = 30.0
    cores: tuple[int, ...] = ()

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return asdict(self)


class _Orders:
    """What was commanded so far."""

    def __init__(self) -> None:
        self.begin = threading.Event()
        self.stop = threading.Event()
        self.over = threading.Event()

    def follow(self, source: BinaryIO) -> None:
        """Hear the commands to their end; when they end before all is over, the lab is gone and so are we."""
        for line in source:
            match orjson.loads(line):
                case {"do": "begin"}:
                    self.begin.set()
                case {"do": "stop"}:
                    self.stop.set()
                    self.begin.set()
        self.stop.set()
        self.begin.set()
        if not self.over.is_set():
            os.kill(os.getpid(), signal.SIGTERM)  # the walk is broken off, and its browser closed
            if not self.over.wait(LAST):
                os.killpg(0, signal.SIGKILL)


def _broken_off(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def walk_on(asked: Asked, orders: _Orders, say: Any) -> None:
    """Walk the journey again and again, each time as somebody else, until it is over."""
    from journeys.players import browser  # imported here, since it takes its time

    journey = read_journey(Path(asked.journey))
    people = personas_for(journey, 100, seed=1)
    say("ready", pid=os.getpid())
    orders.begin.wait()
    proven: frozenset[str] = frozenset()
    number = 0
    while not orders.stop.is_set():
        began, number = time.monotonic(), number + 1
        walk = walk_of(
            journey,
            people[number % len(people)],
            session=f"{asked.run}-probe-{number:04d}",
            language=asked.language,
            variant=asked.variant,
            base_url=asked.base_url,
            study=asked.study,
            patience=asked.patience,
            proven=proven,
        )
        try:
            log = browser.play(walk)
        except TargetMissing as missing:
            _write(missing.log, Path(asked.folder), number)
            raise
        proven |= found_in(log)
        _write(log, Path(asked.folder), number)
        say("walked", number=number, seconds=round(time.monotonic() - began, 3))
        orders.stop.wait(max(0.0, asked.every - (time.monotonic() - began)))


def _write(log: Log, folder: Path, number: int) -> None:
    """One walk's log, written whole; the lab adds how many were under way, and seals it."""
    archive.write_whole(log.sentences, folder / f"probe-{number:04d}-sentences.parquet")
    archive.write_whole(log.sessions, folder / f"probe-{number:04d}-sessions.parquet")


def main(source: BinaryIO, out: BinaryIO) -> None:
    """Be that process."""

    def say(kind: str, **facts: Any) -> None:
        out.write(orjson.dumps({"kind": kind, **facts}, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()

    told = orjson.loads(source.readline() or b"{}")
    if not told:
        return
    asked = Asked(**{**told, "cores": tuple(told["cores"])})
    if asked.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, asked.cores)
    signal.signal(signal.SIGTERM, _broken_off)
    orders = _Orders()
    threading.Thread(target=orders.follow, args=(source,), daemon=True).start()
    try:
        walk_on(asked, orders, say)
        say("bye")
    except Trouble as trouble:
        say("trouble", message=str(trouble))
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        orders.over.set()


if __name__ == "__main__":
    # What the lab reads must be lines of JSON only: whatever else is printed goes where the log goes.
    spoken = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.stdin.buffer, spoken)
    os._exit(0)  # the thread that waits for commands must not hold the process
