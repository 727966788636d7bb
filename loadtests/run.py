"""Put a service under load: check that it may be, start the citizens in a process of their own, and say what it did.

The generator (Locust) never runs in this process, since importing it changes how the whole process waits and connects.
"""

from __future__ import annotations

import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from journeys.journey import Journey
from journeys.reading import read_journey
from journeys.steps import steps_of
from loadtests.crowd import Plan
from loadtests.leftovers import JOURNEYS, seal_leftovers, under_way
from loadtests.permission import Target, permitted_all
from loadtests.recording import log_of, moment, read_run
from loadtests.shapes import shape as shape_of
from loadtests.stage import base_of, origins_of
from loadtests.summary import Summary, summarise
from loadtests.waiting import waits_in
from studies import archive
from studies.presets import Presets
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.words import language as spoken
from studies.workspace import CHECKOUT, Workspace

Watch = Callable[[dict[str, Any]], None]
Stop = Callable[[], bool]

#: What the wire cannot say, whatever the load; the browser can.
SILENCE: Final = {"state": "not measurable", "reason": "the wire hears no signs"}
#: How long the generator may say nothing before it is taken to be dead (seconds); starting up takes it about two.
PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did to a service, and whether it ran as asked.

    `ending` is `ran its time`, `stopped` (by hand), `target died` or `generator died`; `trouble` says the latter two in
    a sentence, None when there was none. What was measured until then is kept in any case. Times are seconds; `cpu` is
    the share of one processor that the generator took: near 1 it was itself the bottleneck.
    """

    journey: str
    variant: str | None
    base_url: str
    shape: str
    citizens: int
    seconds: float
    started: datetime
    ending: str
    trouble: str | None
    threshold: float
    cpu: float | None
    summary: Summary
    study: str
    sessions: int

    def json(self) -> dict[str, Any]:
        """The result as JSON: the summary's figures beside those of the run."""
        own = {name: getattr(self, name) for name in self.__slots__ if name != "summary"}
        own["started"] = self.started.isoformat().replace("+00:00", "Z")
        return {**own, **asdict(self.summary), "silence": dict(SILENCE)}


def load(
    journey: Path,
    *,
    variant: str | None,
    citizens: int,
    seconds: float,
    base_url: str | None,
    space: Workspace,
    study: str | None = None,
    language: str = "en",
    shape: str = "constant",
    think: float = 0.0,
    patience: float = 30.0,
    grace: float = 10.0,
    seed: int = 0,
    watch: Watch | None = None,
    stop: Stop | None = None,
) -> LoadResult:
    """Send so many citizens through a journey for so many seconds; their sentences are sealed in the study's log.

    Each begins anew as soon as they are through. `watch` is called with a snapshot five times a second (its `state` is
    rehearsing while one citizen goes first, then running, then finishing while those under way may end). The load ends
    early once `stop` says so, or at Ctrl+C; what was measured counts. A citizen thinks for `think` seconds before each
    step, waits for an answer for `patience`, and may still finish for `grace` when the time is over. Raises WrongInput
    when the journey is wrong, or the target may not be put under load, and Failed when nobody answers there.
    """
    if citizens < 1 or seconds <= 0:
        raise WrongInput(_("A load needs at least one citizen and more than no time: --citizens 20 --for 20s"))
    shape_of(shape)
    script = read_journey(journey)
    variant, base_url = base_of(script, variant, base_url)
    _someone_is_there(permitted_all(origins_of(script, base_url)))
    seal_leftovers(space)
    run = f"load-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    folder = space.runs / run
    folder.mkdir(parents=True)
    plan = Plan(
        journey=str(journey.resolve()),
        base_url=base_url,
        variant=variant,
        language=language,
        citizens=citizens,
        seconds=seconds,
        shape=shape,
        think=think,
        patience=patience,
        grace=grace,
        seed=seed,
        told_in=spoken(),
        run=run,
        run_file=str(folder / JOURNEYS),
    )
    facts = {"study": study or f"load_{script.journey}", "task": script.journey}
    facts |= {"condition": variant, "language": language}
    try:
        with under_way(folder, facts):
            reached = _generated(plan, folder, watch, stop)
            result = _result(script, plan, reached, folder, facts, space)
    except WrongInput:
        shutil.rmtree(folder)  # nothing ran, so there is nothing to keep
        raise
    (folder / "load.json").write_bytes(orjson.dumps(result.json(), option=orjson.OPT_INDENT_2))
    return result


@dataclass(slots=True)
class _Reached:
    """How far the generator came, by what it said last."""

    begun: int | None = None
    ending: str = "generator died"
    seconds: float = 0.0
    cpu: float | None = None


