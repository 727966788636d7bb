"""The command that says what hurts citizens in a study, and what would mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def findings(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study, a play script (.txt) or Parquet.")],
    volumes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cases a year and tariffs by service (YAML): hours saved.")
    ] = None,
    json: Json = False,
) -> None:
    """What hurts citizens: where, how many, the moments to look at, what would mend it; weightiest first."""
    from analysis.found import findings as found_in
    from analysis.found import told
    from analysis.leaders.cost import read_volumes
    from analysis.measure import measure
    from studies.reading import log_named

    with one_document(json) as show:
        log = log_named(study, workspace())
        found = found_in(log, measure(log), read_volumes(volumes) if volumes else None)
        show({"study": study, "findings": [one.json() for one in found]}, told(found))
