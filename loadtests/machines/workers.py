"""One load made by several machines: what each is to do, what it needs for that, and what becomes of it if one is lost.

Arrivals are drawn once, the same on all, and each machine takes its turn among them: together they are exactly the load
that one machine would have made. The citizen with a number is the same person wherever they walk, and walks once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from journeys.journey import Send, Upload
from journeys.reading import read_journey
from loadtests.crowd import Plan
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row

#: Where Locust's masters listen, unless told otherwise.
PORT: Final = 5557
#: What a worker sends and is sent, as Locust's own messages with this name.
MESSAGE: Final = "khutwa"
#: How long the master waits for its workers before the load (seconds).
GATHERING: Final = 60.0
#: How long a worker may be silent before it is taken to be lost (seconds); it speaks five times a second.
SILENT: Final = 5.0


def part_of(plan: Plan, machine: int, machines: int) -> Plan:
    """What one of several machines does of a plan: its turn of the arrivals, its share of what may be at once."""
    cap = plan.cap // machines + (machine < plan.cap % machines)
    return replace(
        plan,
        machine=machine,
        machines=machines,
        cap=max(1, cap),
        per_second=plan.per_second / machines,
        workers=0,
        master="",
        run_file=None,
    )


def own_share(whole: int, plan: Plan) -> int:
    """How many of so many citizens are this machine's."""
    return whole // plan.machines + (plan.machine < whole % plan.machines)


# -- what a machine elsewhere needs


def packed(plan: Plan) -> dict[str, Any]:
    """The plan with every file that it needs: journeys, the personas beside them, the documents that they hand in."""
    files: dict[str, str] = {}
    names: list[str] = []
    for nth, told in enumerate([plan.journey, *(journey for journey, _weight in plan.mix)]):
        path = Path(told)
        journey = read_journey(path)
        beside = [journey.personas] if journey.personas else []
        for step in journey.every_step():
            match step:
                case Upload():
                    beside += step.upload.values()
                case Send():
                    beside += [file for sent in step.send for file in sent.files.values()]
        names.append(f"{nth}/{path.name}")
        for name in dict.fromkeys((path.name, *beside)):
            if (path.parent / name).is_file():
                files[f"{nth}/{name}"] = base64.b64encode((path.parent / name).read_bytes()).decode()
    mix = list(zip(names[1:], (weight for _journey, weight in plan.mix), strict=True))
    return {"plan": plan.json() | {"journey": names[0], "mix": mix}, "files": files}


def unpacked(shipped: Mapping[str, Any], folder: Path) -> Plan:
    """The plan with its files laid into a folder. Raises WrongInput for a file that would lie elsewhere."""
    for name, content in shipped["files"].items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            raise WrongInput(_("{name} would lie outside the load's own folder, and is not taken.").format(name=name))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    plan = Plan.of(shipped["plan"])
    return replace(
        plan, journey=str(folder / plan.journey), mix=tuple((str(folder / name), weight) for name, weight in plan.mix)
    )


def address_of(text: str, port: int = PORT) -> tuple[str, int]:
    """Host and port as people write them: `10.0.0.5:5557`, `load-master`, `[::1]:5557`. Raises WrongInput."""
    host, colon, number = text.strip().rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, number = text.strip(), str(port)
    if not host or not number.isdigit() or not 0 < int(number) < 65_536:
        raise WrongInput(_("“{text}” is no place: write host and port, such as 10.0.0.5:5557.").format(text=text))
    return host.strip("[]"), int(number)


# -- what becomes of the machines


@dataclass(slots=True)
class Worker:
    """One machine of a load, as its master knows it; `t` is how far into the load it was last heard."""

    name: str  # what Locust calls it
    machine: int
    state: str = "gathered"  # then ready, running, over; or lost
    t: float = 0.0
    heard: float = 0.0  # by the master's clock
    pid: int = 0
    journeys: int = 0
    ending: str = ""
    cpu: float | None = None
    seconds: float = 0.0
    begun: int | None = None
    tiers: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)  # all that it has counted, as it said last

    def json(self) -> dict[str, Any]:
        """What the result says of it."""
        lost = round(self.t, 1) if self.state == "lost" else None
        return {
            "machine": self.machine,
            "state": self.state,
            "journeys": self.journeys,
            "cpu": self.cpu,
            "lost_at": lost,
        }


def ending_of(workers: Sequence[Worker]) -> str:
    """How a load of several machines ended: as the worst of those that came through."""
    through = [worker.ending for worker in workers if worker.state == "over"]
    if not through:
        return "generator died"
    return next((ending for ending in through if ending != "ran its time"), "ran its time")


def lost_told(workers: Sequence[Mapping[str, Any]]) -> str | None:
    """What is said of machines that were lost on the way, in a sentence; None when none was."""
    lost = [worker for worker in workers if worker["state"] == "lost"]
    if not lost:
        return None
    when = in_a_row(f"{worker['lost_at']:g}" for worker in lost)
    return _(
        "{n} of {of} workers were lost, {when} s into the load: their share of the citizens did not come from then on."
        " What they had told is kept."
    ).format(n=len(lost), of=len(workers), when=when)


def never_came(plan: Plan, workers: Sequence[Worker]) -> int:
    """How many citizens were due on machines that were lost, and were never let in; 0 in a closed load."""
    lost = [max(0.0, plan.seconds - worker.t) for worker in workers if worker.state == "lost"]
    return round(sum(lost) * plan.arrivals / max(1, len(workers)))


def too_few(came: int, of: int) -> Failed:
    """Why a load of several machines did not begin."""
    return Failed(
        _("{came} of {of} workers came within {n} s. Start the others: ./lab load --worker HOST:PORT").format(
            came=came, of=of, n=round(GATHERING)
        )
    )
