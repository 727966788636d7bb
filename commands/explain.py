"""The command that holds what an agency says of its slowness against what the log shows."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def explain(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    calendar: Annotated[str | None, typer.Option(metavar="NAME", help="The service's working days and hours.")] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 1,
    json: Json = False,
) -> None:
    """Say what waiting and refusals come from: load, faults, applicants, the page, staff, procedure, or unknown."""
    import numpy as np

    from analysis.drivers import explained
    from studies.measuring.batch import batch_of
    from studies.measuring.presets import preset
    from studies.reading import log_named

    presets = preset(calendar=calendar)
    with one_document(json) as show:
        batch = batch_of(log_named(log, workspace()))
        found = explained.explained(batch, presets, np.random.default_rng(seed))
        show({**{one.kind: one.json() for one in found}, "presets": presets.told()}, explained.told(found))
