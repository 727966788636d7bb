"""What was heard held against the truth: silent waits found, missed and invented, and how far off each silence was.

Times are epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

#: The most that the error of a silence may be, in ms: the median and the 95th percentile.
REQUIRED: Final[Mapping[str, tuple[float, float]]] = {
    "within_page": (30.0, 100.0),
    "across_loads": (60.0, 200.0),
    "eye": (15.0, 45.0),
}
BRIEF: Final = 100.0  # ms: shorter silences are not held against anything


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch without any sign."""

    since: float
    until: float

    @property
    def length(self) -> float:
        """How long it was, in ms."""
        return self.until - self.since

    def shared(self, other: Silence) -> float:
        """How much of it another one covers."""
        return min(self.until, other.until) - max(self.since, other.since)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One trial: how what was heard compares with what was true."""

    found: int
    missed: int
    invented: int
    errors: tuple[float, ...] = ()  # ms, of each true silence that was heard
    eye_errors: tuple[float, ...] = ()
    other: tuple[str, ...] = ()  # what else was heard wrongly: cause, verb, impatience, sense


def compared(truth: Sequence[Silence], heard: Sequence[Silence], threshold: float) -> tuple[Verdict, list[int | None]]:
    """The verdict on one trial, and which of the heard silences each true one is (None: it was not heard).

    A silent wait is a silence longer than the threshold (ms). It is found when it is heard as one, missed when not;
    one that is heard and is not true is invented.
    """
    matches: list[int | None] = []
    for true in truth:
        best = max(range(len(heard)), key=lambda i: true.shared(heard[i]), default=None)
        fits = best is not None and true.shared(heard[best]) > 0.5 * true.length and best not in matches
        matches.append(best if fits else None)
    found = missed = 0
    errors = []
    silent = set()
    for true, match in zip(truth, matches, strict=True):
        is_heard = match is not None and heard[match].length > threshold
        if true.length > threshold:
            found, missed = found + is_heard, missed + (not is_heard)
            silent |= {match}
        if match is not None and true.length >= BRIEF:
            errors.append(abs(heard[match].length - true.length))
    invented = sum(one.length > threshold and place not in silent for place, one in enumerate(heard))
    return Verdict(found, missed, invented, tuple(errors)), matches


@dataclass(slots=True)
class Row:
    """All trials of one phenomenon."""

    id: str
    loads: bool
    verdicts: list[Verdict] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # trials that the lab itself could not play

    def json(self) -> dict[str, Any]:
        """The row as a document."""
        errors = [e for v in self.verdicts for e in v.errors]
        eye = [e for v in self.verdicts for e in v.eye_errors]
        other: dict[str, int] = {}
        for told in (o for v in self.verdicts for o in v.other):
            other[told] = other.get(told, 0) + 1
        return {
            "id": self.id,
            "n": len(self.verdicts),
            "found": sum(v.found for v in self.verdicts),
            "missed": sum(v.missed for v in self.verdicts),
            "invented": sum(v.invented for v in self.verdicts),
            **_spread("error", errors),
            **_spread("eye", eye),
            "across_loads": self.loads,
            "other": other,
            "broken": self.broken,
        }


def summed(rows: Iterable[Row]) -> dict[str, Any]:
    """All phenomena together: within a page, across loads, against the eye, and whether the requirements are met."""
    rows = list(rows)
    errors = {
        "within_page": [e for r in rows if not r.loads for v in r.verdicts for e in v.errors],
        "across_loads": [e for r in rows if r.loads for v in r.verdicts for e in v.errors],
        "eye": [e for r in rows for v in r.verdicts for e in v.eye_errors],
    }
    groups = {
        name: {"n": len(found), "median_ms": _at(found, 50), "p95_ms": _at(found, 95)} for name, found in errors.items()
    }
    missed = sum(v.missed for r in rows for v in r.verdicts)
    invented = sum(v.invented for r in rows for v in r.verdicts)
    broken = sum(len(r.broken) for r in rows)
    required: dict[str, Any] = {"missed": 0, "invented": 0}
    met = missed == invented == broken == 0
    for name, (middle, rare) in REQUIRED.items():
        required[name] = {"median_ms": middle, "p95_ms": rare}
        if found := errors[name]:
            met &= bool(np.median(found) < middle and np.percentile(found, 95) < rare)
    return {**groups, "missed": missed, "invented": invented, "broken": broken, "required": {**required, "met": met}}


def _spread(name: str, errors: list[float]) -> dict[str, float | None]:
    return {f"{name}_median_ms": _at(errors, 50), f"{name}_p95_ms": _at(errors, 95)}


def _at(errors: list[float], percent: float) -> float | None:
    return round(float(np.percentile(errors, percent)), 1) if errors else None
