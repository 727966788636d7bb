"""Who put what under load, when, and how it ended: a line a run in the workspace's `audit.jsonl`, never rewritten.

A line is written when a run begins and one when it ends, each on disk before anything else happens; a run without its
second line is one whose machine died. What was refused is told too.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from studies.workspace import Workspace

FILE: Final = "audit.jsonl"


def note(space: Workspace, what: str, run: str, when: datetime, **facts: Any) -> None:
    """Add a line: `what` (begins, ends, refused) happened to which run, when; it is on disk when this returns."""
    line = {"when": when.isoformat(), "what": what, "run": run, "who": who(), "host": socket.gethostname(), **facts}
    path = file_of(space)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write to a file opened for appending: lines of runs side by side never mix.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        os.fsync(handle)
    finally:
        os.close(handle)


def lines(space: Workspace) -> Iterator[dict[str, Any]]:
    """All that was noted, in order."""
    path = file_of(space)
    if path.exists():
        for line in path.read_bytes().splitlines():
            yield orjson.loads(line)


def file_of(space: Workspace) -> Path:
    """Where it is kept."""
    return space.root / FILE


def who() -> str:
    """The account that runs this; a machine of a build server may have none with a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"
