"""The log that a name stands for: a play script, Parquet, an evidence pack, or a study of the workspace."""

from __future__ import annotations

import sys
from pathlib import Path

from studies import archive, packed, script
from studies.log import Log
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace


def log_named(name: str, space: Workspace) -> Log:
    """The log at a path, else of a study of that name; `-` is a play script on stdin.

    Raises WrongInput when it is neither, naming the studies there are.
    """
    if name == "-":
        return script.parse(sys.stdin.read(), "stdin")
    path = Path(name)
    known = archive.studies_in(space)
    looks_like_a_path = path.suffix or len(path.parts) > 1
    if path.exists() and (path.is_file() or looks_like_a_path or name not in known) and packed.is_pack(path):
        return packed.log_of(path)
    if path.is_dir() and (name not in known or looks_like_a_path):
        return archive.read_parquet(path)
    if path.is_file():
        return archive.read_parquet(path) if _is_parquet(path) else script.read(path)
    if name in known:
        return archive.read(name, space)
    there = in_a_row(known) or _("none yet")
    raise WrongInput(
        _("There is no file and no study {name}. A play script ends in .txt; studies here: {there}.").format(
            name=name, there=there
        )
    )


def parts_named(name: str, space: Workspace) -> list[tuple[Path, Path]]:
    """The files of a study's sealed parts, sentences and sessions, for who measures them without reading them whole.

    Raises WrongInput when there is no study of that name.
    """
    if name in archive.studies_in(space):
        return archive.files_of(name, space)
    there = in_a_row(archive.studies_in(space)) or _("none yet")
    raise WrongInput(
        _("There is no study {name}; what is measured piece by piece is a study. Studies here: {there}.").format(
            name=name, there=there
        )
    )


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1" or path.suffix == ".parquet"
