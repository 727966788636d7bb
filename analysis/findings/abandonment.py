"""Citizens give up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.words import N_

TITLE: Final = N_("Citizens give up here")
SEVERITY: Final = 4
NEEDS: Final = ("leaves",)
REMEDY: Final = N_("Watch these moments: what came just before is what drove them away.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each time somebody left before it was settled."""
    return of_rows(measured, measured.batch.is_verb("leaves"))
