"""The command that checks the lab's statistics against worked examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Worked examples (JSON).")],
    only: Annotated[
        str | None, typer.Option(metavar="WHAT", help="surveys, analysis, or the name of one statistic.")
    ] = None,
    json: Json = False,
) -> None:
    """Evaluate worked examples of the lab's statistics. Exit 1 when one does not come out."""
    from analysis.proving.worked_examples import read_examples
    from analysis.proving.worked_examples import verify as verified

    with one_document(json) as show:
        found = verified(read_examples(file), only)
        show(found.json(), found.told())
    if found.mismatches:
        raise typer.Exit(1)
