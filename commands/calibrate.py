"""The command that tries the recorder on pages whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress, say
from studies.troubles import Failed
from studies.words import _


def calibrate(
    times: Annotated[int, typer.Option(min=1, help="How often each phenomenon is played.")] = 20,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this one; may be said again.")] = None,
    seed: Annotated[int | None, typer.Option(help="Repeat the order and the delays of an earlier run.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Put the table into BENCHMARKS.md.")] = False,
    json: Json = False,
) -> None:
    """Try the recorder on pages whose truth is known. Exit 1 when it falls short of what is required."""
    import random

    from journeys.calibration import calibrate as calibration

    expected = calibration.expected_seconds(only or [], times)
    say(_("This takes about {time}.").format(time=calibration.seconds_told(expected)))
    with one_document(json) as show, progress(_("Calibrating")) as watch:
        found = calibration.calibrate(only or [], times, random.Random(seed), calibration.timed(watch, expected))
        show(found, calibration.told(found))
    if write:
        say(str(calibration.write(found, datetime.now(UTC))))
    if not found["required"]["met"]:
        raise Failed(_("The recorder falls short of what is required of it: see the table."))