def _someone_is_there(targets: dict[str, Target]) -> None:
    for target in targets.values():
        try:
            socket.create_connection((target.addresses[0], target.port), timeout=5).close()
        except OSError as cause:
            raise Failed(
                _("Nobody answers at {origin} ({cause}). Is the service running, and is the port right?").format(
                    origin=target.origin, cause=cause.strerror or cause
                )
            ) from cause


def _generated(plan: Plan, folder: Path, watch: Watch | None, stop: Stop | None) -> _Reached:
    """Let the generator make the load and follow what it says, to its end."""
    reached = _Reached()
    with (folder / "generator.log").open("wb") as log, _generator(log) as child:
        assert child.stdout
        lines = _Lines(child.stdout.fileno())
        _command(child, {"do": "begin", "plan": plan.json()})
        try:
            for snapshot in _snapshots(lines, reached):
                if watch:
                    watch(snapshot)
                if stop and stop():
                    _command(child, {"do": "stop"})
        except KeyboardInterrupt:
            # Stopped by hand: what was measured so far is a result too.
            _command(child, {"do": "stop"})
            for _snapshot in _snapshots(lines, reached):
                pass
    return reached


def _snapshots(lines: _Lines, reached: _Reached) -> Iterator[dict[str, Any]]:
    for line in lines:
        match line.pop("kind"):
            case "begun":
                reached.begun = line["at"]
            case "now":
                reached.seconds = min(line["t"], line["seconds"])  # further than the plan it only winds up
                yield line
            case "trouble":
                raise (WrongInput if line["exit_code"] == WrongInput.exit_code else Failed)(line["message"])
            case "bye":
                reached.ending, reached.seconds, reached.cpu = line["ending"], line["seconds"], line["cpu"]


@contextmanager
def _generator(log: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    """The generator as a child process. Whatever happens here, it is gone afterwards."""
    # In a session of its own, so that Ctrl+C reaches this process alone, which then stops the load in good order.
    child = subprocess.Popen(
        [sys.executable, "-m", "loadtests.locustfile"],
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
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _command(child: subprocess.Popen[bytes], command: dict[str, Any]) -> None:
    assert child.stdin
    with suppress(BrokenPipeError):  # a generator that is gone says so by ending its output
        child.stdin.write(orjson.dumps(command, option=orjson.OPT_APPEND_NEWLINE))
        child.stdin.flush()


class _Lines:
    """What the generator says, line by line, until it ends or has said nothing for too long.

    An interruption loses nothing: whoever asks again goes on where the last one was broken off.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = b""

    def __iter__(self) -> _Lines:
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


def _result(
    journey: Journey, plan: Plan, reached: _Reached, folder: Path, facts: dict[str, str], space: Workspace
) -> LoadResult:
    """What was measured, sealed and summed up, however the generator ended."""
    run_file = folder / JOURNEYS
    told = list(read_run(run_file))
    if reached.begun is None:
        raise Failed(
            _("The load generator did not start: {said} All it said is in {file}").format(
                said=_last_line(folder / "generator.log"), file=folder / "generator.log"
            )
        )
    presets = Presets()
    log = log_of(told, **facts)
    if told:
        archive.seal(log, facts["study"], space)
    run_file.unlink(missing_ok=True)
    threshold = presets.silence["web"]
    summary = summarise(
        told,
        waits_in(log, presets),
        start=reached.begun,
        seconds=reached.seconds,
        steps=[step for step, _step in steps_of(journey, plan.variant)],
        threshold=threshold,
    )
    return LoadResult(
        journey=journey.journey,
        variant=plan.variant,
        base_url=plan.base_url,
        shape=plan.shape,
        citizens=plan.citizens,
        seconds=round(reached.seconds, 3),
        started=moment(reached.begun),
        ending=reached.ending,
        trouble=_trouble(reached, folder),
        threshold=threshold,
        cpu=reached.cpu,
        summary=summary,
        study=facts["study"],
        sessions=len(log.sessions),
    )


def _trouble(reached: _Reached, folder: Path) -> str | None:
    if reached.ending == "target died":
        message = _("The service stopped answering {seconds} s into the load. What was measured until then is kept.")
        return message.format(seconds=round(reached.seconds, 1))
    if reached.ending == "generator died":
        return _("The load generator died {seconds} s into the load: {said} What was measured is kept.").format(
            seconds=round(reached.seconds, 1), said=_last_line(folder / "generator.log")
        )
    return None


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else _("(it said nothing)")
