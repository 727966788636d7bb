"""The sessions of a study as a list that stays quick however many they are: searched, sorted, a page at a time.

Asked of what was measured and kept (analysis/measures_kept.py) by DuckDB, which reads only the columns and rows that
are shown; one session's sentences are read by its case, not with the whole log. Times in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import measures_kept
from analysis.evidence import Study
from analysis.figures import island, measured, number, sentence
from analysis.measure import VALUE, measure, metrics, worded
from studies import archive, dates
from studies.log import SENTENCES, SESSIONS, Log
from studies.measuring.outcomes import outcome_name
from studies.measuring.presets import Presets
from studies.planning.conditions import condition_name
from studies.titles import service_name
from studies.troubles import WrongInput
from studies.untold import untold
from studies.words import N_, _
from studies.workspace import Workspace

PER_PAGE: Final = 25
LATEST: Final = "started"
#: what is asked of a list besides words, and what the column is called where it was kept
FILTERS: Final = {"task": "service", "condition": "condition", "source": "source", "outcome": "outcome"}
SHOWN: Final = ("outcome", "time_on_task", "silent_waits", "longest_silence", "repeat_questions", "hand_offs")
SOURCES: Final = {
    "robot": N_("robot"),
    "participant": N_("participant"),
    "load": N_("load"),
    "call": N_("call"),
    "chat": N_("chat"),
    "case": N_("case file"),
    "observer": N_("observer"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for: words in a session's name, filters, which metric comes first, which page (from 1)."""

    words: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = LATEST
    ascending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, how many sessions it is a page of, and how many pages there are."""

    rows: list[dict[str, Any]]
    total: int
    pages: int
    page: int

    @property
    def sessions(self) -> list[str]:
        """The names of the sessions on this page."""
        return [row["session"] for row in self.rows]


def kept_file(study: str, space: Workspace) -> Path:
    """The file in which a study's sessions are kept measured, after measuring what was not yet.

    Raises WrongInput for a study that there is not.
    """
    path = archive.measured_beside(study, space) / "sessions.parquet"
    parts = archive.parts_of(study, space)
    if not parts or not _holds(path, parts):
        measures_kept.measured(study, space)
    return path


def _holds(path: Path, parts: tuple[str, ...]) -> bool:
    """Is everything sealed in it, by the definitions in force? Asked of its first bytes, not of its rows."""
    try:
        state = json.loads((pq.read_schema(path).metadata or {}).get(measures_kept.STATE, b"{}"))
    except (OSError, pa.ArrowInvalid):
        return False
    return tuple(state.get("parts", ())) == parts and state.get("made by") == measures_kept.made_by(Presets())


def listed(study: str, space: Workspace, asked: Asked) -> Listed:
    """One page of a study's sessions. What cannot be heard of a session stands behind what can, either way round."""
    path = kept_file(study, space)
    sort = asked.sort if asked.sort in sortable() else LATEST
    where, values = _where(asked, choices(study, space)["task"] if asked.words else [])
    way = "ASC" if asked.ascending else "DESC"
    columns = ", ".join(
        ["session", *FILTERS.values(), "participant", "started"]
        + [f"{m}, {m}_state" for m in dict.fromkeys([*SHOWN, *([sort] if sort != LATEST else [])]) if not worded(m)]
    )
    written = path.stat().st_mtime_ns
    return _listed(path, written, columns, where, tuple(values), f"{sort} {way}", PER_PAGE, asked.page)


