"""The command that opens the workbench."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._terminal import say


def workbench(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only unless --on is given.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Listen for a network (0.0.0.0, or 127.0.0.1 behind a proxy): with sign-in."
        ),
    ] = None,
) -> None:
    """Open the workbench. What ./lab alone does."""
    from studies.workbench import open_workbench

    open_workbench(port, browser, say, on)
