"""A worker of a load made by several machines: it does what its master gives it, and tells everything to it.

It has no opinion of its own: the journeys, the people and the moments come from the master. When the master is gone, so
is the load.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import orjson

from loadtests.crowd import Crowd, Plan
from loadtests.machines.workers import MESSAGE, unpacked
from studies.troubles import Trouble

#: How long the master may be silent (seconds); Locust's own heartbeat comes every second.
GONE: Final = 6.0


class Line(Protocol):
    """What is needed of Locust's worker: a word to the master, and when it was last heard."""

    last_heartbeat_timestamp: float | None

    def send_message(self, msg_type: str, data: Any = None) -> None: ...
    def register_message(self, msg_type: str, listener: Callable[..., None]) -> None: ...


class Shipped:
    """A run file that is the master's: what is written goes there."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow

    def write(self, lines: bytes) -> int:
        """Send whole lines to the master."""
        self._follow.tell("journeys", lines=lines)
        return len(lines)

    def flush(self) -> None:
        """It is on its way."""


class Follow:
    """A worker's side of the line. `steering` is what its load obeys."""

    def __init__(self, line: Line, steering: Any) -> None:
        self.line = line
        self.steering = steering
        self.crowd: Crowd | None = None
        self.begin: dict[str, Any] | None = None
        self.called = threading.Event()
        self.going = threading.Event()
        line.register_message(MESSAGE, self.hear)

    def hear(self, environment: Any, msg: Any, **_more: Any) -> None:
        """Take in what the master says."""
        match msg.data:
            case {"do": "begin"}:
                self.begin = msg.data
                self.called.set()
            case {"do": "go"}:
                self.going.set()
            case {"do": "stop"}:
                self.steering.stop.set()
                self.going.set()
            case {"do": "citizens", "count": count}:
                self.steering.citizens = count
            case {"do": "quit"}:
                os._exit(0)

    def tell(self, kind: str, **facts: Any) -> None:
        """Tell the master, with everything that the citizens here add to what is counted."""
        if self.crowd is not None and kind in ("now", "bye"):
            facts = {name: facts[name] for name in ("t", "ending", "seconds", "cpu", "tiers") if name in facts}
            facts["report"] = orjson.dumps(self.crowd.report())
        self.line.send_message(MESSAGE, {"kind": kind, **facts})

    def work(self, folder: Path, make: Callable[[Plan, BinaryIO, Follow], None]) -> None:
        """Wait for a plan, and make the load that it asks for; `make` is the generator's own."""
        self.called.wait()
        assert self.begin
        self.tell("here", pid=os.getpid())
        try:
            make(unpacked(self.begin, folder), Shipped(self), self)  # type: ignore[arg-type]
        except Trouble as trouble:
            self.tell("trouble", message=str(trouble), exit_code=trouble.exit_code)
        time.sleep(1.0)  # Locust sends what is on its way

    def ready(self, crowd: Crowd) -> None:
        """The one who went first is through: wait for the word to begin, so that all begin together."""
        self.crowd = crowd
        self.tell("ready")
        while not self.going.wait(1.0):
            self.tell("waiting")

    def watch(self) -> None:
        """End with the master: for a process of its own beside the load."""
        while True:
            time.sleep(1.0)
            heard = self.line.last_heartbeat_timestamp
            if heard is not None and time.time() - heard > GONE:
                os._exit(1)
