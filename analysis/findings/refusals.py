"""The service rejects what a citizen sends, or sends them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.words import N_

TITLE: Final = N_("The service refuses {detail}")
SEVERITY: Final = 3
REMEDY: Final = N_("Say before what is wanted, check while it is typed, and keep what was right.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each refusal; what it costs is the time until the citizen sends it in again."""
    return of_rows(measured, measured.batch.is_verb("refuses"), until=("submits", "leaves"))
