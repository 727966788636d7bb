"""The command that says whether urgent cases waited longer than ordinary ones."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def urgency(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    json: Json = False,
) -> None:
    """Say whether urgent cases (`lab notes urgent`) waited longer than ordinary ones, with Kendall's tau."""
    from analysis.leaders import urgency as urgent
    from studies.measuring.batch import batch_of
    from studies.measuring.presets import Presets
    from studies.reading import log_named

    with one_document(json) as show:
        found = urgent.urgency(batch_of(log_named(log, workspace())), Presets())
        show(found, urgent.told(found))
