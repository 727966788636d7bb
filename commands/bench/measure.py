"""How fast a national log is measured, beside a database."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _


def measure(
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions of 100 sentences.")] = 200_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = 5,
    growth: Annotated[bool, typer.Option(help="Also 1, 10 and 100 million sentences, with their memory.")] = True,
    json: Json = False,
) -> None:
    """Say how fast a national log is measured, beside a database asked the same. Exit 1 when it falls short."""
    from analysis.proving import pace

    sizes = (10_000, 100_000, 1_000_000) if growth else ()
    with one_document(json) as show, progress(_("Measuring")) as watch:
        found = pace.pace(sessions, rounds, sizes, watch)
        show(found, pace.told(found))
    if not found["required"]["met"]:
        raise Failed(_("Measuring is slower than is required of it: see the table."))
