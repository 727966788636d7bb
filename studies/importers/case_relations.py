"""Pairs of cases that are one need, told apart from their events: two columns of case names, nothing else.

Nothing happened in such a file, so that no session comes of it; the pairs are counted and said to be left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from studies.cases.csv_rows import rows_of, sheet_of
from studies.events import ALL_VERBS
from studies.importing import Imported, Tally
from studies.log import Log
from studies.words import N_, _

TITLE: Final = N_("pairs of cases as .csv, which hold no events")
HEARS: Final = ALL_VERBS

_CASE: Final = "case:concept:name"


def recognises(path: Path) -> bool:
    """Two columns, both named after a case."""
    sheet = sheet_of(path)
    return sheet is not None and len(sheet.header) == 2 and all(_CASE in name for name in sheet.header)


def read(path: Path) -> Imported:
    """How many pairs there are."""
    tally, sheet = Tally(), sheet_of(path)
    rows = sum(1 for _row in rows_of(path, sheet, tally)) if sheet else 0
    if rows:
        tally.leave(_("pairs of cases"), _("they say which cases belong together, and hold no event"), rows)
    return Imported(Log.of([], []), tally.told(), rows)
