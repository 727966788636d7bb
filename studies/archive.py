"""Sealed sessions: a Parquet data set partitioned by study, each part written whole or not at all.

    log/study=demo/sentences-<part>.parquet
    log/study=demo/sessions-<part>.parquet

The sessions' file is written last: sentences without it were never sealed, and are not read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq

from studies.compaction import MANY, MERGED, REPLACES, OneAtATime, living, replaced_by, small
from studies.events import VERBS
from studies.log import SENTENCES, SESSIONS, Log
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

_PART: Final = re.compile(rf"sessions-(?P<part>{MERGED}?[0-9a-f]+)\.parquet")
_TRIES: Final = 5  # readings of a study whose parts are being merged meanwhile


def seal(log: Log, study: str, space: Workspace) -> None:
    """Add a log's sessions to a study, for good: after this returns they survive a power cut.

    Sentences about sessions that the study already holds (survey answers) may come in a log of their own. A session's
    row is stamped with the study. Raises Failed when the disk does not take it; the study is then as it was.
    """
    if not study.strip():
        raise WrongInput(_("A study needs a name."))
    folder = folder_of(study, space)
    folder.mkdir(parents=True, exist_ok=True)
    place = SESSIONS.get_field_index("study")
    sessions = log.sessions.set_column(place, SESSIONS.field(place), pa.array([study] * len(log.sessions), pa.string()))
    try:
        _write(Log(log.sentences, sessions), folder, _new_part())
    except OSError as cause:
        raise Failed(
            _("The log of study “{study}” could not be written to {folder}: {why}.").format(
                study=study, folder=folder, why=cause.strerror
            )
        ) from cause
    if sum(1 for _part in _parts(folder)) >= MANY:
        compact(study, space)


def compact(study: str, space: Workspace) -> None:
    """Merge a study's small parts into one, if there are many. Before, during and after, the study reads the same."""
    folder = folder_of(study, space)
    with OneAtATime(folder) as turn:
        if not turn.held:
            return
        parts = parts_in(folder)
        old = small(folder, parts)
        if len(old) >= MANY:
            put_in_place(folder, old, read_parts(folder, old))


def put_in_place(folder: Path, old: Sequence[str], log: Log) -> None:
    """Write a part that takes the place of others; whoever calls holds the folder (OneAtATime).

    From the moment it is there the others are ignored, then they go: killed at any point, nothing is read twice.
    """
    replaced = sorted({*old, *(gone for part in old if part.startswith(MERGED) for gone in replaced_by(folder, part))})
    told = log.sessions.replace_schema_metadata({REPLACES: json.dumps(replaced)})
    _write(Log(log.sentences, told), folder, MERGED + _new_part(old[0].removeprefix(MERGED)[:16]))
    for part in replaced:
        (folder / f"sessions-{part}.parquet").unlink(missing_ok=True)
        (folder / f"sentences-{part}.parquet").unlink(missing_ok=True)


def _new_part(since: str | None = None) -> str:
    """A name that no other part has; names sort in the order of sealing, a merged part's by its earliest."""
    return f"{since or format(time.time_ns(), '016x')}{uuid.uuid4().hex[:8]}"


def _write(log: Log, folder: Path, part: str) -> None:
    """The sentences first: without the sessions beside them they do not count."""
    try:
        write_whole(log.sentences, folder / f"sentences-{part}.parquet")
        write_whole(log.sessions, folder / f"sessions-{part}.parquet")
    except OSError:
        (folder / f"sentences-{part}.parquet").unlink(missing_ok=True)
        raise


def write_whole(table: pa.Table, path: Path) -> None:
    """Write one Parquet file so that a reader sees all of it or nothing, also after a crash."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            pq.write_table(table, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
        sync_folder(path.parent)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Put a folder's names on disk: a rename is only durable then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(study: str, space: Workspace) -> Log:
    """A study's whole log. Raises WrongInput, naming the studies there are, when there is none of that name."""
    folder = folder_of(study, space)
    for again in range(_TRIES):
        try:
            if parts := parts_in(folder):
                return read_parts(folder, parts)
            break
        except FileNotFoundError:  # merged away since it was listed
            if again == _TRIES - 1:
                raise
    there = in_a_row(studies_in(space)) or _("none yet")
    raise WrongInput(
        _("There is no study “{study}” in the workspace. Studies: {there}.").format(study=study, there=there)
    )


def read_parts(folder: Path, parts: Sequence[str]) -> Log:
    """What some sealed parts hold. Raises Failed for a damaged one, FileNotFoundError for one merged away meanwhile."""
    logs = [
        Log(_table(folder / f"sentences-{p}.parquet", SENTENCES), _table(folder / f"sessions-{p}.parquet", SESSIONS))
        for p in parts
    ]
    return Log.together(logs)


