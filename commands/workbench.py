"""The command that opens the workbench."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._terminal import say


def workbench(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Open the workbench. What ./lab alone does."""
    from studies.workbench import open_workbench

    open_workbench(port, browser, say)
