"""The command that writes participants' sittings into a study's log."""

from __future__ import annotations

from typing import Annotated

import typer

from studies.workspace import workspace


def seal(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the participants' sittings belong to.")],
    done: Annotated[str | None, typer.Option(metavar="PAGE", help="The page that settles the need.")] = None,
) -> None:
    """Write what was heard of participants into a study's log, those still under way left out (quiet for a minute)."""
    from journeys.participants import seal_study

    for session in seal_study(study, workspace(), done):
        typer.echo(session)
