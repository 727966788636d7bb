"""Qualtrics: three header rows (codes, words, import ids), or the first alone; previews and their columns aside."""

from __future__ import annotations

import re
from typing import Final

from studies.words import N_, _
from surveys.cells import plain
from surveys.sheet import Role, Sheet, columns_of, without
from surveys.tables import Line, Table

TITLE: Final = N_("Qualtrics, with three header rows or one")
_OWN: Final = frozenset(
    ["startdate", "enddate", "status", "progress", "duration (in seconds)", "finished", "responseid"]
)
_IMPORT_ID: Final = re.compile(r"""^\s*\{\s*["']+(?:ImportId|importId|responseId)["']+\s*:""")
_AROUND: Final = re.compile(r"_(?:First Click|Last Click|Page Submit|Click Count|DO(?:_.*)?)$")


def recognises(table: Table) -> bool:
    """Qualtrics's own columns are there."""
    return len(_OWN & {plain(name) for name in table.header}) >= 4


def read(table: Table) -> Sheet:
    """The questions' words from the second header row where there is one; previews are no responses."""
    three = len(table.lines) > 2 and any(_IMPORT_ID.match(cell) for cell in table.lines[2].cells)
    texts = [_words(cell) for cell in table.lines[1].cells] if three else None

    def known(name: str) -> Role | None:
        if plain(name) == "recordeddate":
            return "time"
        return "system" if _AROUND.search(name) or plain(name) == "enddate" else None

    columns = columns_of(table.header, texts, known)
    status = next((column.place for column in columns if plain(column.name) == "status"), None)

    def unwanted(line: Line) -> str | None:
        preview = status is not None and plain(line.cells[status]) in ("survey preview", "1", "preview")
        return _("this is a preview of the survey and no response") if preview else None

    rows, problems = without(table.lines[3 if three else 1 :], unwanted)
    return Sheet("qualtrics", columns, tuple(rows), tuple(problems))


def _words(text: str) -> str:
    # A matrix's question stands before its row: “How far do you agree? - The system was easy to use”.
    return re.split(r"\s+-\s+", text.strip())[-1]
