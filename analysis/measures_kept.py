"""What was measured of a study is kept beside it: a row a session, a row a finding's moment, so that pages need no log.

    measures/<study>/sessions.parquet     every metric of every session, and who, when, where
    measures/<study>/caught.parquet       each time that a rule of findings caught something
    measures/<study>/spent.parquet        the seconds that each session spent at each step (analysis/step_times.py)

Kept with the names of the sealed parts it was made from, the presets, and a sum of the definitions. Cases that newly
sealed parts speak of are measured anew; the rest stays. Parts merged change nothing; anything taken out, or measured by
other definitions, makes all of it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.sessions.session_rows import caught_of, rows_of, told_of
from analysis.step_times import spent_of
from studies import archive
from studies.compaction import MERGED, replaced_by
from studies.log import SENTENCES, SESSIONS, Log
from studies.measuring.batch import Batch, batch_from, batch_of
from studies.measuring.presets import Presets
from studies.measuring.whole_cases import Piece, pieces_of
from studies.troubles import Failed
from studies.words import _
from studies.workspace import CHECKOUT, Workspace

STATE: Final = b"khutwa.measured"
SPENT: Final = "spent.parquet"
#: more new cases than this, and reading everything once is quicker than picking them out
MANY: Final = 20_000
DEFINED_IN: Final = ("analysis/metrics/*.py", "analysis/findings/*.py", "analysis/sessions/session_rows.py",
                     "analysis/step_times.py", "studies/measuring/*.py", "studies/corrections.py")  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What was measured of a study: `sessions` a row each, `caught` a row a finding's moment, of which sealed parts."""

    sessions: pd.DataFrame
    caught: pd.DataFrame
    parts: tuple[str, ...]


def at_hand(
    study: str, space: Workspace, presets: Presets | None = None, columns: tuple[str, ...] | None = None
) -> Kept | None:
    """What is kept of a study, however old; None where nothing is, or by other definitions. Reads no log.

    `columns` of the sessions, where not all are wanted.
    """
    path = archive.measured_beside(study, space) / "sessions.parquet"
    try:
        state = _state(path)
        if state.get("made by") != made_by(presets or Presets()) or not path.with_name(SPENT).exists():
            return None
        return _read(path.parent, tuple(state["parts"]), path.stat().st_mtime_ns, columns)
    except (OSError, pa.ArrowInvalid, KeyError):  # nothing there yet, or written over just now: measured when asked
        return None


def spent_at_hand(study: str, space: Workspace) -> pd.DataFrame:
    """The seconds that each session spent at each step, as they were kept with what is at hand."""
    return _frame(pq.read_table(archive.measured_beside(study, space) / SPENT))


def is_up_to_date(kept: Kept | None, study: str, space: Workspace) -> bool:
    """Does what is kept hold all that is sealed?"""
    return kept is not None and kept.parts == archive.parts_of(study, space)


def measured(study: str, space: Workspace, presets: Presets | None = None) -> Kept:
    """What a study comes to, measured as far as it was not yet, and kept. Raises WrongInput where there is no study."""
    presets = presets or Presets()
    parts = archive.parts_of(study, space)
    there = at_hand(study, space, presets)
    if there is not None and there.parts == parts and parts:
        return there
    if not parts:
        archive.read(study, space)  # which says what studies there are
    sessions, caught, spent = _anew(there, study, space, presets, parts)
    rows = _rows_in(study, space)
    folder = archive.measured_beside(study, space)
    told = {STATE: json.dumps({"parts": list(parts), "made by": made_by(presets), "rows": rows})}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        archive.write_whole(spent, folder / SPENT)
        archive.write_whole(caught, folder / "caught.parquet")
        archive.write_whole(sessions.replace_schema_metadata(told), folder / "sessions.parquet")
    except OSError as cause:
        text = _("What was measured could not be kept in {folder}: {why}.")
        raise Failed(text.format(folder=folder, why=cause.strerror or cause)) from cause
    return Kept(_frame(sessions), _frame(caught), parts)


def frames_of(log: Log, presets: Presets | None = None) -> Kept:
    """The same of a log in memory, kept nowhere."""
    batch = batch_of(log)
    sessions = rows_of(batch, presets or Presets(), log.sentences, told_of(log.sessions))
    return Kept(_frame(sessions), _frame(caught_of(batch, presets or Presets())), ())


def made_by(presets: Presets) -> str:
    """A sum of what numbers were made by: the presets, and the text of every definition."""
    return hashlib.sha256((json.dumps(presets.told(), sort_keys=True) + _definitions()).encode()).hexdigest()


