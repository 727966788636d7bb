"""A load from permission to audit: checked before its first request, held to its ceiling, watched, written down.

with guarded(plan, places, space) as load:
    reached = generated(load.plan, folder, load.follow(watch), load.stop(stop))
    load.ended(reached.ending)

The audit has a line when a run begins and one when it ends, each on disk before anything else happens; a run without
its second line is one whose machine died. What was refused is told too.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from loadtests.crowd import Plan
from loadtests.permits.ceiling import Ceiling
from loadtests.permits.guard import Guard, Halt
from loadtests.permits.permission import Ground, Resolve, Target, addresses_of, ceiling_of, permitted_all
from studies.house import audit
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import Workspace

Watch = Callable[[dict[str, Any]], None]
Stop = Callable[[], bool]


@dataclass(slots=True)
class Guarded:
    """A load that is permitted: the plan as far as its ceiling lets it, the targets as they are pinned, and the watch.

    `lowered`: more was asked for than the ceiling lets through. `halt` is why it had to end, None while it need not;
    `how` is how it ended, for the audit.
    """

    plan: Plan
    targets: Mapping[str, Target]
    guard: Guard
    lowered: bool = False
    halt: Halt | None = None
    how: str = "broke off"

    def follow(self, watch: Watch | None = None) -> Watch:
        """What hears the generator's snapshots: the guard, and whoever else watches."""

        def heard(snapshot: dict[str, Any]) -> None:
            if self.halt is None and snapshot.get("state") != "finishing":
                self.halt = self.guard.look(snapshot)
            if watch:
                watch(snapshot)

        return heard

    def stop(self, stop: Stop | None = None) -> Stop:
        """What is asked whether the load shall end."""
        return lambda: self.halt is not None or bool(stop and stop())

    def ended(self, ending: str) -> str:
        """How it ended, the guard's reason before the mere word that it was stopped; noted in the audit at the end."""
        self.how = self.halt.ending if self.halt and ending == "stopped" else ending
        return self.how

    def told(self) -> dict[str, Any]:
        """The permission that the load rests on, as JSON."""
        elsewhere = [target for target in self.targets.values() if not target.here]
        ends = [target.until for target in elsewhere if target.until]
        return {
            "origins": list(self.targets),
            "this_machine": not elsewhere,
            "ceiling": ceiling_of(self.targets.values()).json(),
            "lowered": self.lowered,
            "until": min(ends).isoformat() if ends else None,
            "halted": self.halt.why if self.halt else None,
        }


@contextmanager
def guarded(plan: Plan, places: Iterable[str], space: Workspace, resolve: Resolve = addresses_of) -> Iterator[Guarded]:
    """Let a load be made only where it may be, and leave a line of how it ended, whatever happens.

    Raises WrongInput, noted as refused, when one of the places may not be put under load; Failed when the audit cannot
    be written, since a load that leaves no trace is none that anybody answers for.
    """
    ground, places = Ground(space), list(dict.fromkeys(places))
    facts = {"journey": plan.journey, "targets": places}
    try:
        targets = permitted_all(places, resolve, ground)
    except WrongInput as refused:
        with suppress(OSError):
            audit.note(space, "refused", plan.run, _now(), **facts, why=str(refused).splitlines()[0])
        raise
    capped = within(plan, ceiling_of(targets.values()))
    load = Guarded(
        replace(capped, pinned={target.origin: target.addresses for target in targets.values()}),
        targets,
        Guard(tuple(targets.values()), ground, time.time(), resolve=resolve),
        lowered=(capped.citizens, capped.arrivals) != (plan.citizens, plan.arrivals),
    )
    asked = {"citizens": capped.citizens, "arrivals": capped.arrivals, "seconds": capped.seconds, "shape": capped.shape}
    try:
        audit.note(space, "begins", plan.run, _now(), **facts, **asked)
    except OSError as cause:
        raise Failed(
            _("The audit in {file} cannot be written ({cause}); without it no load is made.").format(
                file=audit.file_of(space), cause=cause.strerror or cause
            )
        ) from cause
    try:
        with ExitStack() as held:
            for target in targets.values():
                if not target.here:
                    held.enter_context(_alone(target.origin, space))
            yield load
    finally:
        with suppress(OSError):  # a disk that is full must not take the result with it
            audit.note(space, "ends", plan.run, _now(), ending=load.how)


@contextmanager
def _alone(origin: str, space: Workspace) -> Iterator[None]:
    """Be the only load of this workspace against a service elsewhere: two at their ceiling would be twice above it."""
    path = space.root / "under_load" / f"{hashlib.sha256(origin.encode()).hexdigest()[:16]}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go by the system however this process ends
        except BlockingIOError as cause:
            message = _("Another load against {origin} is under way; together they would be more than was agreed to.")
            raise Failed(message.format(origin=origin)) from cause
        yield


def within(plan: Plan, ceiling: Ceiling) -> Plan:
    """The plan, with no more citizens at once and no more begun a second than agreed."""
    most, rate = ceiling.citizens, ceiling.per_second
    if most is not None:
        plan = replace(plan, citizens=min(plan.citizens, most), cap=min(plan.cap, most))
    if rate is not None:
        plan = replace(plan, arrivals=min(plan.arrivals, rate), per_second=rate)
    return plan


def _now() -> datetime:
    return datetime.now(UTC)
