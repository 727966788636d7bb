"""Where a citizen's time goes: of each session the seconds that passed at each step, and how many of them were waited.

What passes from a sentence to the next of its session belongs to the step that was current; what passes before the
first step is named belongs to none (""). The time between sittings belongs to nobody.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of

BEFORE: Final = ""  # what passes before the first step is named
SPENT: Final = pa.schema(
    [
        pa.field("session", pa.string()),
        pa.field("step", pa.string()),
        pa.field("seconds", pa.float64()),
        pa.field("waited", pa.float64()),  # of those seconds, the citizen waited for the service
    ]
)


def spent_of(batch: Batch, presets: Presets) -> pa.Table:
    """A row for each session and step that it came to, in the order in which they were come to."""
    seconds, waited, step = _spent(batch, presets)
    if not len(seconds):
        return SPENT.empty_table()
    width = len(batch.steps) + 1
    places = batch.session.astype(np.int64) * width + step + 1
    _each, first, which = np.unique(places, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rows = first[order]
    names = np.array([BEFORE, *(str(name) for name in batch.steps)], object)
    columns = [
        pa.array(batch.names.astype(object)[batch.session[rows]], pa.string()),
        pa.array(names[step[rows] + 1], pa.string()),
        pa.array(np.bincount(which, seconds)[order], pa.float64()),
        pa.array(np.bincount(which, waited)[order], pa.float64()),
    ]
    return pa.table(columns, schema=SPENT)


def _spent(batch: Batch, presets: Presets) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row the seconds until the next of its session, how many of them were waited, and the current step."""
    n = len(batch)
    if not n:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    new = np.ones(n, bool)
    new[1:] = batch.session[1:] != batch.session[:-1]
    first = np.maximum.accumulate(np.where(new, np.arange(n), 0))
    told = np.maximum.accumulate(np.where(batch.step >= 0, np.arange(n), -1))
    step = np.where(told >= first, batch.step[told], -1)
    until = batch.hearing_ends()[batch.session]
    until[:-1] = np.where(new[1:], until[:-1], batch.when[1:])
    seconds = np.maximum(until - batch.when, 0) / 1e6
    found = waits_of(batch, presets)
    waited = np.zeros(n)
    for row, opened, closed in zip(found.row.tolist(), found.opened.tolist(), found.closed.tolist(), strict=True):
        # A wait may run over several rows of its session.
        at = row
        while at < n and batch.session[at] == batch.session[row] and batch.when[at] < closed:
            waited[at] += max(0, min(closed, until[at]) - max(opened, int(batch.when[at]))) / 1e6
            at += 1
    return seconds, np.minimum(waited, seconds), step
