"""What was observed lately: one line a study, for whoever opens the workbench."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.titles import service_name
from studies.troubles import Failed
from studies.untold import untold
from studies.words import _, in_a_row
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
        shown = in_a_row([service_name(one) for one in self.journeys[:3]])
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
    """Read from the columns that are told of, and of the sentences from those of two verbs only."""
    rows, said = [], []
    try:
        for sentences, sessions in archive.files_of(study, space):
            rows.append(pq.ParquetFile(sessions).read(columns=["session", "started", "source", "condition"]))
            wanted = pc.field("verb").isin(["begins", "concludes"])
            said.append(pq.read_table(sentences, columns=["session", "verb", "about"], filters=wanted))
    except (OSError, pa.ArrowInvalid):
        archive.read(study, space)  # which says what is wrong with it
        raise
    told, spoken = pa.concat_tables(rows), pa.concat_tables(said)
    sources = told.group_by(["session", "source"], use_threads=False).aggregate([])  # told in two parts is one session
    return Latest(
        study=study,
        sessions=len(told["session"].unique()),
        by_source=_counted(sources, "source"),
        concluded=len(spoken.filter(pc.equal(spoken["verb"], "concludes"))["session"].unique()),
        journeys=tuple(sorted(row for row in _begun(spoken) if row)),
        conditions=tuple(c for c in _counted(told, "condition") if c),
        last=None if untold(last := pc.max(told["started"]).as_py()) else last,
    )


def _counted(rows: pa.Table, column: str) -> dict[str, int]:
    counts = rows.group_by(column).aggregate([([], "count_all")]).to_pylist()
    return {row[column] or "": row["count_all"] for row in sorted(counts, key=lambda row: row[column] or "")}


def _begun(spoken: pa.Table) -> list[str | None]:
    return spoken.filter(pc.equal(spoken["verb"], "begins"))["about"].unique().to_pylist()
