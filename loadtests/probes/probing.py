"""The browser beside a load, as the lab sees it: sent out, asked to come home, and what it wrote down taken in."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import orjson
import pyarrow.parquet as pq

from loadtests.generated import child_process, command
from loadtests.probes.probe import Asked
from studies.log import Log
from studies.words import _

#: A walk that is under way when the load is over may take so much longer (seconds): the service is quick again then.
HOME: Final = 25.0


def cores_for_both() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The processors of the generator, and the one of the browser beside it; nothing where there is only one."""
    if not hasattr(os, "sched_getaffinity"):
        return (), ()
    here = sorted(os.sched_getaffinity(0))
    return (tuple(here[:-1]), (here[-1],)) if len(here) > 1 else ((), ())


class Probe:
    """The browser that was sent out. What went wrong with it is told by `trouble`; the load goes on without it."""

    def __init__(self, child: subprocess.Popen[bytes], folder: Path) -> None:
        self._child = child
        self._folder = folder
        self._begun = False
        self.trouble = ""

    def hear(self, state: str) -> None:
        """Follow the load: walk while it runs, begin no more walks when it winds up."""
        if state == "running" and not self._begun:
            self._begun = True
            command(self._child, {"do": "begin"})
        elif state == "finishing":
            command(self._child, {"do": "stop"})

    def come_home(self) -> list[Log]:
        """Let the walk under way end, and hand over the logs of all walks."""
        command(self._child, {"do": "stop"})
        assert self._child.stdout
        patience = time.monotonic() + HOME
        while self._child.poll() is None and time.monotonic() < patience:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout=0.1)
        if self._child.poll() is not None:
            for line in self._child.stdout.read().splitlines():
                said = orjson.loads(line)
                if said["kind"] == "trouble":
                    self.trouble = said["message"]
        else:
            self.trouble = _("The browser beside the load was still waiting when everything else was over.")
        return logs_in(self._folder)


@contextmanager
def sent_out(asked: Asked, folder: Path) -> Iterator[Probe]:
    """A browser beside the load, in a process of its own. It ends with the `with`."""
    with (
        (folder / "probe.log").open("wb") as log,
        child_process(["-m", "loadtests.probes.probe"], log, patience=10.0) as child,
    ):
        command(child, asked.json())
        yield Probe(child, folder)


def logs_in(folder: Path) -> list[Log]:
    """The walks that a probe wrote down, in order; one that was not written whole is none."""
    return [walk_in(sessions) for sessions in sorted(folder.glob("probe-*-sessions.parquet"))]


def walk_in(sessions: Path) -> Log:
    """One walk, by the file of its session: that is written last."""
    sentences = sessions.with_name(sessions.name.replace("sessions", "sentences"))
    return Log.checked(pq.read_table(sentences), pq.read_table(sessions))


def forget(folder: Path) -> None:
    """What is sealed need not lie here any more."""
    for path in folder.glob("probe-*.parquet"):
        path.unlink(missing_ok=True)
