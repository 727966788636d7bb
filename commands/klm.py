"""The command that predicts the effort of a journey."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import JourneyFile, Json, Variant
from commands._terminal import one_document


def klm(
    file: JourneyFile,
    variant: Variant = None,
    language: Annotated[str | None, typer.Option(help="What is typed in; default: the journey's first.")] = None,
    json: Json = False,
) -> None:
    """Predict the effort of each step of a journey by the keystroke-level model: a lower bound, for an expert."""
    from journeys.blueprint.of_journey import efforts_of
    from journeys.klm import document, told
    from journeys.reading import read_journey

    with one_document(json) as show:
        efforts = efforts_of(read_journey(file), variant, language)
        show(document(efforts), told(efforts))
