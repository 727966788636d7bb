"""The command that writes a study's report."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import OutFile
from studies.troubles import WrongInput
from studies.words import _, languages
from studies.workspace import workspace


def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study to report on.")],
    lang: Annotated[str, typer.Option(help="The language of the report.")] = "en",
    out: OutFile = None,
) -> None:
    """Write a study's report, one HTML file that holds everything."""
    from analysis.report import write

    if lang not in languages():
        raise WrongInput(
            _("There is no language {lang}. There are: {there}.").format(lang=lang, there=", ".join(languages()))
        )
    made = write(study, workspace(), lang)
    if out is not None:
        out.write_bytes(made.read_bytes())
    typer.echo(out or made)
