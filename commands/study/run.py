"""The command that runs a study with robots."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Beside, Json, Player
from commands._terminal import one_document, progress
from commands.study._protocol import StudyName, file_of
from studies.words import _
from studies.workspace import workspace


def run(
    study: StudyName,
    player: Player = Player.browser,
    side_by_side: Beside = 1,
    participant: Annotated[
        str | None, typer.Option(help="Only what the protocol assigns to this one, in their order.")
    ] = None,
    json: Json = False,
) -> None:
    """Run a study with robots, from its protocol to its report. Stopped or killed, the same command goes on."""
    from commands.study import _robots

    space = workspace()
    file = file_of(study, space)
    with one_document(json) as show, progress(_("Running the study")) as watch:
        ran = _robots.run(file, space, player.value, side_by_side, watch, datetime.now(UTC), participant)
        show(ran.json(), ran.told())
