"""Citizens press again while they wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Citizens press again while they wait")
SEVERITY: Final = 1
NEEDS: Final = ("acts|asks|submits", "answers")
REMEDY: Final = N_("Show at once that the first press was taken.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each act while a wait was open."""
    return of_rows(measured, waits_of(measured.batch, measured.presets).impatient)
