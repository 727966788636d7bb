"""The command that writes a workspace down into one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.words import _
from studies.workspace import workspace


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not be there yet.")],
    json: Json = False,
) -> None:
    """Write the whole workspace into one file: store, log, pictures, roles, audit trail. Work may go on meanwhile."""
    from studies.backup import take

    with one_document(json) as show, progress(_("Backing up")) as watch:
        taken = take(workspace(), file, datetime.now(UTC), watch)
        show(taken.json(), taken.told())
