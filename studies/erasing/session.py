"""Taking sessions out of everything that was observed: their sentences, pictures, what was found on their pages.

A sealed part is never changed: one without the sessions takes its place, as when parts are merged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from studies import archive
from studies.compaction import OneAtATime
from studies.erasing.beside import beside, files_in, take_away, take_made
from studies.events import FURTHER
from studies.log import Log
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was taken out, by kind."""

    sentences: int = 0
    sessions: int = 0
    files: int = 0


def erase_sessions(
    study: str, names: Collection[str], space: Workspace, participant: str | None = None
) -> Erased | None:
    """Take sessions and their further sittings out of a study, and all of a participant; None where it cannot be
    finished just now.

    What a participant's browser told goes whole; of what was heard of others (a robot's walk, a recorded call) only
    the answers about it go. Killed in between, the same call finishes it: the log, which tells whose it is, goes last.
    """
    folder = archive.folder_of(study, space)
    if not folder.is_dir():
        return Erased()
    with OneAtATime(folder) as turn:
        if not turn.held:
            return None
        parts = archive.parts_in(folder)
        # Answers may come in a part of their own, without the row of the session that they are about.
        whole = {name for name in names if name.startswith("survey-") or name.endswith("-desk")}
        for part in parts:
            whole |= _theirs_in(archive.read_parts(folder, [part]), names, participant)
        found = {part: gone for part in parts if (gone := _gone_from(folder, part, names, whole))}
        archive.forget_measured(study, space)
        files = 0
        try:
            if any(gone.sessions for gone in found.values()):
                for path in beside(whole, space):
                    files += len(files_in(path))
                    take_away(path)
                files += take_made(study, whole, space)
        except OSError:  # a disk that takes nothing away just now
            return None
        for part, gone in found.items():
            log = archive.read_parts(folder, [part])
            left = Log(log.sentences.filter(pc.invert(gone.said)), log.sessions.filter(pc.invert(gone.row)))
            archive.put_in_place(folder, [part], left)
    archive.forget_measured(study, space)  # somebody may have looked just now
    return Erased(sum(gone.sentences for gone in found.values()), sum(gone.sessions for gone in found.values()), files)


@dataclass(frozen=True, slots=True)
class _Gone:
    """Which of a part's sentences and sessions go, as masks, and how many."""

    said: pa.ChunkedArray
    row: pa.ChunkedArray
    sentences: int
    sessions: int


def _theirs_in(log: Log, names: Collection[str], participant: str | None) -> set[str]:
    """The sessions of a part that go whole."""
    rows = log.sessions
    told = pc.and_(is_one_of(rows["session"], names), equal(rows["source"], "participant"))
    theirs = told if participant is None else pc.or_(told, equal(rows["participant"], participant))
    return set(rows.filter(theirs)["session"].to_pylist())


def _gone_from(folder: Path, part: str, names: Collection[str], whole: Collection[str]) -> _Gone | None:
    log = archive.read_parts(folder, [part])
    answers = pc.and_(is_one_of(log.sentences["session"], names), equal(log.sentences["verb"], "rates"))
    said = pc.or_(is_one_of(log.sentences["session"], whole), answers)
    row = is_one_of(log.sessions["session"], whole)
    n_said, n_rows = pc.sum(said).as_py() or 0, pc.sum(row).as_py() or 0
    return _Gone(said, row, n_said, n_rows) if n_said or n_rows else None


def equal(column: pa.ChunkedArray, word: str) -> pa.ChunkedArray:
    """Which rows of a column say this word."""
    return pc.fill_null(pc.equal(column, word), False)


def is_one_of(column: pa.ChunkedArray, names: Collection[str]) -> pa.ChunkedArray:
    """Which rows of a column are one of these sessions, or a further sitting of it."""
    bare = pc.replace_substring_regex(column, FURTHER, "")
    wanted = pa.array(sorted(names), pa.string())
    return pc.or_(pc.is_in(column, wanted), pc.is_in(bare, wanted))
