"""Where a running study stands: how many sessions are done of those planned, cell by cell, robots and people apart.

Done is a session that was planned, however many sittings it took. Counted from the sessions' rows and what tells how
they ended, each sealed part once: parts never change, so that a board that is drawn again reads what is new only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.events import FURTHER
from studies.measuring.batch import Heard, batch_from
from studies.measuring.marks import REPLIES
from studies.measuring.outcomes import outcomes
from studies.planning.assignment import Turn, schedule
from studies.planning.running import last_told, under_way
from studies.planning.study import Study
from studies.store import Store
from studies.store.assignments import BEGUN, BROKE, GAVE_UP, WAITING, assignments_of
from studies.store.quotas import places_held
from studies.workspace import Workspace

#: what tells how a session ended
ENDS: Final = [*REPLIES, "leaves", "breaks"]
#: so many of the latest sessions are shown
LAST: Final = 8
_COLUMNS: Final = ["session", "started", "source", "task", "condition", "participant", "language"]
_SAID: Final = ["session", "case", "when", "seq", "until", "verb", "channel", "sense"]


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
    ended: str  # its outcome


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
    took_part: int  # of them, people with a session that was planned
    outcomes: dict[str, dict[str, int]]  # people or robots -> how it ended -> how many
    last: tuple[Sat, ...]
    waiting: int = 0  # tasks given to participants: not begun yet
    begun: int = 0
    dropped: int = 0  # people's sessions that were given up or cut off, each once
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
    """What one sealed part tells; it never changes."""

    names: dict[str, pa.Array]  # people or robots -> the sessions that they sat, whichever sitting it was
    ended: Counter[tuple[str, str]]  # whose, how
    left: frozenset[str]  # people's sessions in which they went away
    latest: tuple[Sat, ...]


def board(study: Study, space: Workspace, last: int = LAST) -> Board:
    """Where a study stands now."""
    turns = schedule(study)
    parts = [_part(*map(str, files)) for files in _files(study.study, space)]
    ended: Counter[tuple[str, str]] = sum((one.ended for one in parts), Counter())
    done = {who: _taken(turns, [one.names[who] for one in parts]) for who in ("people", "robots")}
    wanted, robots, people = (Counter(map(_cell, those)) for those in (turns, done["robots"], done["people"]))
    cells = tuple(Cell(*cell, n, robots[cell], people[cell]) for cell, n in wanted.items())
    hows = {who: {how: n for (whose, how), n in ended.items() if whose == who} for who in done}
    latest = sorted((sat for one in parts for sat in one.latest), key=lambda sat: str(sat.started), reverse=True)
    progress, now = last_told(study.study, space), under_way(study.study, space)
    return Board(
        study.study, len(turns), len(done["robots"]), len(done["people"]), cells,
        sum(study.languages.values()), len({turn.participant for turn in done["people"]}), hows, tuple(latest[:last]),
        running=now.what if now else "", share=now.share if now else 0.0, trouble=progress.trouble if progress else "",
        **_from_store(study, space, frozenset().union(*(one.left for one in parts))),
    )  # fmt: skip


def done_of(study: str, turns: Sequence[Turn], space: Workspace) -> list[Turn]:
    """Which of these turns were taken, by a robot or by a person."""
    return _taken(turns, [_names(str(sessions)) for _sentences, sessions in _files(study, space)])


def _taken(turns: Sequence[Turn], names: Iterable[pa.Array]) -> list[Turn]:
    """The turns that are among these sessions, each once, under a robot's name or a person's."""
    of_name = {name: turn for turn in turns for name in (turn.session, turn.of_person)}
    wanted = pa.array(of_name, pa.string())
    found = {name for some in names for name in some.filter(pc.is_in(some, wanted)).to_pylist()}
    return list({turn.session: turn for turn in (of_name[name] for name in sorted(found))}.values())


@lru_cache(maxsize=4096)
def _names(sessions: str) -> pa.Array:
    return _bare(pq.read_table(sessions, columns=["session"]))


def _bare(rows: pa.Table) -> pa.Array:
    """The sessions of some rows, by the names they were given, whichever sitting it was."""
    return pc.unique(pc.replace_substring_regex(rows["session"], FURTHER, ""))


def _files(study: str, space: Workspace) -> list[tuple[Path, Path]]:
    if study not in archive.studies_in(space):
        return []
    return [one for one in archive.files_of(study, space) if one[1].exists()]


@lru_cache(maxsize=4096)
def _part(sentences: str, sessions: str) -> _Part:
    rows = pq.read_table(sessions, columns=[*_COLUMNS, "ended", "hears"])
    said = pq.read_table(sentences, columns=_SAID, filters=pc.field("verb").isin(ENDS))
    answers = pc.equal(pc.binary_join(rows["hears"], " "), "rates")  # a survey's page, no sitting with the service
    mine = pc.and_(
        pc.is_in(rows["source"], pa.array(["robot", "participant"])), pc.invert(pc.fill_null(answers, False))
    )
    rows = rows.filter(pc.fill_null(mine, False))
    who = pc.if_else(pc.equal(rows["source"], "robot"), "robots", "people")
    heard = Heard.of(rows)
    how = outcomes(batch_from(said.filter(pc.is_in(said["session"], heard.names)), heard))
    rows = rows.drop_columns(["ended"]).append_column("who", who).append_column("ended", pa.array(how, pa.string()))
    for name in ("task", "condition", "language"):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pc.fill_null(rows[name], ""))
    latest = rows.sort_by([("started", "descending")]).slice(0, LAST).select([*_COLUMNS, "who", "ended"]).to_pylist()
    return _Part(
        {whose: _bare(rows.filter(pc.equal(rows["who"], whose))) for whose in ("people", "robots")},
        Counter(_counted(rows, ["who", "ended"])),
        frozenset(
            _bare(rows.filter(pc.and_(pc.equal(rows["who"], "people"), pc.equal(rows["ended"], "left")))).to_pylist()
        ),
        tuple(Sat(**{name: value for name, value in row.items() if name != "source"}) for row in latest),
    )


def _counted(rows: pa.Table, columns: list[str]) -> dict[Any, int]:
    counts = rows.group_by(columns).aggregate([([], "count_all")]).to_pylist()
    return {tuple(row[name] for name in columns): row["count_all"] for row in counts}


def _from_store(study: Study, space: Workspace, left: frozenset[str]) -> dict[str, Any]:
    """What the store knows: tasks given to participants and how far they are, and places of quotas.

    Whoever was given a task dropped out when they gave it up: one who went away may still come back to it.
    """
    store = Store(space.database_url)
    try:
        given = {one.session: one.state for one in assignments_of(store, study.study)}
        quotas = study.participants.quotas if study.participants else []
        held = places_held(store, study.study) if quotas else {}
    finally:
        store.close()
    states = Counter(given.values())
    dropped = states[GAVE_UP] + states[BROKE] + len(left - given.keys())
    return {
        "waiting": states[WAITING], "begun": states[BEGUN], "dropped": dropped,
        "quotas": {one.quota: (held.get(one.quota, 0), one.most) for one in quotas},
    }  # fmt: skip


def gaps(those: Iterable[Cell]) -> int:
    """How many sessions of robots are still to come."""
    return sum(max(0, one.planned - one.robots) for one in those)


def _cell(turn: Turn) -> tuple[str, str, str]:
    return turn.task.rpartition("/")[2], turn.condition, turn.language
