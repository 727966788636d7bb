"""LimeSurvey: responses as CSV or XLSX, headed by codes (`SUS[SQ001]`), words, or both; answers as codes or words."""

from __future__ import annotations

import re
from typing import Final

from studies.words import N_
from surveys.cells import plain, unguarded
from surveys.sheet import Role, Sheet, columns_of
from surveys.tables import Line, Table

TITLE: Final = N_("LimeSurvey responses")
_OWN: Final = ({"id", "submitdate", "lastpage", "startlanguage"}, {"response id", "date submitted", "last page"})
_BOTH: Final = re.compile(r"^(?P<code>[A-Za-z][A-Za-z0-9]*(?:[\[_][A-Za-z0-9]+\]?)?)\s*[.:]\s+(?P<text>.{3,})$", re.S)
_TIMES: Final = re.compile(r"(?:group|question)?time[\w\[\]]*$|interviewtime$", re.I)


def recognises(table: Table) -> bool:
    """LimeSurvey's own columns are there, by their codes or in words."""
    names = {_code(name) for name in table.header}
    return any(len(own & names) >= 3 for own in _OWN)


def read(table: Table) -> Sheet:
    """Codes and words of the questions told apart; who never pressed “submit” is not complete."""
    both = [_BOTH.match(name.strip()) for name in table.header]
    split = sum(one is not None for one in both) > len(both) / 2
    names = [one["code"] if split and one else name for one, name in zip(both, table.header, strict=True)]
    texts = [_words(one["text"] if split and one else "") for one in both]

    def known(name: str) -> Role | None:
        if plain(name) in ("submitdate", "date submitted"):
            return "complete"
        if plain(name) in ("datestamp", "date last action"):
            return "time"
        return "system" if _TIMES.match(name.strip()) else None

    lines = tuple(Line(line.row, tuple(map(unguarded, line.cells))) for line in table.lines[1:])
    return Sheet("limesurvey", columns_of(names, texts, known), lines, codes=True)


def _code(name: str) -> str:
    one = _BOTH.match(name.strip())
    return plain(one["code"] if one else name)


def _words(text: str) -> str:
    # An array's question stands before its row: “How far do you agree? [The system was easy to use]”.
    row = re.search(r"\[([^\]]{4,})\]\s*$", text)
    return row[1] if row else text
