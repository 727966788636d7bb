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
    """Draw a journey's service blueprint, with the waits and questions that a study heard on it.

    As SVG, or as a picture where --out names a .png file.
    """
    from journeys.blueprint.of_journey import blueprint_of, picture_of

    drawn = blueprint_of(file, workspace(), variant=variant, study=study, lang=lang)
    handed(picture_of(drawn) if out is not None and out.suffix.lower() == ".png" else drawn, out)