@cache
def _definitions() -> str:
    found = hashlib.sha256()
    for pattern in DEFINED_IN:
        for path in sorted(CHECKOUT.glob(pattern)):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _anew(
    there: Kept | None, study: str, space: Workspace, presets: Presets, parts: tuple[str, ...]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """All tables: what is new measured and put beside what stays, or everything."""
    files = dict(zip(parts, archive.files_of(study, space), strict=False))
    new = None if there is None else _new_parts(there.parts, study, space, files)
    cases = None if new is None else _cases_in([files[part][0] for part in new])
    if there is None or cases is None or len(cases) > MANY:
        return _measure(pieces_of(list(files.values())), presets, told_of(_heard(list(files.values()))))
    log = _of_cases(list(files.values()), cases, [files[part] for part in new or ()])
    made = _measure_batch(batch_of(log), presets, log.sentences, told_of(log.sessions))
    again = pa.array(log.sessions["session"].to_pylist(), pa.string())
    folder = archive.measured_beside(study, space)
    sessions, caught, spent = (
        pa.concat_tables([_without(pq.read_table(folder / name), again), new]).combine_chunks()
        for name, new in zip(("sessions.parquet", "caught.parquet", SPENT), made, strict=True)
    )
    return sessions, caught, spent


def _new_parts(
    known: Sequence[str], study: str, space: Workspace, files: dict[str, tuple[Path, Path]]
) -> list[str] | None:
    """The parts whose sentences were not measured yet; None where something that was measured is no more."""
    fresh, gone = [part for part in files if part not in known], set(known) - set(files)
    for part in [part for part in fresh if part.startswith(MERGED)]:
        taken_over = set(replaced_by(files[part][0].parent, part))
        if not taken_over & set(known):
            continue
        if not {old for old in taken_over if not old.startswith(MERGED)} <= set(known):
            return None  # it merges what was measured with what was not
        fresh.remove(part)
        gone -= taken_over
    state = _state(archive.measured_beside(study, space) / "sessions.parquet")
    left = sum(pq.read_metadata(files[part][0]).num_rows for part in files if part not in fresh)
    return None if gone or left != state.get("rows") else fresh


def _rows_in(study: str, space: Workspace) -> int:
    return sum(pq.read_metadata(sentences).num_rows for sentences, _sessions in archive.files_of(study, space))


def _cases_in(paths: Sequence[Path]) -> list[str]:
    tables = [pq.ParquetFile(path).read(columns=["case"]) for path in paths]
    return pa.concat_tables(tables)["case"].unique().to_pylist() if tables else []


def _of_cases(files: Sequence[tuple[Path, Path]], cases: list[str], new: Sequence[tuple[Path, Path]]) -> Log:
    """The whole log of some cases, and of the sessions that newly sealed parts tell."""
    told, rows = [], []
    for sentences, sessions in files:
        said = pq.read_table(sentences, partitioning=None, filters=[("case", "in", cases)])
        told.append(said.replace_schema_metadata().select(SENTENCES.names).cast(SENTENCES))
        rows.append(pq.ParquetFile(sessions).read().replace_schema_metadata().select(SESSIONS.names).cast(SESSIONS))
    added = [pq.ParquetFile(sessions).read(columns=["session"])["session"] for _sentences, sessions in new]
    names = {name for column in (*(table["session"] for table in told), *added) for name in column.to_pylist()}
    wanted = pa.array(sorted(names), pa.string())
    chosen = [table.filter(pc.is_in(table["session"], wanted)) for table in rows]
    return Log.together([Log(said, heard) for said, heard in zip(told, chosen, strict=True)])


def _heard(files: Sequence[tuple[Path, Path]]) -> pa.Table:
    """The sessions' rows of all parts, without what each hears; one told in two parts keeps its first row."""
    names = [name for name in SESSIONS.names if name != "hears"]
    tables = [pq.ParquetFile(sessions).read(columns=names).replace_schema_metadata() for _sentences, sessions in files]
    rows = pa.concat_tables(tables)
    rows = rows.append_column("row", pa.array(range(len(rows)), pa.int64()))
    keep = rows.group_by("session", use_threads=False).aggregate([("row", "min")])["row_min"]
    return rows.take(keep).drop_columns(["row"])


def _measure(pieces: Iterable[Piece], presets: Presets, told: pd.DataFrame) -> tuple[pa.Table, pa.Table, pa.Table]:
    made = [_measure_batch(batch_from(*piece), presets, piece[0], told) for piece in pieces]
    sessions, caught, spent = (pa.concat_tables([each[k] for each in made]).combine_chunks() for k in range(3))
    return sessions, caught, spent


def _measure_batch(
    batch: Batch, presets: Presets, said: pa.Table, told: pd.DataFrame
) -> tuple[pa.Table, pa.Table, pa.Table]:
    return rows_of(batch, presets, said, told), caught_of(batch, presets), spent_of(batch, presets)


def _without(table: pa.Table, sessions: pa.Array) -> pa.Table:
    return table.replace_schema_metadata().filter(pc.invert(pc.is_in(table["session"], sessions)))


def _state(path: Path) -> dict[str, Any]:
    told = (pq.read_schema(path).metadata or {}).get(STATE, b"{}")
    return dict(json.loads(told))


@lru_cache(maxsize=4)
def _read(folder: Path, parts: tuple[str, ...], written: int, columns: tuple[str, ...] | None) -> Kept:
    """Read once for as long as the file stays as it is; `written` is what tells."""
    sessions = pq.read_table(folder / "sessions.parquet", columns=None if columns is None else list(columns))
    return Kept(_frame(sessions), _frame(pq.read_table(folder / "caught.parquet")), parts)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.replace_schema_metadata().to_pandas(ignore_metadata=True)
    return frame