@lru_cache(maxsize=64)
def _listed(
    path: Path, written: int, columns: str, where: str, values: tuple[Any, ...], order: str, most: int, wanted: int
) -> Listed:
    """A page read once is there at once when a reader comes back to it, until the file is written anew."""
    with _over(source=[path]) as db:
        total = _one(db, f"SELECT count(*) FROM source WHERE {where}", values)
        pages = max(-(-total // most), 1)
        page = min(max(wanted, 1), pages)
        told: Any = db.sql(
            f"SELECT {columns} FROM source WHERE {where} ORDER BY {order} NULLS LAST, session"
            f" LIMIT {most} OFFSET {(page - 1) * most}",
            params=list(values),
        ).to_arrow_table()
    return Listed(told.to_pylist(), total, pages, page)


def _where(asked: Asked, services: Sequence[str]) -> tuple[str, list[Any]]:
    """The condition of a list as SQL; what a reader has typed goes in as values only. Services go by title, too."""
    parts, values = ["true"], list[Any]()
    for word in asked.words.split():
        known = "contains(lower(concat_ws(' ', session, service, condition, participant)), lower(?))"
        parts.append(f"({known} OR service IN (SELECT unnest(?::VARCHAR[])))")
        values += [word, tuple(one for one in services if word.casefold() in service_name(one).casefold())]
    for name, value in asked.filters.items():
        if name in FILTERS and value:
            parts.append(f"{FILTERS[name]} = ?")
            values.append(value)
    return " AND ".join(parts), values


def choices(study: str, space: Workspace) -> dict[str, list[str]]:
    """What each filter can be, of what this study has."""
    path = kept_file(study, space)
    return _choices(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _choices(path: Path, written: int) -> dict[str, list[str]]:
    found = {}
    with _over(source=[path]) as db:
        for name, column in FILTERS.items():
            query = f"SELECT DISTINCT {column} FROM source WHERE {column} <> '' ORDER BY 1"
            found[name] = [str(value) for (value,) in db.sql(query).fetchall() if value is not None]
    return found


def sortable() -> list[str]:
    """What a list can be sorted by: when a session began, and every metric that is a number."""
    return [LATEST, *(metric for metric in metrics() if not worded(metric))]


def there(study: str, session: str, space: Workspace) -> bool:
    """Is there a session of this name in the study?"""
    path = kept_file(study, space)
    return _there(path, path.stat().st_mtime_ns, session)


@lru_cache(maxsize=64)
def _there(path: Path, written: int, session: str) -> bool:
    with _over(source=[path]) as db:
        return bool(_one(db, "SELECT count(*) FROM source WHERE session = ?", [session]))


def case_of(study: str, session: str, space: Workspace) -> Study:
    """One session with its whole case, measured: what a page needs to show it. Raises WrongInput where it is gone."""
    return _case_of(study, session, space, archive.parts_of(study, space))


@lru_cache(maxsize=16)
def _case_of(study: str, session: str, space: Workspace, parts: tuple[str, ...]) -> Study:
    files = archive.files_of(study, space)
    tables = {"sentences": [said for said, _rows in files], "sessions": [rows for _said, rows in files]}
    with _over(kept=[kept_file(study, space)], **tables) as db:
        row = db.sql('SELECT "case" FROM kept WHERE session = ?', params=[session]).fetchall()
        if not row:
            raise gone(study, session)
        said = _of(db, "sentences", "case", [row[0][0]])
        rows = _of(db, "sessions", "session", sorted({session, *said["session"].unique().to_pylist()}))
    log = Log.together([Log(_as(said, SENTENCES), _as(rows, SESSIONS))])
    heard = sorted(log.heard(), key=lambda one: (one.started, one.session), reverse=True)
    return Study(study, log, measure(log), tuple(heard), ())


def gone(study: str, session: str) -> WrongInput:
    """What a link to a session that is not there any more is told."""
    return WrongInput(
        _("There is no session “{session}” in “{study}”: it was erased or withdrawn, or the link is wrong.").format(
            session=session, study=study
        )
    )


@contextmanager
def _over(**tables: Sequence[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory whose tables are Parquet files; it writes nothing."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name, files in tables.items():
            paths = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{paths}], hive_partitioning = false)")
        yield db


def _of(db: duckdb.DuckDBPyConnection, table: str, column: str, wanted: Sequence[str]) -> pa.Table:
    query = f'SELECT * FROM {table} WHERE "{column}" IN (SELECT unnest(?))'
    found: Any = db.sql(query, params=[list(wanted)]).to_arrow_table()
    return found


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    return table.select(schema.names).cast(schema)


def _one(db: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any]) -> int:
    return int(db.sql(query, params=list(values)).fetchall()[0][0])


# --- as it is shown ---------------------------------------------------------------------------------------------------


def table(page: Listed, sort: str = LATEST) -> pd.DataFrame:
    """A page of the list in words, in the language in force; what it is sorted by always has a column."""
    shown = [*SHOWN, *([sort] if sort not in (*SHOWN, LATEST) else [])]
    columns: dict[str, list[str]] = {
        _("Session"): [row["session"] for row in page.rows],
        _("Journey"): [service_name(row["service"]) for row in page.rows],
        _("Condition"): [condition_name(row["condition"]) for row in page.rows],
        _("Who"): [source_name(row["source"]) for row in page.rows],
        _("Began"): [began(row) for row in page.rows],
    }
    for metric in shown:
        columns[_(metrics()[metric].TITLE)] = [_told(metric, row) for row in page.rows]
    return pd.DataFrame(columns)


def _told(metric: str, row: dict[str, Any]) -> str:
    value = row[metric]
    if metric == "outcome":
        return outcome_name(value or "")
    if row[f"{metric}_state"] != VALUE or value is None:
        return _(row[f"{metric}_state"])
    if worded(metric):
        return outcome_name(value)
    unit = metrics()[metric].UNIT
    return measured(round(value, 1), unit) if unit == "s" else number(value)


def row_name(row: dict[str, Any]) -> str:
    """A session in a choice: its name, what it went through, when."""
    parts = [row["session"], service_name(row["service"]), condition_name(row["condition"])]
    return sentence(" · ".join([*(island(part) for part in parts if part), began(row)]))


def began(row: dict[str, Any]) -> str:
    """When a session began; that it has no date, where none is known."""
    return _("no date") if untold(row["started"]) else dates.figure(row["started"])


def source_name(source: str | None) -> str:
    """Who was heard, in words."""
    return _(SOURCES[source]) if source in SOURCES else source or ""


def filter_name(name: str, value: str) -> str:
    """What a filter lets through, in words; all, where it is not set."""
    if not value:
        return _("all")
    match name:
        case "condition":
            return condition_name(value)
        case "task":
            return service_name(value)
        case "source":
            return source_name(value)
        case "outcome":
            return outcome_name(value)
    return value


def sort_name(metric: str) -> str:
    """What a list is sorted by, in words."""
    return _("When it began") if metric == LATEST else _(metrics()[metric].TITLE)
