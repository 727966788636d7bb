"""The audit trail as a person reads it: newest first, what was begun and how it ended on one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from studies import dates
from studies.house import audit
from studies.words import N_, _
from studies.workspace import Workspace

MOST: Final = 500  # rows on the page
NOT_TOLD: Final = {"when", "what", "run", "who", "host", "doing", "ending", audit.BEFORE}
UNENDED: Final = N_("has not ended")
WORDS: Final = {
    "did": N_("done"), "refused": N_("refused"), "torn": N_("half a line"), "done": N_("done"),
    "ran its time": N_("ran its time"), "stopped": N_("stopped by hand"),
}  # fmt: skip


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


def table(trail: Trail, who: str | None = None, deed: str | None = None) -> pd.DataFrame:
    """The newest rows, of one person or all, of one deed or all."""
    wanted = (r for r in trail.rows if who in (None, r.get("who")) and deed in (None, _deed(r)))
    told = [row for _n, row in zip(range(MOST), wanted, strict=False)]
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
    told = {name: value for name, value in row.items() if name not in NOT_TOLD}
    return " · ".join(f"{name}: {_value(value)}" for name, value in told.items())


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _ending(row: dict[str, Any]) -> str:
    if row["what"] == "begins":
        ending = row.get("ending")
        return _(UNENDED) if ending is None else _(WORDS.get(ending, ending))
    return _(WORDS.get(row["what"], row["what"]))
