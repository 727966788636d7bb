"""The command that opens the practice agency."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import FlawsFile
from commands._terminal import say
from studies.words import _


def practice(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.")] = 8600,
    flaws: FlawsFile = None,
) -> None:
    """Open the practice agency, to try things out on."""
    from journeys.practice.serve import serve

    told = _("The practice agency is open at http://127.0.0.1:{port}. Ctrl-C closes it.").format(port=port)
    serve(port=port, flaws=flaws, opened=lambda: say(told))
