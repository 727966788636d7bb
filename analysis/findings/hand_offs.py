"""The service sends the citizen to another office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.words import N_

TITLE: Final = N_("Citizens are sent on to {detail}")
SEVERITY: Final = 3
REMEDY: Final = N_("Pass the case on between the offices instead of the citizen.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each hand-off; what it costs is the time until the service there answers or asks."""
    return of_rows(measured, measured.batch.is_verb("hands_off"), until=("answers", "requests", "concludes"))
