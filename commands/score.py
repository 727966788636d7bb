"""The command that scores a file of responses by a published instrument."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def score(
    instrument: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="sus, umux_lite, nps, ueq, …")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Responses (CSV or XLSX), one row a person.")],
    lang: Annotated[str | None, typer.Option(help="The language of rows that do not name theirs.")] = None,
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="The column that tells the group.")] = None,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    json: Json = False,
) -> None:
    """Score responses by an instrument: each person, each group, each language; never without n."""
    from surveys.score_file import score_file, told

    with one_document(json) as show:
        found = score_file(file, instrument, lang, by, confidence, workspace())
        show(found, told(found))
