"""Google Forms: the questions' own words as the header, behind the time of the answer."""

from __future__ import annotations

from typing import Final

from studies.words import N_
from surveys.cells import plain
from surveys.sheet import Role, Sheet, columns_of
from surveys.tables import Table

TITLE: Final = N_("Google Forms")
#: “Timestamp” in the languages of the forms that people send; as `plain` leaves it
STAMPS: Final = frozenset(
    ["timestamp", "horodateur", "zeitstempel", "marca temporal", "informazioni cronologiche", "طابع زمني"]
    + ["carimbo de data/hora", "tijdstempel", "zaman damgası", "الطابع الزمني"]
)


def recognises(table: Table) -> bool:
    """The first column is the time of the answer, and questions follow."""
    return plain(table.header[0]) in STAMPS and len(table.header) > 1


def read(table: Table) -> Sheet:
    """The table, its first column the time."""

    def known(name: str) -> Role | None:
        if plain(name) == "score":  # of a form that is a quiz
            return "system"
        return "time" if plain(name) in STAMPS else None

    return Sheet("google_forms", columns_of(table.header, known=known), table.lines[1:])
