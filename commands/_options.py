"""The command line's options that several commands share, or that one has many of."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, progress on stderr.")]
JourneyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A journey (.yaml), from anywhere.")]
Variant = Annotated[str | None, typer.Option(help="Which variant of the journey; default: its first.")]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Another host than the journey's own.")]
InStudy = Annotated[str | None, typer.Option(metavar="NAME", help="The study that the sessions are kept in.")]
OutFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")]
FlawsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Other flaws for the practice agency (YAML).")]


class Player(StrEnum):
    """Who walks: a real browser, HTTP alone, or nobody (in memory)."""

    browser = "browser"
    wire = "wire"
    rehearsal = "rehearsal"


class BrowserName(StrEnum):
    """Which browser the browser player walks in."""

    chromium = "chromium"
    firefox = "firefox"


# --- with what a walk is walked ---------------------------------------------------------------------------------------

InBrowser = Annotated[BrowserName, typer.Option(help="Which browser is walked in.")]
OnDevice = Annotated[str | None, typer.Option(metavar="NAME", help="phone, tablet … (journeys/devices.yaml).")]
OverNetwork = Annotated[str | None, typer.Option(metavar="NAME", help="3g, 4g … (journeys/networks.yaml).")]
SlowCpu = Annotated[float, typer.Option(metavar="N", help="So many times slower a processor.")]
OnGrid = Annotated[str | None, typer.Option(metavar="URL", help="A Selenium Grid that lends the browsers.")]
WithReplay = Annotated[
    bool, typer.Option("--replay", help="Keep what was on the screen, to be watched; what is typed is covered.")
]
Unmasked = Annotated[
    bool, typer.Option("--replay-unmasked", help="The same with what the robot types to be read; never of people.")
]
WithHar = Annotated[bool, typer.Option("--har", help="Keep what went over the network beside the pictures, masked.")]
Beside = Annotated[int, typer.Option("--side-by-side", metavar="N", min=1, help="So many sessions at a time.")]
Pace = Annotated[float, typer.Option(min=0, help="1: as slowly as people think and type; 0: at once.")]
