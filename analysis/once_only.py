"""Who asks citizens for what the state already holds: the once-only matrix, agency by datum.

The once-only principle (EU Regulation 2018/1724, art. 14): what one office holds, no other asks for again. Of each
agency and datum: how often it asked, how often although the case held it already (the citizen had given it), and who in
the state holds it in any case (studies/topics.yaml).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.holdings import requests_of
from studies.titles import agency_name, datum_name
from studies.topics import dictionary
from studies.words import _


@dataclass(frozen=True)
class Asking:
    """One agency and one datum."""

    agency: str | None
    datum: str
    asked: int
    although_held: int  # by the case: repeat questions
    cases: int
    held_by: str | None  # who in the state holds it, whoever the citizen

    def json(self) -> dict[str, Any]:
        """Its columns by name."""
        return asdict(self)


def once_only(batch: Batch) -> list[Asking]:
    """The matrix's cells in which something was asked, the most asked of what is held first."""
    rows = np.flatnonzero(batch.is_verb("requests") & (batch.about >= 0))
    if not len(rows):
        return []
    width = len(batch.words) + 1
    cells, which = np.unique((batch.agency[rows] + 1) * width + batch.about[rows], return_inverse=True)
    asked = np.bincount(which, minlength=len(cells))
    repeats = np.bincount(which[requests_of(batch).repeats[rows]], minlength=len(cells))
    pairs = np.unique(np.stack([which, batch.case[rows]]), axis=1)
    cases = np.bincount(pairs[0], minlength=len(cells))
    known = dictionary()
    found = []
    for cell, n, again, of_cases in zip(cells.tolist(), asked.tolist(), repeats.tolist(), cases.tolist(), strict=True):
        agency, datum = cell // width - 1, str(batch.words[cell % width])
        held = known[datum].held if datum in known else ""
        name = None if agency < 0 else str(batch.words[agency])
        found.append(Asking(name, datum, n, again, of_cases, held or None))
    return sorted(found, key=lambda one: (-bool(one.held_by) * one.asked, -one.asked, one.datum, one.agency or ""))


def summary_of(cells: Sequence[Asking]) -> dict[str, int]:
    """Questions in all, those for what the case held, and those for what an office of the state holds."""
    return {
        "asked": sum(cell.asked for cell in cells),
        "although_case_held": sum(cell.although_held for cell in cells),
        "although_state_holds": sum(cell.asked for cell in cells if cell.held_by),
    }


def told(cells: Sequence[Asking]) -> str:
    """The matrix as lines, and what it amounts to."""
    if not cells:
        return _("Nobody was asked for anything.")
    head = (_("agency"), _("datum"), _("asked"), _("again"), _("held by"))
    lines = ["{:<24} {:<24} {:>7} {:>7}  {}".format(*head)]
    lines += [
        f"{agency_name(cell.agency) or '–':<24} {datum_name(cell.datum):<24} {cell.asked:>7} {cell.although_held:>7}"
        f"  {cell.held_by or '–'}"
        for cell in cells
    ]
    all_of_it = _("Of {asked} questions {state} were for what the state holds, {again} for what the case held already.")
    figures = summary_of(cells)
    lines.append(
        all_of_it.format(
            asked=figures["asked"], state=figures["although_state_holds"], again=figures["although_case_held"]
        )
    )
    return "\n".join(lines)
