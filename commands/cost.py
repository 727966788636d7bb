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
        Path | None,
        typer.Option(
            metavar="FILE", help="Cases a year and tariffs by service (YAML); default: as ./lab volume knows."
        ),
    ] = None,
    condition: Annotated[str | None, typer.Option(help="as_is, redesigned …; default: all.")] = None,
    json: Json = False,
) -> None:
    """Minutes of each service and step; hours and money a year, and what remedies save, where volumes are told."""
    from analysis.found import findings_in, under
    from analysis.leaders.agreed import volumes as agreed
    from analysis.leaders.burdens import burdens, burdens_in
    from analysis.leaders.cost import read_volumes
    from analysis.leaders.cost_told import costs, told
    from analysis.measure import measure
    from analysis.measures_kept import frames_of, measured, spent_at_hand
    from commands._agreeing import opened
    from studies import archive
    from studies.reading import log_named

    space = workspace()
    with one_document(json) as show:
        known = read_volumes(volumes) if volumes else {}
        if study in archive.studies_in(space) and not Path(study).is_file():
            kept = measured(study, space)
            there = burdens_in(kept.sessions, spent_at_hand(study, space))
            if not volumes:
                with opened(space) as store:
                    known = agreed(store)
        else:
            log = log_named(study, space)
            kept, there = frames_of(log), burdens(log, measure(log))
        hurts = findings_in(under(kept.sessions, condition), kept.caught, known)
        found = costs(study, there, known, hurts, condition)
        show(found.json(), told(found))
