"""The command that serves the participants' pages."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._terminal import say
from studies.words import _
from studies.workspace import workspace


def survey(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the answers belong to.")],
    instrument: Annotated[str, typer.Option(help="What is asked.")] = "sus",
    port: Annotated[int, typer.Option(help="Where the pages are served, on this machine only.")] = 8700,
) -> None:
    """Serve the participants' pages and print the link to hand out."""
    import intake
    from studies.store import Store
    from surveys.invitations import invite, link

    space = workspace()
    store = Store(space.database_url)
    token = invite(store, study, instrument, space=space)
    store.close()
    typer.echo(link(f"http://127.0.0.1:{port}", token))
    say(_("Whoever opens this link takes part in {study}. Ctrl-C closes the pages.").format(study=study))
    intake.serve(space, port)
