"""Marked rows of a batch as catches: at which step they were, what they are about, what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from analysis.findings import Caught
from analysis.measure import Measured
from studies.measuring.batch import Batch


def of_rows(
    measured: Measured, rows: np.ndarray, lost: Callable[[int], float | None] | None = None
) -> Iterator[Caught]:
    """Each marked row, at the step that was current; `lost` tells the seconds that a row cost, None where it cannot."""
    batch = measured.batch
    for row in np.flatnonzero(rows).tolist():
        session = int(batch.session[row])
        at = row
        while at > 0 and batch.step[at] < 0 and batch.session[at - 1] == session:
            at -= 1
        step = str(batch.steps[batch.step[at]]) if batch.step[at] >= 0 else ""
        detail = str(batch.words[batch.about[row]]) if batch.about[row] >= 0 else ""
        yield Caught(session, step, int(batch.when[row]), lost(row) if lost else None, detail)


def following(batch: Batch, row: int, marked: np.ndarray, about: int | None = None) -> int | None:
    """The next marked row of the session (about so and so, where told); None where there is none."""
    after = row + 1
    while after < len(batch) and batch.session[after] == batch.session[row]:
        if marked[after] and (about is None or batch.about[after] == about):
            return after
        after += 1
    return None


def seconds(batch: Batch, row: int, end: int | None) -> float | None:
    """From one row to another that ends it; None where nothing does."""
    return None if end is None else max(0, int(batch.when[end] - batch.when[row])) / 1e6


def until(batch: Batch, *verbs: str) -> Callable[[int], float | None]:
    """What a row costs that lasts until the session's next of these verbs."""
    ends = batch.is_verb(*verbs)
    return lambda row: seconds(batch, row, following(batch, row, ends))
