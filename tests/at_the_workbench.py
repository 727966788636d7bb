"""The workbench served as ./lab serves it, and what a careful eye looks for on every page that it paints."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from journeys.checks import accessibility
from journeys.players.browser_start import Browser
from studies.workspace import CHECKOUT, Workspace

#: A page stands as it was asked for: its script has ended, and nothing of the page before is left.
PAINTED = """
return !!document.querySelector('[data-testid=stApp][data-test-script-state=notRunning] [data-testid=stHeading]')
  && !document.querySelector('[data-testid=stMain] [data-stale=true], [data-testid=stMain] [data-testid=stSkeleton]')
"""
SEVERE = ("serious", "critical")


@contextmanager
def served(space: Workspace) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The workbench on a free port: where it answers, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"], cwd=CHECKOUT, text=True,
        env={**os.environ, "KHUTWA_WORKSPACE": str(space.root), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert server.stdout
    rest = threading.Thread(target=server.stdout.read, daemon=True)  # a full pipe would hold it up
    try:
        assert any(str(port) in line for line in iter(server.stdout.readline, "")), "the workbench did not start"
        rest.start()
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.send_signal(signal.SIGCONT)  # whoever was made to stand still cannot end
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if rest.ident:
            rest.join(timeout=20)
        server.stdout.close()


def complaints(browser: Browser) -> list[str]:
    """Every error on the console from here on, as it comes."""
    found: list[str] = []

    def complained(told: Any) -> None:
        if told.get("level") == "error":
            found.append(str(told.get("text"))[:300])

    browser.page.hear("log.entryAdded", complained)
    return found


@dataclass(frozen=True)
class LookedAt:
    """The page as the checks of a journey look at it."""

    browser: Browser
    given: frozenset[str] = frozenset()

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script says of the page."""
        return self.browser.driver.execute_script(script, *arguments)


def shut_out(browser: Browser) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands: rule and place."""
    return [f"{one.id} {one.where}" for one in accessibility.look(LookedAt(browser)) if one.severity in SEVERE]
