"""By how much waits grow with the number of citizens: a straight line through each agency's waits.

How many are there is the latest `lab notes load value=…` where there is one, else the number of sittings under way. The
line is by least squares; there is none where its slope may be chance (two-sided, 95 %) or is not upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.waits import Waits

#: Fewer waits than these draw no line.
ENOUGH: Final = 20


@dataclass(frozen=True)
class LoadLine:
    """By how many seconds a wait grows with each further citizen, and the fewest that there were."""

    slope: float
    fewest: float


def there_at(batch: Batch, moments: np.ndarray) -> np.ndarray:
    """How many citizens were there at each moment (µs)."""
    load = np.flatnonzero(batch.words == "load")
    told = batch.is_verb("notes") & ~np.isnan(batch.value)
    rows = np.flatnonzero(told & (batch.about == load[0])) if len(load) else load
    if len(rows):
        rows = rows[np.argsort(batch.when[rows], kind="stable")]
        place = np.searchsorted(batch.when[rows], moments, side="right") - 1
        return batch.value[rows][np.maximum(place, 0)]
    begun = np.searchsorted(np.sort(batch.of_started), moments, side="right")
    over = np.searchsorted(np.sort(batch.hearing_ends()), moments, side="left")
    return (begun - over).astype(float)


def load_lines(batch: Batch, waits: Waits, usable: np.ndarray) -> dict[int, LoadLine]:
    """The line of each agency (its code) whose waits, of those that are usable, grow with the load."""
    agency = batch.agency[waits.row]
    there, seconds = there_at(batch, waits.opened), (waits.closed - waits.opened) / 1e6
    found = {}
    for one in np.unique(agency).tolist():
        mine = usable & (agency == one)
        if line := _line(there[mine], seconds[mine]):
            found[one] = line
    return found


def by_load(batch: Batch, agency: np.ndarray, moments: np.ndarray, lines: dict[int, LoadLine]) -> np.ndarray:
    """The seconds that load adds to waits which open at these moments, as the lines say."""
    there, found = there_at(batch, moments), np.zeros(len(moments))
    for one, line in lines.items():
        mine = agency == one
        found[mine] = line.slope * (there[mine] - line.fewest)
    return np.maximum(found, 0.0)


def _line(there: np.ndarray, seconds: np.ndarray) -> LoadLine | None:
    n = len(there)
    if n < ENOUGH or there.min() == there.max():
        return None
    centred = there - there.mean()
    spread = float(centred @ centred)
    slope = float(centred @ seconds) / spread
    rest = seconds - seconds.mean() - slope * centred
    error = (float(rest @ rest) / (n - 2) / spread) ** 0.5
    if slope <= NormalDist().inv_cdf(0.975) * error:
        return None
    return LoadLine(slope, float(there.min()))
