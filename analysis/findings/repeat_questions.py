"""The service asks for what it was told already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.findings._rows import of_rows
from analysis.measure import Measured
from studies.measuring.holdings import requests_of
from studies.words import N_

TITLE: Final = N_("The service asks again for {detail}, which it holds already")
SEVERITY: Final = 3
REMEDY: Final = N_("Keep what was given and carry it over, by the form and between agencies (once only).")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each request for what the case holds; what it costs is the time until it is given again."""
    return of_rows(measured, requests_of(measured.batch).repeats, until=("gives",))
