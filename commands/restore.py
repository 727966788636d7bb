"""The command that puts a backup back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.words import _
from studies.workspace import Workspace, workspace


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What ./lab backup wrote.")],
    into: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Another folder than the workspace in force.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put aside what is in the workspace; nothing is deleted.")
    ] = False,
    json: Json = False,
) -> None:
    """Put a backup back, whole or not at all. A damaged one, or one of a newer lab, is refused."""
    from studies.house import audit
    from studies.restoring import restore as put_back

    space = Workspace(into.resolve()) if into else workspace()
    with one_document(json) as show, progress(_("Restoring")) as watch:
        restored = put_back(file, space, datetime.now(UTC), watch, replace)
        audit.did(space, "restore", file=file, taken=restored.taken)  # not before: the trail itself was put back
        show(restored.json(), restored.told())
