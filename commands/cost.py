"""The command that says what a service costs those who must use it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def cost(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study, a play script (.txt) or Parquet.")],
    volumes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cases a year and tariffs by service (YAML): hours and money.")
    ] = None,
    json: Json = False,
) -> None:
    """Measured minutes of each service and step; hours and money a year where volumes and tariffs are told."""
    from analysis.cost import burdens, read_volumes, told
    from analysis.measure import measure
    from studies.reading import log_named

    with one_document(json) as show:
        known = read_volumes(volumes) if volumes else {}
        log = log_named(study, workspace())
        found = burdens(log, measure(log))
        show({"study": study, "services": [b.json(known.get(b.service)) for b in found]}, told(found, known))
