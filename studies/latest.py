"""What was observed lately: one line a study, for whoever opens the workbench."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pyarrow.compute as pc

from studies import archive
from studies.log import Log
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Latest:
    """One study: how many were observed, by what, whether they got through, and when the last was.

    `trouble` says why nothing could be read of it.
    """

    study: str
    sessions: int
    by_source: dict[str, int]
    concluded: int
    journeys: tuple[str, ...]
    conditions: tuple[str, ...]
    last: datetime | None
    trouble: str = ""

    def through(self) -> str:
        """Which journeys, the first few by name."""
        shown = ", ".join(self.journeys[:3])
        more = len(self.journeys) - 3
        return _("{names} and {n} more").format(names=shown, n=more) if more > 0 else shown


def latest(space: Workspace) -> list[Latest]:
    """Every study of the workspace, the one observed last first."""
    told = [_told(study, space) for study in archive.studies_in(space)]
    return sorted(told, key=lambda one: one.last.timestamp() if one.last else 0.0, reverse=True)


def source_name(source: str) -> str:
    """What was heard there, in words."""
    names = {
        "robot": _("robots"),
        "participant": _("participants"),
        "load": _("load citizens"),
        "call": _("calls"),
        "chat": _("chats"),
        "case": _("case files"),
        "observer": _("observed sessions"),
    }
    return names.get(source, _("of unknown source"))


def _told(study: str, space: Workspace) -> Latest:
    try:
        return _of(study, space, archive.parts_of(study, space))
    except Failed as damaged:  # one study that cannot be read must not hide the others
        return Latest(study, 0, {}, 0, (), (), None, str(damaged))


@lru_cache(maxsize=256)
def _of(study: str, space: Workspace, state: tuple[str, ...]) -> Latest:
    log = archive.read(study, space)
    return Latest(
        study=study,
        sessions=len(log.sessions),
        by_source=_counted(log, "source"),
        concluded=len(_saying(log, "concludes")),
        journeys=tuple(sorted({row for row in _about(log, "begins") if row})),
        conditions=tuple(c for c in _counted(log, "condition") if c),
        last=pc.max(log.sessions["started"]).as_py(),
    )


def _counted(log: Log, column: str) -> dict[str, int]:
    counts = log.sessions.group_by(column).aggregate([([], "count_all")]).to_pylist()
    return {row[column] or "": row["count_all"] for row in sorted(counts, key=lambda row: row[column] or "")}


def _saying(log: Log, verb: str) -> set[str]:
    return set(log.sentences.filter(pc.equal(log.sentences["verb"], verb))["session"].to_pylist())


def _about(log: Log, verb: str) -> list[str | None]:
    return log.sentences.filter(pc.equal(log.sentences["verb"], verb))["about"].to_pylist()
