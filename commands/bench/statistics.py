"""The command that tries the statistics on what is known: coverage of intervals, levels of tests, planted drivers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _


def statistics(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer draws: half a minute, coarser figures.")] = False,
    seed: Annotated[int, typer.Option(help="What is drawn.")] = 1,
    json: Json = False,
) -> None:
    """Coverage of every default interval, levels of every test, recovery of planted drivers. Exit 1 if one fails."""
    from analysis.proving import calibration

    with one_document(json) as show, progress(_("Trying the statistics")) as watch:
        found: dict[str, Any] = calibration.calibrate(quick=quick, seed=seed, watch=watch)
        show(found, calibration.told(found))
    if found["failures"]:
        raise Failed(_("The statistics fall short: {what}").format(what="; ".join(found["failures"])))
