"""The command that checks everything that must hold."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from studies.workspace import CHECKOUT

#: whatever it does not know goes to pytest
SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}


def test(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out browsers, load and what is slow.")] = False,
) -> None:
    """Check everything that must hold: style, types, tests. Further words go to pytest."""
    words = ["--quick"] * quick + context.args
    raise typer.Exit(subprocess.run([sys.executable, CHECKOUT / "tests" / "everything.py", *words]).returncode)
