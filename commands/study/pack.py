"""The command that hands out a study as evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, name_of
from studies.words import _
from studies.workspace import workspace


def pack(
    study: StudyName,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; default: STUDY.zip here.")
    ] = None,
    json: Json = False,
) -> None:
    """Pack a study as one file that somebody else can check: ./lab measure on it gives the same numbers."""
    import hashlib

    from analysis.pack import pack as packed
    from studies.packed import files_of

    space = workspace()
    with one_document(json) as show:
        name = name_of(study, space)
        file = packed(name, space, out or Path(f"{name}.zip"), datetime.now(UTC))
        files = files_of(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        show(
            {"study": name, "file": str(file), "sha256": digest, "files": {n: len(d) for n, d in files.items()}},
            _("{file}: {n} files, SHA-256 {sum}").format(file=file, n=len(files), sum=digest),
        )
