"""The command that says how the services stand: what the leader's page shows."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._agreeing import opened
from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def scoreboard(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study of the workspace.")],
    condition: Annotated[
        str | None, typer.Option(help="as_is, redesigned …; default: as_is where the study has it, else all.")
    ] = None,
    instrument: Annotated[str | None, typer.Option(help="Which answers are satisfaction; default: most asked.")] = None,
    period: Annotated[str, typer.Option(help="all, year (four quarters) or quarter.")] = "year",
    json: Json = False,
) -> None:
    """Satisfaction, what citizens bear, what changed, targets, the findings worth most; each with how sure it is."""
    from analysis.leaders.ground import ground
    from analysis.leaders.scoreboard_told import board_of, told

    space = workspace()
    with one_document(json) as show, opened(space) as store:
        found = ground(study, space, store)
        assert found is not None  # without a patience it is waited for
        board = board_of(found, store, condition, instrument, period)
        show(board.json(), told(board))
