"""Parquet: the log as it is sealed, from another lab or from a program that writes sentences itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from studies import archive
from studies.events import ALL_VERBS
from studies.importing import Imported
from studies.words import N_

TITLE: Final = N_("Parquet with the log's columns, a file or a folder")
HEARS: Final = ALL_VERBS  # unless its sessions say otherwise


def recognises(path: Path) -> bool:
    """A Parquet file says so in its first bytes; a folder holds some."""
    if path.is_dir():
        return next(path.rglob("*.parquet"), None) is not None
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def read(path: Path) -> Imported:
    """Every sentence in the file. Raises WrongInput naming the column or the row that does not fit."""
    log = archive.read_parquet(path)
    return Imported(log, rows=len(log.sentences))
