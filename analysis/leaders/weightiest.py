"""The findings of a study that are worth most, in a line each: what somebody who opens the workbench should hear."""

from __future__ import annotations

from analysis.findings_tables import every
from analysis.leaders.ground import ground
from analysis.leaders.scoreboard_told import finding_told, usual_condition
from studies.soon import soon
from studies.store import Store
from studies.words import spoken
from studies.workspace import Workspace

MOST = 3


def weightiest(study: str, store: Store, space: Workspace) -> list[tuple[str, str]] | None:
    """Key and words of the findings worth most; None while they are being worked out, beside the page."""
    found = ground(study, space, store, 0.0)
    if found is None:
        return None
    mine = usual_condition(found)
    rows = soon(("findings", study, spoken(), mine), lambda: every(found, store, mine), 0.3)
    if rows is None:
        return None
    told: dict[str, str] = {}
    for row in rows:
        words = finding_told(row)
        told.setdefault(row.finding.key, f"{words.what} · {words.where}" if words.where else words.what)
    return list(told.items())[:MOST]
