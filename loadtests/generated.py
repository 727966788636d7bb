"""The generator as the lab hears it: started, told what to do, and heard until it ends, whatever becomes of it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from loadtests.crowd import Plan, Requested
from loadtests.histograms import Histogram
from loadtests.machines.workers import lost_told
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import CHECKOUT

Watch = Callable[[dict[str, Any]], None]
Stop = Callable[[], bool]

#: How long a process may say nothing before it is taken to be dead (seconds); starting up takes it about two.
PATIENCE: Final = 60.0


@dataclass(slots=True)
class Reached:
    """How far the generator came, by what it said last. `cpu` is the share of one processor that it took."""

    begun: int | None = None
    ending: str = "generator died"
    seconds: float = 0.0
    cpu: float | None = None
    arrived: int = 0
    dropped: int = 0
    requested: dict[str, Requested] | None = None
    late: Histogram | None = None
    tiers: dict[str, Any] = field(default_factory=dict)
    workers: list[dict[str, Any]] = field(default_factory=list)  # of a load that several machines make


def trouble_of(reached: Reached, last: str) -> str | None:
    """Why a load did not run as asked, in a sentence; `last` is the generator's last word. None: it did."""
    match reached.ending:
        case "target died":
            message = _(
                "The service stopped answering {seconds} s into the load. What was measured until then is kept."
            )
        case "certificate expired":
            message = _(
                "The service's certificate expired {seconds} s into the load. What was measured until then is kept."
            )
        case "disk full":
            message = _(
                "The disk took no more {seconds} s into the load. What was written until then is kept. Make room."
            )
        case "generator died":
            message = _("The load generator died {seconds} s into the load: {said} What was measured is kept.")
        case _:
            return lost_told(reached.workers)
    return message.format(seconds=round(reached.seconds, 1), said=last)


def generated(plan: Plan, folder: Path, watch: Watch | None, stop: Stop | None) -> Reached:
    """Let the generator make the load and follow what it says, to its end."""
    reached = Reached()
    with (folder / "generator.log").open("wb") as log, child_process(["-m", "loadtests.locustfile"], log) as child:
        assert child.stdout
        lines = Lines(child.stdout.fileno())
        command(child, {"do": "begin", "plan": plan.json()})
        try:
            for snapshot in _snapshots(lines, reached):
                if watch:
                    watch(snapshot)
                if stop and stop():
                    command(child, {"do": "stop"})
        except KeyboardInterrupt:
            # Stopped by hand: what was measured so far is a result too.
            command(child, {"do": "stop"})
            for _snapshot in _snapshots(lines, reached):
                pass
    return reached


def _snapshots(lines: Lines, reached: Reached) -> Iterator[dict[str, Any]]:
    for line in lines:
        match line.pop("kind"):
            case "begun":
                reached.begun = line["at"]
            case "now":
                reached.arrived, reached.dropped = line.get("arrived", 0), line.get("dropped", 0)
                reached.seconds = min(line["t"], line["seconds"])  # further than the plan it only winds up
                yield line
            case "trouble":
                raise (WrongInput if line["exit_code"] == WrongInput.exit_code else Failed)(line["message"])
            case "bye":
                reached.ending, reached.seconds, reached.cpu = line["ending"], line["seconds"], line["cpu"]
                reached.arrived, reached.dropped = line.get("arrived", 0), line.get("dropped", 0)
                reached.workers = line.get("workers", [])
                if "requested" in line:
                    reached.requested = {step: Requested.of(one) for step, one in line["requested"].items()}
                    reached.late = Histogram.of(line["late"])
                    reached.tiers = line.get("tiers") or {}


@contextmanager
def child_process(words: Sequence[str], log: BinaryIO, patience: float = 5.0) -> Iterator[subprocess.Popen[bytes]]:
    """Python as a child process with these words. Whatever happens here, it is gone afterwards."""
    # In a session of its own, so that Ctrl+C reaches this process alone, which then stops the load in good order.
    child = subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=CHECKOUT,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        # Closing its input is the word to stop at once; a process too stuck to hear it is killed.
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        try:
            child.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def command(child: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
    """Tell a process something; one that is gone says so by ending its output."""
    assert child.stdin
    with suppress(BrokenPipeError):
        child.stdin.write(orjson.dumps(order, option=orjson.OPT_APPEND_NEWLINE))
        child.stdin.flush()


class Lines:
    """What a process says, line by line, until it ends or has said nothing for too long.

    An interruption loses nothing: whoever asks again goes on where the last one was broken off.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = b""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            ready, _writable, _broken = select.select([self._descriptor], [], [], PATIENCE)
            part = os.read(self._descriptor, 65536) if ready else b""
            if not part:
                raise StopIteration
            self._buffer += part
        line, _newline, self._buffer = self._buffer.partition(b"\n")
        said: dict[str, Any] = orjson.loads(line)
        return said
