"""A plain table: one row a person, one column a question, under a header."""

from __future__ import annotations

from typing import Final

from studies.words import N_
from surveys.sheet import Sheet, columns_of
from surveys.tables import Table

TITLE: Final = N_("a plain table, one row a person")


def recognises(_table: Table) -> bool:
    """Whatever no other format is."""
    return True


def read(table: Table) -> Sheet:
    """The table as it stands."""
    return Sheet("plain", columns_of(table.header), table.lines[1:])
