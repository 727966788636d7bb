"""The command that draws a service blueprint."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import JourneyFile, OutFile, Variant
from commands._terminal import handed
from studies.workspace import workspace


def blueprint(
    file: JourneyFile,
    variant: Variant = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study whose sessions are drawn on it.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language of the blueprint.")] = None,
    out: OutFile = None,
) -> None:
    """Draw a journey's service blueprint (SVG), with the waits and questions that a study heard on it."""
    from journeys.blueprint_of import blueprint_of

    handed(blueprint_of(file, workspace(), variant=variant, study=study, lang=lang), out)
