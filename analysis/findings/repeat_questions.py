"""The service asks for what it was told already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import following, of_rows, seconds
from analysis.measure import Measured
from studies.measuring.holdings import requests_of
from studies.words import N_

TITLE: Final = N_("The service asks again for {detail}, which it holds already")
SEVERITY: Final = 3
NEEDS: Final = ("requests", "gives")
REMEDY: Final = N_("Keep what was given and carry it over, by the form and between agencies (once only).")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each request for what the case holds; what it costs is the time until that very thing is given again."""
    batch = measured.batch
    gives = batch.is_verb("gives")

    def lost(row: int) -> float | None:
        return seconds(batch, row, following(batch, row, gives, int(batch.about[row])))

    return of_rows(measured, requests_of(batch).repeats, lost)
