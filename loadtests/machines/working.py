"""This machine lent to a load that another one leads: a worker for one load, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from loadtests.machines.workers import address_of
from studies.troubles import Failed
from studies.words import _
from studies.workspace import CHECKOUT


def work(place: str) -> None:
    """Work for the master at a place until its load is over. Raises WrongInput for no place, Failed where none is.

    Ctrl+C ends the work; the master goes on without this machine and says so.
    """
    host, port = address_of(place)
    words = [sys.executable, "-m", "loadtests.locustfile", "--worker", f"{host}:{port}"]
    # Its input is this process: when that ends, so does the worker.
    with subprocess.Popen(words, stdin=subprocess.PIPE, cwd=CHECKOUT, start_new_session=True) as child:
        code = child.wait()
    if code:
        message = _("The worker ended early: no master answers at {host}:{port}, or it went away.")
        raise Failed(message.format(host=host, port=port))
