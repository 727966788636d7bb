"""GSA Touchpoints: the thumbs of OMB A-11 since 2023, one 1 or 0 for each driver praised or blamed."""

from __future__ import annotations

from typing import Final

from studies.words import N_, _
from surveys.sheet import Sheet, columns_of
from surveys.tables import Problem, Table

TITLE: Final = N_("GSA Touchpoints (OMB A-11, thumbs)")


def recognises(table: Table) -> bool:
    """The drivers stand there twice, praised and blamed."""
    names = set(table.header)
    return {"question_1", "positive_ease", "negative_ease"} <= names


def read(table: Table) -> Sheet:
    """Every column is kept as an own question: a 1 or 0 is no rating from 1 to 5, so no driver gets a score from it."""
    why = _("these are 1 and 0 and no ratings from 1 to 5: they are kept as own questions, and no driver has a score")
    return Sheet("touchpoints", columns_of(table.header), table.lines[1:], (Problem(None, None, why),))
