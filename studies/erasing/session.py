"""Taking one session out of everything that was observed: its sentences, its pictures, what was found on its pages.

A sealed part is never changed: one without the session takes its place, as when parts are merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from studies import archive
from studies.compaction import OneAtATime
from studies.erasing.beside import beside, files_in, take_away, take_made
from studies.log import Log
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was taken out, by kind."""

    sentences: int = 0
    sessions: int = 0
    files: int = 0


def erase_session(study: str, session: str, space: Workspace) -> Erased | None:
    """Take a session and its further sittings out of a study; None where that cannot be finished just now.

    What a participant's browser told goes whole; of what was heard of others (a robot's walk, a recorded call) only
    the answers about it go. Killed in between, the same call finishes it: the log, which tells whose it is, goes last.
    """
    folder = archive.folder_of(study, space)
    if not folder.is_dir():
        return Erased()
    with OneAtATime(folder) as turn:
        if not turn.held:
            return None
        found = {part: gone for part in archive.parts_in(folder) if (gone := _gone_from(folder, part, session))}
        archive.forget_measured(study, space)
        files = 0
        try:
            if any(gone.sessions for gone in found.values()):
                for path in beside({session}, space):
                    files += len(files_in(path))
                    take_away(path)
                files += take_made(study, [session], space)
        except OSError:  # a disk that takes nothing away just now
            return None
        for part, gone in found.items():
            whole = archive.read_parts(folder, [part])
            left = Log(whole.sentences.filter(pc.invert(gone.said)), whole.sessions.filter(pc.invert(gone.row)))
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


def _gone_from(folder: Path, part: str, session: str) -> _Gone | None:
    whole = archive.read_parts(folder, [part])
    own = _is(whole.sentences["session"], session)
    rows = _is(whole.sessions["session"], session)
    theirs = pc.and_(rows, pc.equal(pc.fill_null(whole.sessions["source"], ""), "participant"))
    # Answers may come in a part of their own, without the row of the session that they are about.
    everything = pc.any(theirs).as_py() or session.startswith("survey-") or session.endswith("-desk")
    said = own if everything else pc.and_(own, pc.equal(whole.sentences["verb"], "rates"))
    row = rows if everything else pa.chunked_array([pa.array([False] * len(whole.sessions), pa.bool_())])
    n_said, n_rows = pc.sum(said).as_py() or 0, pc.sum(row).as_py() or 0
    return _Gone(said, row, n_said, n_rows) if n_said or n_rows else None


def _is(names: pa.ChunkedArray, session: str) -> pa.ChunkedArray:
    # A participant who came back later went on in a further sitting: visit, visit~2, …
    return pc.or_(pc.equal(names, session), pc.starts_with(names, f"{session}~"))
