"""The command that serves the participants' pages for as long as a server runs, whatever study they belong to."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from commands._terminal import say
from studies.words import _
from studies.workspace import workspace


def intake(
    on: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where it listens; for a network put a proxy with TLS before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="On which port.")] = 8700,
) -> None:
    """Serve the participants' pages and the recorder until Ctrl-C. Links come from ./lab survey."""
    import intake as server

    say(
        _("The participants' pages listen on {address}, port {port}. Ctrl-C closes them.").format(address=on, port=port)
    )
    signal.signal(signal.SIGTERM, lambda *_heard: sys.exit(0))  # as a service is told to end: said in the audit too
    server.serve(workspace(), port, on)
