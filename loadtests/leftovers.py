"""What a load and the browser beside it measured before the lab itself died: the next load puts it into the log.

It becomes a study of its own, `…_interrupted`, so that half a load never mixes with one that was made anew.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from loadtests.probes.probing import forget, logs_in
from loadtests.recording import log_of, read_run
from studies import archive
from studies.events import Session
from studies.log import Log
from studies.workspace import Workspace

PLAN: Final = "plan.json"
JOURNEYS: Final = "journeys.jsonl"


def run_files(folder: Path) -> list[Path]:
    """The files of a run's journeys: one, and of a load that several machines make one a machine."""
    return sorted(folder.glob(JOURNEYS.replace(".", "*.")))


@contextmanager
def under_way(folder: Path, facts: dict[str, Any]) -> Iterator[None]:
    """Mark a run as somebody's for as long as this process lives; `facts` are the columns that its sessions share."""
    with (folder / PLAN).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go by the system when this process dies, however it does
        file.write(orjson.dumps(facts))
        file.flush()
        yield


def held(folder: Path) -> bool:
    """Is somebody making this run at this moment, in this process or another?"""
    try:
        with (folder / PLAN).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def seal_leftovers(space: Workspace) -> int:
    """Seal the journeys of runs that nobody holds any more; how many there were."""
    found = 0
    for run_file in [file for folder in sorted(space.runs.glob("load-*")) for file in run_files(folder)]:
        plan = run_file.with_name(PLAN)
        if not plan.exists():
            continue
        with plan.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if text := file.read():  # empty: it died before it had begun
                found += _seal(run_file, orjson.loads(text), space)
            run_file.unlink(missing_ok=True)
    return found


def _seal(run_file: Path, facts: dict[str, Any], space: Workspace) -> int:
    study = f"{facts['study']}_interrupted"
    walked = [log_of(read_run(run_file), **facts | {"study": study}), *logs_in(run_file.parent)]
    log = Log.together(walked)
    # It may have died between sealing and forgetting: what is in the log already is not sealed again.
    held = {s.session for name in {study, facts["study"]} for s in _sessions(name, space)}
    new = [s.session for s in log.heard() if s.session not in held]
    if new:
        archive.seal(log.only(new), study, space)
    forget(run_file.parent)
    return len(new)


def _sessions(study: str, space: Workspace) -> list[Session]:
    return archive.read(study, space).heard() if study in archive.studies_in(space) else []
