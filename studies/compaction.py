"""Many small parts of a study made into one, so that reading a study stays quick however it was gathered.

The merged part names in its Parquet metadata the parts that it replaces; from the moment it is there they are ignored,
and only then taken away. Killed at any point, a study reads the same.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

MANY: Final = 64  # small parts before they are merged
SMALL: Final = 8 * 1024 * 1024  # bytes of sentences
REPLACES: Final = b"khutwa.replaces"
MERGED: Final = "m"  # the first letter of a merged part's name


def living(folder: Path, parts: Iterable[str]) -> list[str]:
    """The parts that no merged part has replaced, in the order of sealing."""
    there = set(parts)
    gone = {old for part in there if part.startswith(MERGED) for old in replaced_by(folder, part)}
    return sorted(there - gone, key=lambda part: part.removeprefix(MERGED))


def replaced_by(folder: Path, part: str) -> list[str]:
    """The parts whose content a merged part has taken over."""
    told = pq.read_schema(folder / f"sessions-{part}.parquet").metadata or {}
    return list(json.loads(told.get(REPLACES, b"[]")))


def small(folder: Path, parts: Iterable[str]) -> list[str]:
    """Those of the parts that are worth merging."""
    return [part for part in parts if (folder / f"sentences-{part}.parquet").stat().st_size < SMALL]


class OneAtATime:
    """Holds a study's folder for merging; `held` is false where another process is at it. Ends with its process."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / ".merging").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.held = True
        except BlockingIOError:
            self.held = False

    def __enter__(self) -> OneAtATime:
        return self

    def __exit__(self, *_why: object) -> None:
        self._file.close()
