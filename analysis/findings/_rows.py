"""Marked rows of a batch as catches: at which step they were, what they are about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.findings import Caught
from analysis.measure import Measured


def of_rows(measured: Measured, rows: np.ndarray, until: tuple[str, ...] = ()) -> Iterator[Caught]:
    """Each marked row, at the step that was current; what it costs is the time until the session's next such verb."""
    batch = measured.batch
    ends = batch.is_verb(*until) if until else np.zeros(len(batch), bool)
    for row in np.flatnonzero(rows).tolist():
        session = int(batch.session[row])
        at = row
        while at > 0 and batch.step[at] < 0 and batch.session[at - 1] == session:
            at -= 1
        step = str(batch.steps[batch.step[at]]) if batch.step[at] >= 0 else ""
        detail = str(batch.words[batch.about[row]]) if batch.about[row] >= 0 else ""
        lost = 0.0
        after = row + 1
        while until and after < len(batch) and batch.session[after] == session:
            if ends[after]:
                lost = max(0, int(batch.when[after] - batch.when[row])) / 1e6
                break
            after += 1
        yield Caught(session, step, int(batch.when[row]), lost, detail)
