"""The command that brings in what other tools have recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import InStudy, Json, OutFile
from commands._terminal import one_document, progress
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import workspace


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="What other tools have recorded.")],
    study: InStudy = None,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="KIND", help="journey: a script or a trace to walk. answers: survey responses."),
    ] = None,
    out: OutFile = None,
    instrument: Annotated[str | None, typer.Option(help="Of responses: the one instrument to look for.")] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            "--map",
            metavar="FILE",
            help="YAML: which activity is which sentence (case files), which column is which item (responses).",
        ),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Of responses: the language of rows that do not name theirs.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of responses: the column of the group.")] = None,
    look: Annotated[bool, typer.Option("--look", help="Say what was understood, keep nothing.")] = False,
    json: Json = False,
) -> None:
    """Bring what other tools have recorded into a study, sessions or survey responses, and say what is left out.

    With --as journey, their scripts become journeys.
    """
    if as_ not in (None, "journey", "answers"):
        raise WrongInput(_("--as {kind}: there are --as journey and --as answers.").format(kind=as_))
    if as_ == "journey":
        from journeys.exchange import brought_in

        with one_document(json) as show:
            show(*brought_in(files, workspace(), out, datetime.now(UTC)))
        return
    from commands._responses import are_responses
    from commands._responses import brought as responses_brought

    if as_ == "answers" or are_responses(files, mapping):
        with one_document(json) as show:
            show(*responses_brought(files, workspace(), study, instrument, mapping, lang, by, look))
        return
    from studies.importing import bring, bring_into

    if study is None and not look:
        raise WrongInput(_("Which study do the sessions belong to? Name it: --study NAME."))
    with one_document(json) as show:
        if study is None or look:
            brought = [bring(file, mapping) for file in files]
        else:
            with progress(_("Bringing in")) as tell:
                brought = bring_into(study, files, workspace(), mapping, tell=tell)
        told = [b.json() for b in brought]
        show(told[0] if len(told) == 1 else told, "\n".join(b.told() for b in brought))