def read_parquet(path: Path) -> Log:
    """The log in a Parquet file of sentences, or in a folder of sealed parts; other people's files are checked.

    A file without sessions beside it is read as sessions that hear everything and begin with their first sentence.
    """
    try:
        if path.is_dir():
            return _folder_read(path)
        sentences = pq.read_table(path)
        beside = path.with_name(path.name.replace("sentences", "sessions"))
        if beside != path and beside.exists():
            return Log.checked(sentences, pq.read_table(beside))
    except (pa.ArrowInvalid, OSError) as cause:
        raise WrongInput(_("{path} cannot be read as Parquet: {cause}").format(path=path, cause=cause)) from cause
    return with_sessions(sentences)


def with_sessions(sentences: pa.Table) -> Log:
    """A log of bare sentences: each session begins with its first sentence and hears everything."""
    for name in ("session", "when"):
        if name not in sentences.column_names:
            raise WrongInput(
                _("The Parquet file has no column “{name}”: it holds no sentences of a log.").format(name=name)
            )
    started = sentences.group_by("session").aggregate([("when", "min")])
    sessions = pa.table(
        {
            "session": started["session"],
            "started": started["when_min"],
            "hears": pa.array([list(VERBS)] * len(started), pa.list_(pa.string())),
        }
    )
    if "case" not in sentences.column_names:
        sentences = sentences.append_column("case", sentences["session"])
    return Log.checked(sentences, sessions)


def studies_in(space: Workspace) -> list[str]:
    """The names of the studies that have sealed sessions."""
    folders = (f for f in space.log.glob("study=*") if f.is_dir() and any(_parts(f)))
    return sorted(unquote(f.name.removeprefix("study=")) for f in folders)


def parts_of(study: str, space: Workspace) -> tuple[str, ...]:
    """The names of a study's sealed parts: whatever was computed from it holds for as long as these are the same."""
    return tuple(parts_in(folder_of(study, space)))


def files_of(study: str, space: Workspace) -> list[tuple[Path, Path]]:
    """The files of a study's sealed parts, sentences and sessions, for who reads them piece by piece."""
    folder = folder_of(study, space)
    return [(folder / f"sentences-{p}.parquet", folder / f"sessions-{p}.parquet") for p in parts_of(study, space)]


def forget(study: str, space: Workspace) -> None:
    """Take a study's sealed sessions out of the workspace."""
    folder = folder_of(study, space)
    for part in list(_parts(folder)):
        (folder / f"sessions-{part}.parquet").unlink(missing_ok=True)
        (folder / f"sentences-{part}.parquet").unlink(missing_ok=True)
    forget_measured(study, space)


def measured_beside(study: str, space: Workspace) -> Path:
    """Where what was measured of a study is kept; it may go at any time, and is measured anew when somebody asks."""
    return space.root / "measures" / _name(study)


def forget_measured(study: str, space: Workspace) -> None:
    """Take away what was measured of a study: it still tells of whoever was taken out of the log."""
    shutil.rmtree(measured_beside(study, space), ignore_errors=True)


def folder_of(study: str, space: Workspace) -> Path:
    """Where a study's sealed parts lie, whether there are any or not."""
    return space.log / f"study={_name(study)}"


def _name(study: str) -> str:
    # Not quote()'s own safe set: a study called ".." must not lead out of the log.
    return quote(study, safe="").replace(".", "%2E")


def parts_in(folder: Path) -> list[str]:
    """The sealed parts in a study's folder that count, in the order of sealing."""
    return living(folder, _parts(folder))


def _parts(folder: Path) -> Iterator[str]:
    for path in folder.glob("sessions-*.parquet"):
        if found := _PART.fullmatch(path.name):
            yield found["part"]


def _table(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        # One file at a time: as a data set, the folder's study= would become a column.
        return pq.ParquetFile(path).read().replace_schema_metadata().select(schema.names).cast(schema)
    except FileNotFoundError:
        raise
    except (pa.ArrowInvalid, OSError, KeyError) as cause:
        raise Failed(
            _("{name} of the log is damaged: {cause}. Restore it, or move it away to read the rest.").format(
                name=path.name, cause=cause
            )
        ) from cause


def _folder_read(folder: Path) -> Log:
    logs = []
    for sentences in sorted(folder.rglob("*.parquet")):
        if sentences.name.startswith("sessions"):
            continue
        logs.append(read_parquet(sentences))
    if not logs:
        raise WrongInput(_("{folder} holds no Parquet file of sentences.").format(folder=folder))
    return Log.together(logs)
