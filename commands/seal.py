"""The command that writes participants' sittings into a study's log."""

from __future__ import annotations

from typing import Annotated

import typer

from studies.troubles import WrongInput
from studies.workspace import workspace


def seal(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the participants' sittings belong to.")],
    done: Annotated[str | None, typer.Option(metavar="PAGE", help="The page that settles the need.")] = None,
) -> None:
    """Write what was heard of participants into a study's log, those still under way left out (quiet for a minute)."""
    from journeys.hearing.participants import seal_study
    from studies.notes import seal_notes
    from surveys.visited import seal_visits

    space = workspace()
    sessions, nobody = [], None
    try:
        sessions = seal_study(study, space, done)
    except WrongInput as wrong:
        nobody = wrong
    # Remarks go last: they belong into sessions that are there by now.
    beside = [*seal_visits(study, space), *seal_notes(study, space)]
    if nobody is not None and not beside:
        raise nobody
    for session in dict.fromkeys([*sessions, *beside]):
        typer.echo(session)
