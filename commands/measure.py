"""The command that measures a log."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def measure(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    json: Json = False,
) -> None:
    """Measure any log."""
    from analysis.measure import measure as measured
    from analysis.telling import told
    from studies.reading import log_named

    with one_document(json) as show:
        found = measured(log_named(log, workspace()))
        show(found.json(), told(found))
