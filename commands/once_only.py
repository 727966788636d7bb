"""The command that says who asks citizens for what the state already holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def once_only(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    chart: Annotated[Path | None, typer.Option(metavar="SVG", help="Where to draw the matrix.")] = None,
    json: Json = False,
) -> None:
    """Say which agency asks for which datum, how often although it is held, and who in the state holds it."""
    from analysis import once_only as matrix
    from studies.measuring.batch import batch_of
    from studies.reading import log_named

    with one_document(json) as show:
        cells = matrix.once_only(batch_of(log_named(log, workspace())))
        if chart is not None:
            from analysis.charts import dress
            from analysis.charts import once_only as charts_once_only
            from studies.words import _

            label = _("Who asks for what the state already holds")
            chart.write_text(dress.svg(charts_once_only.once_only(cells), "once_only", label), encoding="utf-8")
        show({"cells": [cell.json() for cell in cells], "summary": matrix.summary_of(cells)}, matrix.told(cells))
