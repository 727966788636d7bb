"""The audit trail as a person reads it: newest first, what was begun and how it ended on one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from studies import dates
from studies.house import audit
from studies.titles import whole
from studies.words import N_, _
from studies.workspace import Workspace

PER_PAGE: Final = 50
NOT_TOLD: Final = {"when", "what", "run", "who", "host", "doing", "ending", audit.BEFORE}
UNENDED: Final = N_("has not ended")


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit trail as people read it, at one moment: what was done, where the chain is broken, its newest link."""

    rows: tuple[dict[str, Any], ...]  # the newest first; what ended lies in the row of what began
    broken: tuple[int, ...]
    head: str
    n: int
    people: tuple[str, ...]
    deeds: tuple[str, ...]


def state(space: Workspace) -> tuple[int, int]:
    """Changes whenever the trail does."""
    path = audit.file_of(space)
    told = path.stat() if path.exists() else None
    return (told.st_size, told.st_mtime_ns) if told else (0, 0)


def read(space: Workspace) -> Trail:
    """The whole trail, what began and how it ended in one row; where its chain is broken is told, not raised."""
    lines, rows, begun = list(audit.lines(space)), [], dict[str, dict[str, Any]]()
    for line in lines:
        if line["what"] == "ends" and (began := begun.pop(line.get("run", ""), None)) is not None:
            began.update({name: value for name, value in line.items() if name not in ("when", "what", audit.BEFORE)})
            began["ending"] = line.get("ending")
            continue
        rows.append(dict(line))
        if line["what"] == "begins":
            begun[line["run"]] = rows[-1]
    people = tuple(sorted({row["who"] for row in rows if row.get("who")}))
    deeds = tuple(sorted({_deed(row) for row in rows}))
    return Trail(tuple(reversed(rows)), tuple(audit.broken(space)), audit.head(space), len(lines), people, deeds)


def pages(rows: Sequence[dict[str, Any]]) -> int:
    """How many pages so many rows fill."""
    return max(1, -(-len(rows) // PER_PAGE))


def found(trail: Trail, who: str | None = None, deed: str | None = None) -> list[dict[str, Any]]:
    """The rows of one person or all, of one deed or all, the newest first."""
    return [r for r in trail.rows if who in (None, r.get("who")) and deed in (None, _deed(r))]


def table(rows: Sequence[dict[str, Any]], page: int = 1) -> pd.DataFrame:
    """One page of rows (from 1), with every value whole."""
    told = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return pd.DataFrame(
        {
            _("When (UTC)"): [_when(row) for row in told],
            _("Who"): [row.get("who", "") for row in told],
            _("What was done"): [_deed(row) for row in told],
            _("With what"): [_facts(row) for row in told],
            _("How it ended"): [_ending(row) for row in told],
        }
    )


def _deed(row: dict[str, Any]) -> str:
    # A load's own lines (an older lab's too) are named by their run.
    return str(row.get("doing") or str(row.get("run", "")).split("-")[0] or row["what"])


def _when(row: dict[str, Any]) -> str:
    return dates.figure(datetime.fromisoformat(row["when"]), "%H:%M:%S") if row.get("when") else ""


def _facts(row: dict[str, Any]) -> str:
    """Every fact with its whole value, a line each (as Markdown breaks lines)."""
    told = {name: value for name, value in row.items() if name not in NOT_TOLD}
    return "  \n".join(whole(f"{name}: {_value(value)}") for name, value in told.items())


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _ending(row: dict[str, Any]) -> str:
    if row["what"] == "begins":
        ending = row.get("ending")
        return _(UNENDED) if ending is None else audit.in_words(ending)
    return audit.in_words(row["what"])
