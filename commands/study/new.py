"""The command that begins a study of one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, _ and -.")],
    like: Annotated[str | None, typer.Option(metavar="STUDY", help="Begin with the text of this one.")] = None,
    json: Json = False,
) -> None:
    """Begin a study of your own in the workspace: a study.yaml that can be run, to be changed."""
    from studies.planning.designing import start_new

    with one_document(json) as show:
        path = start_new(workspace(), name, like, datetime.now(UTC))
        show({"study": name, "file": str(path)}, _("{study} begins in {path}.").format(study=name, path=path))
