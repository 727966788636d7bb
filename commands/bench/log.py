"""How fast this machine measures a log."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document


def log(
    sessions: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many sessions to measure.")] = 20_000,
    json: Json = False,
) -> None:
    """Say how fast this machine measures a log."""
    from analysis.pace import pace

    with one_document(json) as show:
        found = pace(sessions)
        slowest = sorted(found["parts"].items(), key=lambda part: -part[1])
        lines = [
            f"{found['sentences']:,} sentences in {found['seconds']} s: {found['sentences_per_second']:,} a second"
        ]
        show(found, "\n".join([*lines, *(f"  {name:<20} {seconds:>8.4f} s" for name, seconds in slowest)]))
