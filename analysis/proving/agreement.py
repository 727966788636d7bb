"""Does the lab measure what is there? What was planted in a service, beside what was measured in it.

A planted flaw is a metric, the step it is planted at (none: the whole walk) and its true value. Silent waits are told
one by one, as the silent time of their step in seconds; what counts must agree exactly. What was measured and never
planted is told too: an instrument that invents is as wrong as one that is deaf.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from analysis.measure import Measured
from studies.measuring.holdings import requests_of
from studies.measuring.waits import waits_of

#: Seconds by which a time may miss the truth: request, parsing and painting take part of it on any machine.
WITHIN: Final = 0.25
#: Metrics whose unit is seconds.
TIMES: Final = frozenset({"wait_time", "silent_time", "longest_silence", "hesitation", "time_on_task"})
#: What the truth tells step by step: found at a step where it is not planted, it was invented.
BY_STEP: Final = frozenset({"silent_time", "repeat_questions"})
#: What must not be invented even where the truth is silent about it.
NEVER_INVENTED: Final = BY_STEP | {"hand_offs", "steps"}


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing that is known to be so: planted in the service, or counted by hand."""

    metric: str
    step: str | None
    truth: float


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was measured in a walk, at a step or (step None) over the whole of it."""

    metric: str
    step: str | None
    measured: float


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw: what is there, what was measured, and whether the two agree."""

    journey: str
    variant: str | None
    metric: str
    step: str | None
    truth: float | None
    measured: float | None
    agrees: bool

    def json(self) -> dict[str, Any]:
        """The flaw as it is exchanged."""
        return asdict(self)

    def told(self) -> str:
        """The flaw in a line, for a person."""
        where = " · ".join(part for part in (self.journey, self.variant, self.metric, self.step) if part)
        there = "not planted" if self.truth is None else f"{self.truth:g}"
        heard = "not found" if self.measured is None else f"{self.measured:g}"
        return f"{where}: truth {there}, measured {heard}"


def found_in(walk: Measured) -> list[Found]:
    """What was measured in one walk (all sessions of its case): totals, and at each step what can be told by step."""
    batch = walk.batch
    waits, requests = waits_of(batch, walk.presets), requests_of(batch)
    found = []
    for silence in np.flatnonzero(waits.silent):
        row = waits.row[waits.silence_wait[silence]]
        seconds = int(waits.silence_to[silence] - waits.silence_from[silence]) / 1_000_000
        found.append(Found("silent_time", _step(walk, row), seconds))
    rows = {
        "repeat_questions": requests.repeats,
        "corrections": requests.corrections,
        "hand_offs": batch.is_verb("hands_off"),
        "refusals": batch.is_verb("refuses"),
    }
    for metric, marked in rows.items():
        steps = [_step(walk, row) for row in np.flatnonzero(marked)]
        found += [Found(metric, step, float(steps.count(step))) for step in dict.fromkeys(steps)]
    for metric, column in walk.columns.items():
        values = [r.value for r in column if isinstance(r.value, int | float)]
        if values:
            total = max(values) if metric == "longest_silence" else sum(values)
            found.append(Found(metric, None, float(total)))
    return found


def _step(walk: Measured, row: int | np.integer) -> str:
    code = walk.batch.step[row]
    return str(walk.batch.steps[code]) if code >= 0 else "?"


def compared(journey: str, variant: str | None, truths: Iterable[Truth], found: Iterable[Found]) -> list[Flaw]:
    """Each truth with the measurement nearest to it, then what was measured and never planted."""
    truths, left = list(truths), list(found)
    flaws = []
    for truth in sorted(truths, key=lambda t: (t.metric, t.step or "", -t.truth)):
        same = [f for f in left if (f.metric, f.step) == (truth.metric, truth.step)]
        nearest = min(same, key=lambda f: abs(f.measured - truth.truth), default=None)
        if nearest:
            left.remove(nearest)
        measured = nearest.measured if nearest else None
        flaws.append(Flaw(journey, variant, truth.metric, truth.step, truth.truth, measured, agrees(truth, measured)))
    by_step = BY_STEP | {t.metric for t in truths if t.step is not None}
    for extra in left:
        invented = extra.metric in (by_step if extra.step is not None else NEVER_INVENTED - by_step)
        if invented and extra.measured:
            flaws.append(Flaw(journey, variant, extra.metric, extra.step, None, extra.measured, False))
    return flaws


def agrees(truth: Truth, measured: float | None) -> bool:
    """Whether a measurement is the truth: exactly where it counts, within a quarter of a second where it times."""
    if measured is None:
        return truth.truth == 0
    return abs(measured - truth.truth) <= (WITHIN if truth.metric in TIMES else 1e-9)


def worst(walks: Iterable[list[Flaw]]) -> list[Flaw]:
    """Of the same flaw measured in several walks, the measurement that is farthest from the truth."""
    found: dict[tuple[str, str | None, str, str | None, float | None, int], Flaw] = {}
    for flaws in walks:
        seen: dict[tuple[str, str | None, str, str | None, float | None], int] = {}
        for flaw in flaws:
            kind = (flaw.journey, flaw.variant, flaw.metric, flaw.step, flaw.truth)
            seen[kind] = seen.get(kind, 0) + 1
            key = (*kind, seen[kind])
            if key not in found or _miss(flaw) > _miss(found[key]):
                found[key] = flaw
    return list(found.values())


def _miss(flaw: Flaw) -> float:
    if flaw.agrees and flaw.measured is None:
        return 0.0
    if flaw.truth is None or flaw.measured is None:
        return float("inf")
    return abs(flaw.measured - flaw.truth)
