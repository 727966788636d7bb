"""The command that sets load tests side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN…", help="The first is what the others are held against.")],
    json: Json = False,
) -> None:
    """Set load tests side by side: each measure with its interval, and the differences that matter."""
    from loadtests import comparison, history_wording

    with one_document(json) as show:
        found = comparison.compared(runs, workspace())
        show(found.json(), history_wording.told(found))
