"""One open line to a service: what is sent goes straight to the system, what comes is waited for without asking first.

gevent's own sockets ask the system for an answer that cannot be there yet, and register with the loop anew for every
wait; under load that is half of what a request costs. Here the loop is told once.
"""

from __future__ import annotations

import ssl
from typing import Any

from gevent import get_hub, getcurrent


class Stream:
    """A connected line; `tls` when it is encrypted."""

    __slots__ = ("_hub", "_line", "_listens", "_raw", "_tls", "_waiting", "_watcher")

    def __init__(self, line: Any) -> None:
        self._line = line
        self._raw = line._sock
        self._tls = getattr(line, "_sslobj", None)
        self._hub = get_hub()
        self._watcher = self._hub.loop.io(line.fileno(), 1)
        self._listens = False
        self._waiting: Any = None

    def send(self, message: bytes) -> None:
        """Send everything."""
        if self._tls is not None:
            self._line.sendall(message)
            return
        try:
            sent = self._raw.send(message)
        except BlockingIOError:
            sent = 0
        if sent < len(message):
            self._line.sendall(memoryview(message)[sent:])

    def first(self, most: int) -> bytes:
        """The beginning of an answer, which takes a while; nothing when the line was closed."""
        if self._tls is None:
            self._wait()
        return self.receive(most)

    def receive(self, most: int) -> bytes:
        """What has come, or comes next; nothing when the line was closed."""
        while True:
            try:
                if self._tls is None:
                    return bytes(self._raw.recv(most))
                return bytes(self._tls.read(most))
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def _wait(self) -> None:
        self._waiting = getcurrent()
        if not self._listens:
            self._listens = True
            self._watcher.start(self._ready)
        try:
            self._hub.switch()
        finally:
            self._waiting = None

    def _ready(self) -> None:
        waiting = self._waiting
        if waiting is None:  # nobody waits: the line was closed, or what came is not read yet
            self._watcher.stop()
            self._listens = False
            return
        waiting.switch()

    def close(self) -> None:
        """Close the line."""
        self._watcher.stop()
        self._watcher.close()
        self._line.close()
