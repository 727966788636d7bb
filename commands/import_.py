"""The command that brings in what other tools have recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import InStudy, Json, OutFile
from commands._terminal import one_document
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import workspace


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="What other tools have recorded.")],
    study: InStudy = None,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="journey: read a script or a trace as a journey to walk.")
    ] = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Bring what other tools have recorded into a study, or (--as journey) their scripts, and say what is left out."""
    if as_ not in (None, "journey"):
        raise WrongInput(_("--as {kind}: there is only --as journey.").format(kind=as_))
    if as_ == "journey":
        from journeys.exchange import brought_in

        with one_document(json) as show:
            show(*brought_in(files, workspace(), out, datetime.now(UTC)))
        return
    if study is None:
        raise WrongInput(_("Which study do the sessions belong to? Name it: --study NAME."))
    from studies.importing import bring_into

    with one_document(json) as show:
        brought = bring_into(study, files, workspace())
        told = [b.json() for b in brought]
        show(told[0] if len(told) == 1 else told, "\n".join(b.told() for b in brought))
