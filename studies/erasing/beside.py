"""What names a session beside the log: pictures, replays, traffic, findings on pages, and what was made from them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from studies import replays
from studies.workspace import Workspace

TELLING: Final = 8  # letters of a name from which on it is looked for in other files


def beside(sessions: set[str], space: Workspace) -> list[Path]:
    """Files and folders of these sessions and their further sittings.

    Names are compared with what is there, never made into a path.
    """
    return sorted(
        path
        for folder in (space.pictures, space.checks)
        for path in folder.iterdir()
        if _is_of(path.name.removesuffix(".json").removesuffix(".har"), sessions)
    )


def _is_of(stem: str, sessions: set[str]) -> bool:
    return any(stem == name or stem.startswith(f"{name}~") for name in sessions)


def files_in(path: Path) -> list[Path]:
    """The files of a session's folder, or the one file that it is."""
    return [one for one in sorted(path.rglob("*")) if one.is_file()] if path.is_dir() else [path]


def take_away(path: Path) -> None:
    """Take a session's folder or file away, and what is kept in memory of it."""
    if path.is_dir():
        replays.forget(path)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def take_made(study: str, words: Iterable[str], space: Workspace) -> int:
    """Take away what was made from it: the study's reports, and what any job wrote that names them; gives how many."""
    made = set(_made(study, words, space))
    for path in made:
        path.unlink(missing_ok=True)
    return len(made)


def _made(study: str, words: Iterable[str], space: Workspace) -> Iterator[Path]:
    known = quote(study, safe=" ")
    for path in space.reports.iterdir():
        if path.is_file() and path.name.startswith(f"{known}.") and path.suffix != ".json":
            yield path
    shapes = [word.encode() for word in words if len(word) >= TELLING]
    for folder in (space.reports, space.runs, space.root / "protocols"):
        for path in folder.rglob("*"):
            if not path.is_file() or path.name == "protocol.json":
                continue
            told = path.read_bytes()
            if any(shape in told for shape in shapes):
                yield path
