"""How far a study's robots are, told by whoever runs them to whoever looks: a small file that is written whole.

A run is under way while its process lives. Shares are of the whole study, 0 to 1; moments are ISO, UTC.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from studies.planning.freezing import folder_of
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run was doing when it last said so."""

    pid: int
    what: str
    share: float
    at: str
    trouble: str = ""


def tell(study: str, space: Workspace, what: str, share: float, now: datetime, trouble: str = "") -> None:
    """Say how far a run is; the last word of a run that failed is its trouble."""
    path = folder_of(study, space) / "progress.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    when = now.astimezone(UTC).isoformat(timespec="seconds")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    told = asdict(Progress(os.getpid(), what, round(share, 4), when, trouble))
    beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def last_told(study: str, space: Workspace) -> Progress | None:
    """What the latest run said last; None where there was none."""
    try:
        return Progress(**json.loads((folder_of(study, space) / "progress.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def under_way(study: str, space: Workspace) -> Progress | None:
    """What the run that is going on said last; None where none is."""
    told = last_told(study, space)
    if told is None or told.share >= 1 or told.trouble or not _lives(told.pid):
        return None
    return told


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # where there is /proc: whoever has ended and was not fetched does not live
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()
