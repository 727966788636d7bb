"""The command that writes a journey as the script of another tool."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import JourneyFile, OutFile
from commands._terminal import handed


def export(
    file: JourneyFile,
    as_: Annotated[str, typer.Option("--as", metavar="TOOL", help="Whose script: recorder (Chrome's).")] = "recorder",
    out: OutFile = None,
) -> None:
    """Write a journey as the script of another tool."""
    from journeys.exchange import send
    from journeys.reading import read_journey

    handed(send(read_journey(file), as_), out)
