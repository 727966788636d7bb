"""The command that says, before a study starts, how many it takes and what it asks of an expert at the least."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, file_of, materials_of, read_whole
from studies.workspace import workspace


def plan(
    study: StudyName,
    chart: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: an SVG.")] = None,
    words: Annotated[
        bool, typer.Option("--words", help="Walk each journey once without a browser, to count what there is to read.")
    ] = False,
    json: Json = False,
) -> None:
    """Plan a study: how narrow, how likely to see a difference, how many problems seen; and the effort predicted."""
    from analysis.study_plan import plan as planned
    from commands.study._effort import effort, told
    from studies.planning.freezing import protocol_hash

    space = workspace()
    file = file_of(study, space)
    with one_document(json) as show:
        whole, journeys = read_whole(file, space)
        found = {
            "study": whole.study,
            "protocol": protocol_hash(whole, materials_of(whole, file, space)),
            **planned(whole),
            "effort": effort(whole, journeys, words),
        }
        if chart is not None:
            from analysis.charts.planning import picture

            chart.write_text(picture(found), encoding="utf-8")
        show(found, told(found))
