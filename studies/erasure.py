"""Taking one session out of everything that was observed: its sentences, its pictures, what was found on its pages.

A sealed part is never changed: one without the session takes its place, as when parts are merged.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from studies import archive, replays
from studies.compaction import MERGED, REPLACES, OneAtATime, living, replaced_by
from studies.log import Log
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was taken out, by kind."""

    sentences: int = 0
    sessions: int = 0
    files: int = 0


def erase_session(study: str, session: str, space: Workspace) -> Erased | None:
    """Take a session and its further sittings out of a study; None where another program holds the log just now.

    What a participant's browser told goes whole; of what was heard of others (a robot's walk, a recorded call) only
    the answers about it go.
    """
    folder = archive._folder(space, study)
    sentences = sessions = 0
    if folder.is_dir():
        with OneAtATime(folder) as turn:
            if not turn.held:
                return None
            for part in living(folder, archive._parts(folder)):
                gone = _out_of(folder, part, session)
                sentences, sessions = sentences + gone[0], sessions + gone[1]
    archive.forget_measured(study, space)
    files = _files_of(study, session, space) if sessions else 0
    return Erased(sentences, sessions, files)


def _out_of(folder: Path, part: str, session: str) -> tuple[int, int]:
    whole = archive._read(folder, [part])
    own = _is(whole.sentences["session"], session)
    rows = _is(whole.sessions["session"], session)
    if not (pc.any(own).as_py() or pc.any(rows).as_py()):
        return 0, 0
    theirs = pc.and_(rows, pc.equal(pc.fill_null(whole.sessions["source"], ""), "participant"))
    # Answers may come in a part of their own, without the row of the session that they are about.
    everything = pc.any(theirs).as_py() or session.startswith("survey-")
    everything = everything or session.endswith("-desk")
    said = own if everything else pc.and_(own, pc.equal(whole.sentences["verb"], "rates"))
    row = rows if everything else pa.chunked_array([pa.array([False] * len(whole.sessions), pa.bool_())])
    n_said, n_rows = pc.sum(said).as_py() or 0, pc.sum(row).as_py() or 0
    if n_said or n_rows:
        replaced = [part, *(replaced_by(folder, part) if part.startswith(MERGED) else [])]
        told = whole.sessions.filter(pc.invert(row)).replace_schema_metadata({REPLACES: json.dumps(replaced)})
        name = MERGED + archive._new_part(part.removeprefix(MERGED)[:16])
        archive._write(Log(whole.sentences.filter(pc.invert(said)), told), folder, name)
        for old in replaced:
            (folder / f"sessions-{old}.parquet").unlink(missing_ok=True)
            (folder / f"sentences-{old}.parquet").unlink(missing_ok=True)
    return n_said, n_rows


def _is(names: pa.ChunkedArray, session: str) -> pa.ChunkedArray:
    # A participant who came back later went on in a further sitting: visit, visit~2, …
    return pc.or_(pc.equal(names, session), pc.starts_with(names, f"{session}~"))


def _files_of(study: str, session: str, space: Workspace) -> int:
    """Pictures, replays and findings of a session, and whatever report or job names it, go too."""
    # Imported here: it stands on the store, and the store's own withdrawal stands on this file.
    from studies.participant_erasure import _beside_the_log, _made_of

    files = 0
    for path in sorted(_beside_the_log({session}, space)):
        files += sum(one.is_file() for one in path.rglob("*")) if path.is_dir() else 1
        if path.is_dir():
            replays.forget(path)
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in set(_made_of(study, [session], space)):
        path.unlink(missing_ok=True)
        files += 1
    return files
