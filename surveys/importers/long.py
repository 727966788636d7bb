"""A long table: one row an answer, with whose it is, to what, and its value."""

from __future__ import annotations

from typing import Final

from studies.words import N_, _
from surveys.cells import plain
from surveys.sheet import Sheet, columns_of
from surveys.tables import Line, Problem, Table

TITLE: Final = N_("a long table, one row an answer")
_WHO: Final = frozenset(["subj", "subject", "participant", "respondent", "person", "id", "user", "المشارك"])
_WHAT: Final = frozenset(["item", "items", "question", "questions", "variable", "السؤال"])
_HOW: Final = frozenset(["score", "scores", "value", "answer", "rating", "response", "الاجابه"])


def recognises(table: Table) -> bool:
    """Three columns: who, what, and the answer."""
    names = [plain(name) for name in table.header]
    return len(names) == 3 and names[0] in _WHO and names[1] in _WHAT and names[2] in _HOW


def read(table: Table) -> Sheet:
    """One row a person. An answer that is given again does not take the place of the first; it is told."""
    items = list(dict.fromkeys(line.cells[1].strip() for line in table.lines[1:]))
    persons: dict[str, dict[str, str]] = {}
    first: dict[str, int] = {}
    problems = []
    for line in table.lines[1:]:
        who, what, answer = (cell.strip() for cell in line.cells)
        given = persons.setdefault(who, {})
        first.setdefault(who, line.row)
        if what in given:
            problems.append(Problem(line.row, what, _("this person has answered it before; the first answer counts")))
        else:
            given[what] = answer
    rows = [Line(first[who], (who, *(given.get(item, "") for item in items))) for who, given in persons.items()]
    return Sheet("long", columns_of(["id", *items]), tuple(rows), tuple(problems))
