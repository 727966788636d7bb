"""The processes of an agency's lab as its people start them: each `./lab …` of its own, killed like a power cut."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from studies.workspace import CHECKOUT, Workspace

T = TypeVar("T")
PATIENCE = 120.0  # seconds for anything that must come
_PAUSE = threading.Event()


def until(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Look again and again until something is there; what is not there in time is named."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        _PAUSE.wait(0.05)
    raise AssertionError(f"never came within {patience:.0f} s: {what}")


def free_port() -> int:
    """A port that nobody listens on now, and that stays one process's own over its restarts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class House:
    """One lab: its workspace, where its servers stand, and what of it is running."""

    folder: Path
    temporary: Path  # a short path of its own: browsers keep sockets in it
    practice: int = field(default_factory=free_port)
    workbench: int = field(default_factory=free_port)
    intake: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def space(self) -> Workspace:
        return Workspace(self.folder / "workspace")

    def address(self, server: str) -> str:
        """Where one of the three servers is reached."""
        return f"http://127.0.0.1:{getattr(self, server)}"

    def environment(self, name: str) -> dict[str, str]:
        """What a command of the lab is started with; temporary files go to a folder of its own."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("KHUTWA_")}
        if browser := os.environ.get("KHUTWA_BROWSER"):
            kept["KHUTWA_BROWSER"] = browser
        own = self.temporary / name
        own.mkdir(exist_ok=True)
        return {
            **kept, "KHUTWA_WORKSPACE": str(self.space.root), "KHUTWA_PUBLIC_URL": self.address("intake"),
            "TMPDIR": str(own), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def lab(self, *words: str, code: int = 0) -> str:
        """Run one command to its end: what it said on stdout. Its exit code must be the one that is expected."""
        done = subprocess.run(
            [sys.executable, "cli.py", *words], cwd=CHECKOUT, env=self.environment(words[0]), capture_output=True,
            text=True, check=False, timeout=PATIENCE * 2,
        )  # fmt: skip
        assert done.returncode == code, f"./lab {' '.join(words)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def told(self, *words: str, code: int = 0) -> Any:
        """The one document that a command prints with --json."""
        return json.loads(self.lab(*words, "--json", code=code))

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a command that goes on; what it says is kept in a file."""
        with (self.folder / f"{name}.out").open("wb") as out, (self.folder / f"{name}.err").open("ab") as err:
            self.running[name] = subprocess.Popen(
                [sys.executable, "cli.py", *words], cwd=CHECKOUT, env=self.environment(name), stdout=out, stderr=err,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        return self.running[name]

    def said(self, name: str) -> str:
        """What a command that was started has printed."""
        return (self.folder / f"{name}.out").read_text(encoding="utf-8")

    def ended(self, name: str, code: int = 0) -> str:
        """Wait for its end; what it printed."""
        process = self.running.pop(name)
        errors = self.folder / f"{name}.err"
        assert process.wait(PATIENCE * 2) == code, errors.read_text(encoding="utf-8")
        return self.said(name)

    def open(self) -> None:
        """Start the three servers, and wait until they answer."""
        self.start("practice", "practice", "--port", str(self.practice))
        self.start("intake", "intake", "--port", str(self.intake))
        self.start("workbench", "workbench", "--no-browser", "--port", str(self.workbench))
        for server, path in (("practice", "/"), ("intake", "/up"), ("workbench", "/_stcore/health")):
            until(f"{server} answers", partial(self._answers, server, self.address(server) + path))

    def _answers(self, name: str, at: str) -> bool:
        assert self.running[name].poll() is None, (self.folder / f"{name}.err").read_text(encoding="utf-8")
        with suppress(OSError), urllib.request.urlopen(at, timeout=5):
            return True
        return False

    def kill(self, *names: str) -> None:
        """Like a power cut: nothing is told beforehand, nothing may be tidied up."""
        for name in names:
            with suppress(ProcessLookupError):
                os.killpg(self.running[name].pid, signal.SIGKILL)
        for name in names:
            self.running.pop(name).wait()
        _sweep(self.temporary)


def _sweep(folder: Path) -> None:
    """End the browsers that outlived those who had opened them: those with their profile in this folder, no other."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(folder).encode() + b"/" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """A lab with its servers open; whatever still runs of it in the end is ended."""
    with TemporaryDirectory(prefix="day-", ignore_cleanup_errors=True) as short:
        made = House(folder, Path(short))
        try:
            made.open()
            yield made
        finally:
            made.kill(*made.running)
