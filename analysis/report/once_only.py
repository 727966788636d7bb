"""The report's part on who asks for what is already held: the once-only matrix, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from analysis import charts, figures
from analysis.charts import once_only as charts_once_only
from analysis.comparison import who_is
from analysis.once_only import Asking, once_only, summary_of
from studies.log import Log
from studies.measuring.batch import batch_of
from studies.titles import agency_name, datum_name
from studies.words import _

#: So many cells are shown, the most asked of what is held first; the command tells them all.
MOST: Final = 40


def part(log: Log) -> dict[str, Any] | None:
    """The matrix of a study, by people's sessions where there are any, else robots'.

    None where nobody asked for what the case or the state holds, or where one office alone asked, and never again.
    """
    who, heard = _theirs(log)
    cells = once_only(batch_of(heard)) if len(heard.sessions) else []
    offices = {cell.agency for cell in cells}
    if not any(cell.although_held for cell in cells) and len(offices) < 2:
        return None
    if not any(cell.although_held or cell.held_by for cell in cells):
        return None
    label = _("Who asks for what the state already holds")
    shown = cells[:MOST]
    return {
        "who": who,
        "chart": charts.svg(charts_once_only.once_only(shown), "once_only", label),
        "rows": [_row(cell) for cell in shown],
        "said": _said(cells),
        "more": len(cells) - len(shown),
    }


def _theirs(log: Log) -> tuple[str, Log]:
    """The sessions that count: people's, else the robots'; never both together, nor citizens of a load."""
    by: dict[str, list[str]] = {}
    for name, source in zip(*(log.sessions[c].to_pylist() for c in ("session", "source")), strict=True):
        by.setdefault(who_is(source), []).append(name)
    who = "people" if by.get("people") else "robots"
    return who, log.only(by.get(who, []))


def _row(cell: Asking) -> dict[str, str]:
    return {
        "datum": datum_name(cell.datum),
        "agency": agency_name(cell.agency) or _("not told"),
        "asked": figures.number(cell.asked),
        "again": figures.number(cell.although_held),
        "cases": figures.number(cell.cases),
        "held": cell.held_by or figures.NOTHING,
    }


def _said(cells: Sequence[Asking]) -> str:
    told = summary_of(cells)
    words = _("Of {asked} questions {state} were for what the state holds, {again} for what the case held already.")
    return words.format(
        asked=figures.number(told["asked"]),
        state=figures.number(told["although_state_holds"]),
        again=figures.number(told["although_case_held"]),
    )
