"""The service rejects what a citizen sends, or sends them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.findings import Caught
from analysis.findings._rows import following, of_rows, seconds
from analysis.measure import Measured
from studies.words import N_

TITLE: Final = N_("The service refuses {detail}")
SEVERITY: Final = 3
NEEDS: Final = ("refuses",)
REMEDY: Final = N_("Say before what is wanted, check while it is typed, and keep what was right.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each refusal; what it costs is the time until what was refused is sent in again, or the citizen leaves.

    A datum is given again first; a form is sent in by its own name; what is named as neither, by whatever is sent next.
    """
    batch = measured.batch
    gives, submits, leaves = (batch.is_verb(verb) for verb in ("gives", "submits", "leaves"))
    thing = batch.session * len(batch.words) + batch.about
    datum, form = ((batch.about >= 0) & np.isin(thing, thing[verb & (batch.about >= 0)]) for verb in (gives, submits))

    def sent_again(row: int) -> int | None:
        about = int(batch.about[row])
        if datum[row]:
            given = following(batch, row, gives, about)
            return None if given is None else following(batch, given, submits)
        return following(batch, row, submits, about if form[row] else None)

    def lost(row: int) -> float | None:
        ends = [end for end in (sent_again(row), following(batch, row, leaves)) if end is not None]
        return seconds(batch, row, min(ends, default=None))

    return of_rows(measured, batch.is_verb("refuses"), lost)
