"""Where a running study stands: how many sessions are done of those planned, cell by cell, robots and people apart.

Counted from the sessions' rows and three verbs of the sealed parts, each part once: parts never change, so that a board
that is drawn again reads what is new and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.planning.assignment import schedule
from studies.planning.running import last_told, under_way
from studies.planning.study import Study
from studies.store import Store
from studies.store.assignments import BEGUN, BROKE, GAVE_UP, WAITING, assignments_of
from studies.store.quotas import places_held
from studies.workspace import Workspace

#: what tells how a session ended, the strongest first
ENDS: Final = {"breaks": "broken", "concludes": "concluded", "leaves": "left"}
#: so many of the latest sessions are shown
LAST: Final = 8
_COLUMNS: Final = ["session", "started", "source", "task", "condition", "participant", "language"]


@dataclass(frozen=True, slots=True)
class Sat:
    """One session that was sealed: whose, of which cell, and how it ended."""

    session: str
    started: datetime | None
    who: str  # people, robots
    task: str
    condition: str
    participant: str | None
    language: str
    ended: str  # concluded, left, broken, or open: none of them


@dataclass(frozen=True, slots=True)
class Cell:
    """One task under one condition in one language: how many are planned, and how many robots and people did it."""

    task: str
    condition: str
    language: str
    planned: int
    robots: int
    people: int


@dataclass(frozen=True, slots=True)
class Board:
    """A study at a glance."""

    study: str
    planned: int
    robots: int
    people: int
    cells: tuple[Cell, ...]
    participants: int  # planned
    took_part: int  # of them, people with a session
    outcomes: dict[str, dict[str, int]]  # people or robots -> how it ended -> how many
    last: tuple[Sat, ...]
    waiting: int = 0  # tasks given to participants: not begun yet
    begun: int = 0
    dropped: int = 0  # given up, or cut off
    quotas: dict[str, tuple[int, int]] = field(default_factory=dict)  # held, the most
    running: str = ""
    share: float = 0.0
    trouble: str = ""

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        told = asdict(self)
        told["last"] = [{**one, "started": one["started"] and one["started"].isoformat()} for one in told["last"]]
        told["quotas"] = {name: {"held": held, "most": most} for name, (held, most) in self.quotas.items()}
        return told


@dataclass(frozen=True, slots=True)
class _Part:
    """What one sealed part counts up to; it never changes."""

    cells: Counter[tuple[str, str, str, str]]  # whose, task, condition, language
    ended: Counter[tuple[str, str]]  # whose, how
    people: frozenset[str]
    latest: tuple[Sat, ...]


def board(study: Study, space: Workspace, last: int = LAST) -> Board:
    """Where a study stands now."""
    turns = schedule(study)
    parts = [_part(*map(str, files)) for files in _files(study.study, space)]
    done: Counter[tuple[str, str, str, str]] = sum((one.cells for one in parts), Counter())
    ended: Counter[tuple[str, str]] = sum((one.ended for one in parts), Counter())
    took_part: set[str] = set().union(*(one.people for one in parts))
    wanted = Counter((_short(turn.task), turn.condition, turn.language) for turn in turns)
    cells = tuple(Cell(*cell, n, done["robots", *cell], done["people", *cell]) for cell, n in wanted.items())
    outcomes = {who: {how: n for (whose, how), n in ended.items() if whose == who} for who in ("people", "robots")}
    latest = sorted((sat for one in parts for sat in one.latest), key=lambda sat: str(sat.started), reverse=True)
    progress, now = last_told(study.study, space), under_way(study.study, space)
    return Board(
        study.study, len(turns), sum(outcomes["robots"].values()), sum(outcomes["people"].values()), cells,
        sum(study.languages.values()), len(took_part), outcomes, tuple(latest[:last]),
        running=now.what if now else "", share=now.share if now else 0.0, trouble=progress.trouble if progress else "",
        **_from_store(study, space),
    )  # fmt: skip


def done_of(study: str, wanted: Iterable[str], space: Workspace) -> int:
    """How many of these sessions are sealed."""
    names = pa.array(sorted(wanted), pa.string())
    found: set[str] = set()
    for _sentences, sessions in _files(study, space):
        there = _names(str(sessions))
        found.update(there.filter(pc.is_in(there, names)).to_pylist())
    return len(found)


@lru_cache(maxsize=4096)
def _names(sessions: str) -> pa.ChunkedArray:
    return pq.read_table(sessions, columns=["session"])["session"]


def _files(study: str, space: Workspace) -> list[tuple[Path, Path]]:
    if study not in archive.studies_in(space):
        return []
    return [one for one in archive.files_of(study, space) if one[1].exists()]


@lru_cache(maxsize=4096)
def _part(sentences: str, sessions: str) -> _Part:
    rows = pq.read_table(sessions, columns=[*_COLUMNS, "hears"])
    told = pq.read_table(sentences, columns=["session", "verb"], filters=pc.field("verb").isin(list(ENDS)))
    answers = pc.equal(pc.binary_join(rows["hears"], " "), "rates")  # a survey's page, no sitting with the service
    mine = pc.and_(
        pc.is_in(rows["source"], pa.array(["robot", "participant"])), pc.invert(pc.fill_null(answers, False))
    )
    rows = rows.filter(pc.fill_null(mine, False))
    who = pc.if_else(pc.equal(rows["source"], "robot"), "robots", "people")
    ended = pa.array(["open"] * len(rows), pa.string())
    for verb, ending in reversed(ENDS.items()):
        said = told.filter(pc.equal(told["verb"], verb))["session"]
        ended = pc.if_else(pc.is_in(rows["session"], said.combine_chunks()), ending, ended)
    rows = rows.append_column("who", who).append_column("ended", ended)
    for name in ("task", "condition", "language"):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pc.fill_null(rows[name], ""))
    people = rows.filter(pc.equal(rows["who"], "people"))["participant"].drop_null()
    latest = rows.sort_by([("started", "descending")]).slice(0, LAST).select([*_COLUMNS, "who", "ended"]).to_pylist()
    return _Part(
        Counter(_counted(rows, ["who", "task", "condition", "language"])),
        Counter(_counted(rows, ["who", "ended"])),
        frozenset(people.unique().to_pylist()),
        tuple(Sat(**{name: value for name, value in row.items() if name != "source"}) for row in latest),
    )


def _counted(rows: pa.Table, columns: list[str]) -> dict[Any, int]:
    counts = rows.group_by(columns).aggregate([([], "count_all")]).to_pylist()
    return {tuple(row[name] for name in columns): row["count_all"] for row in counts}


def _from_store(study: Study, space: Workspace) -> dict[str, Any]:
    """What the store knows: tasks given to participants and how far they are, and places of quotas."""
    store = Store(space.database_url)
    try:
        states = Counter(one.state for one in assignments_of(store, study.study))
        quotas = study.participants.quotas if study.participants else []
        held = places_held(store, study.study) if quotas else {}
    finally:
        store.close()
    return {
        "waiting": states[WAITING], "begun": states[BEGUN], "dropped": states[GAVE_UP] + states[BROKE],
        "quotas": {one.quota: (held.get(one.quota, 0), one.most) for one in quotas},
    }  # fmt: skip


def gaps(those: Iterable[Cell]) -> int:
    """How many sessions of robots are still to come."""
    return sum(max(0, one.planned - one.robots) for one in those)


def _short(task: str) -> str:
    return task.rpartition("/")[2]
