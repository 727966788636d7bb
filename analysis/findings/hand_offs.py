"""The service sends the citizen to another office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Citizens are sent on to {detail}")
SEVERITY: Final = 3
NEEDS: Final = ("hands_off",)
REMEDY: Final = N_("Pass the case on between the offices instead of the citizen.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each hand-off; what it costs is the wait that it ended, since a page of the next office answers with it."""
    waits, handed = waits_of(measured.batch, measured.presets), measured.batch.is_verb("hands_off")
    mine = np.flatnonzero(np.append(handed, False)[waits.closed_row])  # -1, which nothing closed, is the last entry
    lasted = dict(zip(waits.closed_row[mine].tolist(), (waits.closed - waits.opened)[mine].tolist(), strict=True))
    return of_rows(measured, handed, lambda row: lasted[row] / 1e6 if row in lasted else None)
