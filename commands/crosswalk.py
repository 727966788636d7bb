"""The command that says what a study shows in the words of others' frameworks."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._agreeing import opened
from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def crosswalk(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study of the workspace.")],
    service: Annotated[str | None, typer.Option(help="One service alone; costs in a year need one.")] = None,
    condition: Annotated[
        str | None, typer.Option(help="as_is, redesigned …; default: as_is where the study has it, else all.")
    ] = None,
    json: Json = False,
) -> None:
    """UK GDS, OMB A-11 section 280, EU eGovernment Benchmark, standard cost model: each figure and how it was made."""
    from analysis.crosswalk import crosswalk as crosswalk_of
    from analysis.crosswalk import told
    from analysis.leaders.agreed import volumes
    from analysis.leaders.ground import ground
    from analysis.leaders.scoreboard_told import usual_condition

    space = workspace()
    with one_document(json) as show, opened(space) as store:
        found = ground(study, space, store)
        assert found is not None  # without a patience it is waited for
        chosen = crosswalk_of(found, volumes(store), condition or usual_condition(found), service)
        show(chosen.json(), told(chosen))
