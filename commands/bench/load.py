"""What a load costs the machine that makes it, beside what others make of the same journey."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _


def load(
    rounds: Annotated[int, typer.Option(min=1, max=99, help="How often each is measured, in turn.")] = 7,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="How long each turn is.")] = 4.0,
    json: Json = False,
) -> None:
    """Compare journeys a processor second with a hand-written Locust file and Artillery. Exit 1 below what must be."""
    from loadtests.bench import compared

    with one_document(json) as show, progress(_("Measuring the load generator")) as watch:
        found = compared.compared(rounds, seconds, watch)
        show(found, compared.told(found))
    if missed := found["required"]["missed"]:
        raise Failed(_("Below what is required: {missed}").format(missed=", ".join(missed)))
