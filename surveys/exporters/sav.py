"""SPSS: variables with their labels, the meaning of their values, and how they are measured."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyreadstat

from studies.words import N_
from surveys.exporting import Answers, Field

TITLE: Final = N_("SPSS (.sav)")
SUFFIX: Final = ".sav"
MOST_LABEL: Final = 256  # bytes of a variable's label
MOST_VALUE_LABEL: Final = 120
MOST_NAME: Final = 64
_RESERVED: Final = frozenset("ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split())


def write(answers: Answers, path: Path) -> list[Path]:
    """The file, which holds its own codebook. A column whose name SPSS does not allow gets one that it does."""
    names = allowed([field.name for field in answers.fields])
    columns: dict[str, Any] = {}
    texts: set[str] = set()
    for place, name in enumerate(names):
        cells = [row[place] for row in answers.rows]
        if any(isinstance(cell, str) for cell in cells):
            columns[name] = ["" if cell is None else str(cell) for cell in cells]
            texts.add(name)
        else:
            columns[name] = [math.nan if cell is None else float(cell) for cell in cells]
    frame = pd.DataFrame(columns)
    pairs = list(zip(names, answers.fields, strict=True))
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=_within(answers.study, 64),
        column_labels=[_within(field.label, MOST_LABEL) for field in answers.fields],
        variable_value_labels={
            name: {float(point): _within(words, MOST_VALUE_LABEL) for point, words in field.values.items()}
            for name, field in pairs
            if field.values and name not in texts
        },
        variable_measure={name: _measured(field, name in texts) for name, field in pairs},
    )
    return [path]


def allowed(names: list[str]) -> list[str]:
    """Names that SPSS takes, each once: a letter first, no spaces or signs, 64 bytes at most."""
    taken: set[str] = set()
    found = []
    for name in names:
        plain = re.sub(r"[^\w.]", "_", name).strip("._") or "column"
        plain = plain if plain[0].isalpha() and plain.upper() not in _RESERVED else f"v_{plain}"
        short, number = _within(plain, MOST_NAME - 4).rstrip("._"), 1
        once = short
        while once.upper() in taken:
            number += 1
            once = f"{short}_{number}"
        taken.add(once.upper())
        found.append(once)
    return found


def _within(text: str, most: int) -> str:
    # Bytes, not letters: Arabic takes two a letter, and half a letter is none.
    return text.encode()[:most].decode(errors="ignore")


def _measured(field: Field, text: bool) -> str:
    if text:
        return "nominal"
    return "scale" if field.kind == "score" else "ordinal" if field.kind == "answer" else "nominal"
