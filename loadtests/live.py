"""A load as it goes, kept in one small file of its run, so that anybody who watches reads that and nothing else.

The file is written whole about once a second and stays small however long the load runs: a curve has at most some
hundred points, and its stretches get wider. What a browser beside the load heard is added walk by walk.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from loadtests.leftovers import held
from loadtests.probes.probed import UnderWay, heard_in
from loadtests.probes.probing import walk_in
from studies.measuring.presets import Presets
from studies.troubles import Trouble
from studies.workspace import Workspace

STATE: Final = "state.json"
EVERY: Final = 1.0
POINTS: Final = 240
#: Among so many of the latest runs those under way are looked for.
LATEST: Final = 200
KEPT: Final = ("t", "citizens", "journeys", "done", "failed", "journeys_per_second", "p95", "dropped")


def written_whole(path: Path, document: Any) -> None:
    """Write a small JSON file so that whoever reads sees all of it or the one before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_bytes(orjson.dumps(document))
    beside.replace(path)


@dataclass(slots=True)
class Diary:
    """What hears a load's snapshots and keeps the state file of its run."""

    folder: Path
    facts: Mapping[str, Any]
    presets: Presets = field(default_factory=Presets)
    clock: Callable[[], float] = time.monotonic
    _last: float | None = None
    _curve: list[dict[str, Any]] = field(default_factory=list)
    _apart: int = 1
    _beats: int = 0
    _walks: set[str] = field(default_factory=set)
    _silences: dict[str, list[float]] = field(default_factory=dict)

    def hear(self, snapshot: Mapping[str, Any]) -> None:
        """Take in a snapshot; about once a second, and when the load winds up, the file is written."""
        now = self.clock()
        if self._last is not None and now - self._last < EVERY:
            return
        self._last = now
        if snapshot["state"] == "running":
            self._beats += 1
            if self._beats % self._apart == 0:
                self._curve.append({name: snapshot.get(name) for name in KEPT})
            if len(self._curve) > POINTS:
                self._curve, self._apart = self._curve[1::2], self._apart * 2
        self._listen()
        with suppress(OSError):  # a disk that is full is told by the load itself
            written_whole(self.folder / STATE, {
                **self.facts, "now": snapshot, "curve": self._curve, "at": time.time(),
                "silences": {step: _told(heard, self.presets.silence["web"]) for step, heard in self._silences.items()},
                "walks": len(self._walks),
            })  # fmt: skip

    def _listen(self) -> None:
        """Add what the browser beside the load heard since the last time."""
        for sessions in self.folder.glob("probe-*-sessions.parquet"):
            if sessions.name in self._walks:
                continue
            with suppress(OSError, ValueError, Trouble):
                for one in heard_in(walk_in(sessions), UnderWay([]), self.presets):
                    self._silences.setdefault(one.step, []).append(one.silence)
            self._walks.add(sessions.name)


def _told(heard: list[float], threshold: float) -> list[float]:
    """Of one step: how many waits, how many of them silent, half the silences at most so long, and the longest."""
    return [len(heard), sum(one > threshold for one in heard), float(np.median(heard)), max(heard)]


@dataclass(frozen=True, slots=True)
class Live:
    """A run as its state file tells it. `going`: somebody is making it at this moment."""

    run: str
    going: bool
    state: str  # rehearsing, running, finishing
    seconds: float
    t: float
    now: dict[str, Any]
    curve: list[dict[str, Any]]
    silences: dict[str, list[float]]
    walks: int
    facts: dict[str, Any]

    @property
    def left(self) -> float:
        """How long it will still run (seconds), those under way left aside."""
        return max(0.0, self.seconds - self.t)

    @property
    def share(self) -> float:
        """How far it is."""
        return min(1.0, self.t / self.seconds) if self.seconds else 1.0


def live(run: str, space: Workspace) -> Live | None:
    """A run as it was seen last; None where nothing is known of it yet, or any more."""
    folder = folder_of(run, space)
    try:
        told = orjson.loads((folder / STATE).read_bytes())
        now = told["now"]
        return Live(
            run, held(folder), now["state"], float(now["seconds"]), float(now["t"]), now, told["curve"],
            told["silences"], int(told["walks"]), told,
        )  # fmt: skip
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def folder_of(run: str, space: Workspace) -> Path:
    """Where a run keeps its files. A name that is none leads nowhere."""
    return space.root / "runs" / (run if run.startswith("load-") and "/" not in run and ".." not in run else "load-?")


def under_way(space: Workspace) -> list[str]:
    """The runs that somebody is making at this moment, in this process or another, the latest first."""
    runs = space.root / "runs"
    latest = sorted((path.name for path in runs.glob("load-*")), reverse=True)[:LATEST]
    return [name for name in latest if not (runs / name / "load.json").exists() and held(runs / name)]


def moments(curve: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The curve with what happened between one point and the next: the share that came through, those that failed."""
    found, before = [], {"journeys": 0, "done": 0, "failed": 0}
    for point in curve:
        ended = (point["journeys"] or 0) - before["journeys"]
        done = (point["done"] or 0) - before["done"]
        failed = (point["failed"] or 0) - before["failed"]
        found.append({**point, "completion": done / ended if ended else None, "came_to_nothing": failed})
        before = {name: point[name] or 0 for name in before}
    return found
