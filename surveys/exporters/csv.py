"""CSV that a spreadsheet opens as it is meant: UTF-8 with its mark, no text that is taken for a formula, a codebook."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from studies.words import N_
from surveys.exporting import Answers, Cell

TITLE: Final = N_("CSV, with a codebook")
SUFFIX: Final = ".csv"
#: a text that begins so is a formula to a spreadsheet (OWASP, CSV injection)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(answers: Answers, path: Path) -> list[Path]:
    """The table, and beside it `…codebook.csv`: what each column is and what its numbers mean."""
    _table(path, [[field.name for field in answers.fields], *answers.rows])
    book = path.with_name(f"{path.stem}.codebook.csv")
    languages = sorted({language for field in answers.fields for language in field.asked})
    head = [
        "column",
        "kind",
        "label",
        *(f"asked ({language})" for language in languages),
        "scale",
        "values",
        "source",
        "note",
    ]
    rows = []
    for field in answers.fields:
        values = "; ".join(f"{point} = {words}" for point, words in field.values.items())
        asked = [field.asked.get(language, "") for language in languages]
        rows.append([field.name, field.kind, field.label, *asked, field.scale, values, field.source, field.note])
    _table(book, [head, *rows])
    return [path, book]


def guarded(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula: an apostrophe before it, as spreadsheets write it themselves."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell


def _table(path: Path, rows: list[object]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow(["" if cell is None else guarded(cell) for cell in row])  # type: ignore[attr-defined]
