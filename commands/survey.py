"""The command that asks participants: their pages served, and the links, codes and kiosks that lead there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import OutFile
from commands._terminal import say
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import workspace


def survey(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the answers belong to.")],
    instrument: Annotated[str, typer.Option(help="What is asked.")] = "sus",
    questionnaire: Annotated[
        str | None, typer.Option(metavar="FILE", help="A questionnaire (.yaml), or an XLSForm (.xlsx), instead.")
    ] = None,
    about: Annotated[
        str | None,
        typer.Option(metavar="SESSION", help="The session that is asked about, however it ended; all: each."),
    ] = None,
    door: Annotated[bool, typer.Option("--door", help="One link for whoever comes, to print as a code.")] = False,
    kiosk: Annotated[
        bool, typer.Option("--kiosk", help="A screen in a service centre, for one after another.")
    ] = False,
    qr: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the link's QR code here (SVG).")] = None,
    close: Annotated[bool, typer.Option("--close", help="Take no more answers to the study, and end.")] = False,
    to_log: Annotated[bool, typer.Option("--to-log", help="Put the answers into the study's log, and end.")] = False,
    out: OutFile = None,
    port: Annotated[int, typer.Option(help="Where the pages are served, on this machine only.")] = 8700,
) -> None:
    """Serve the participants' pages and print the link to hand out."""
    import intake
    from studies.store import Store
    from studies.workspace import is_public, public_address
    from surveys import asking
    from surveys.qr import qr_svg

    space = workspace()
    if out is not None:
        if questionnaire is None:
            raise WrongInput(_("--out writes a questionnaire down as YAML: name it with --questionnaire FILE."))
        for line in asking.written_down(questionnaire, out, space):
            say(line)
        typer.echo(out)
        return
    store = Store(space.database_url)
    try:
        if close:
            store.close_study(study)
            say(_("The study {study} takes no more answers.").format(study=study))
            return
        if to_log:
            for line in asking.into_the_log(store, study, space):
                say(line)
            return
        asked, left_out = asking.asked(questionnaire, instrument, space)
        for line in left_out:
            say(line)
        links = asking.links(store, study, asked, public_address(port), space, about=about, door=door, kiosk=kiosk)
    finally:
        store.close()
    for link in links:
        typer.echo(link)
    if qr is not None:
        qr.write_text(qr_svg(links[0]), encoding="utf-8")
    if is_public():
        say(_("Whoever opens this link takes part in {study}; ./lab intake serves it.").format(study=study))
        return
    say(_("Whoever opens this link takes part in {study}. Ctrl-C closes the pages.").format(study=study))
    intake.serve(space, port)
