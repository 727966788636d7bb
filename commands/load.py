"""The command that sends many citizens through a journey at once."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import BaseUrl, InStudy, JourneyFile, Json, Variant
from commands._terminal import one_document, progress, seconds_of
from studies.troubles import Failed
from studies.words import _
from studies.workspace import workspace


def load(
    file: JourneyFile,
    citizens: Annotated[int, typer.Option(min=1, help="How many citizens at once.")] = 20,
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="For how long: 20s, 2m.")] = "20s",
    variant: Variant = None,
    base_url: BaseUrl = None,
    study: InStudy = None,
    json: Json = False,
) -> None:
    """Send many citizens through a journey at once. Only services on this machine may be loaded."""
    import conduct
    from loadtests.telling import told

    with one_document(json) as show, progress(_("Loading")) as watch:
        loaded = conduct.loaded(
            file, workspace(), variant=variant, citizens=citizens, seconds=seconds_of(duration),
            base_url=base_url, study=study, watch=watch,
        )  # fmt: skip
        show(loaded.json(), told(loaded))
    if loaded.trouble:
        raise Failed(loaded.trouble)
