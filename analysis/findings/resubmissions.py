"""Citizens send the same thing in again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows, until
from analysis.measure import Measured
from studies.measuring.holdings import resubmissions_of
from studies.words import N_

TITLE: Final = N_("Citizens send {detail} in again")
SEVERITY: Final = 2
NEEDS: Final = ("submits", "refuses", "concludes")
REMEDY: Final = N_("Acknowledge what was sent in, and say what happens next and when.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each thing sent in again; what it costs is the time until the service answers it."""
    again = resubmissions_of(measured.batch, measured.presets)
    return of_rows(measured, again, until(measured.batch, "answers", "requests", "refuses", "concludes"))
