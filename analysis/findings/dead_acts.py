"""What citizens press does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows, until
from analysis.measure import Measured
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("What citizens press does nothing")
SEVERITY: Final = 3
NEEDS: Final = ("acts|submits", "answers", "gives")
REMEDY: Final = N_("Make it work, or take it away.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each act that nothing ever came of; what it costs is the time until they try something else."""
    dead = waits_of(measured.batch, measured.presets).dead
    return of_rows(measured, dead, until(measured.batch, "acts", "asks", "submits", "leaves"))
