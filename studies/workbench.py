"""Opening the workbench: its server on this machine, and the browser once the first page answers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from studies.house import sign_in
from studies.troubles import Failed
from studies.words import _
from studies.workspace import CHECKOUT, workspace

HERE: Final = "127.0.0.1"
PATIENCE: Final = 60.0  # seconds until the server must answer; a cold start takes about two


def open_workbench(port: int, browser: bool, say: Callable[[str], None], on: str | None = None) -> None:
    """Serve the workbench until Ctrl-C: on this machine alone, or `on` an address where everybody signs in.

    Raises WrongInput when no sign-in is set up for that, Failed when the port is taken or the server ends by itself.
    """
    environment, more = dict(os.environ), list[str]()
    if on is not None:
        more = [f"--secrets.files={sign_in.ready(workspace())}"]
        environment[sign_in.FORCED] = "yes"
    else:
        environment.pop(sign_in.FORCED, None)
    if is_taken(port):
        raise Failed(_("Port {port} is in use. Open the workbench on another: ./lab workbench --port {other}").format(
            port=port, other=port + 1
        ))  # fmt: skip
    url = f"http://{HERE if on in (None, '0.0.0.0', '::') else on}:{port}"
    # The checkout is the working folder, so that .streamlit/ is read from it whatever folder the command was given in.
    words = ["-m", "streamlit", "run", "app.py", f"--server.port={port}", f"--server.address={on or HERE}", *more]
    server = subprocess.Popen(
        [sys.executable, *words, "--server.headless=true"], cwd=CHECKOUT, stdout=sys.stderr, env=environment
    )
    try:
        with suppress(ValueError):  # told to end by the system, as a service is: the server ends with this process
            signal.signal(signal.SIGTERM, lambda *_heard: sys.exit(0))
        _wait_until_it_answers(server, url)
        if on is None:
            say(_("The workbench is open at {url}. Ctrl-C closes it.").format(url=url))
        else:
            told = _("The workbench listens on {address}, port {port}; whoever opens it signs in. Ctrl-C closes it.")
            say(told.format(address=on, port=port))
        if browser and on is None:
            webbrowser.open(url)
        if code := server.wait():
            raise Failed(_("The workbench ended by itself (exit {code}); what it said stands above.").format(code=code))
    finally:
        server.terminate()
        server.wait()


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with socket.socket() as knock:
        knock.settimeout(1.0)
        return knock.connect_ex((HERE, port)) == 0


def _wait_until_it_answers(server: subprocess.Popen[bytes], url: str) -> None:
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        if server.poll() is not None:
            raise Failed(_("The workbench could not be opened; what its server said stands above."))
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Failed(_("The workbench did not answer at {url} within {n} seconds.").format(url=url, n=int(PATIENCE)))
