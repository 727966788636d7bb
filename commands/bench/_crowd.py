"""Many citizens' browsers at once, as little of a browser as possible, so that it is the server that is measured."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

FORM: Final = b"content-type: application/x-www-form-urlencoded\r\n"
_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.I)
_WHERE: Final = re.compile(rb"location: (\S+)", re.I)


@dataclass(slots=True)
class Answer:
    """What came back: status, where it leads, and the page."""

    status: int
    where: str
    body: bytes


@dataclass(slots=True)
class Line:
    """One browser's connection, kept open between requests and opened anew when it broke."""

    host: str
    port: int
    _ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request and its answer. Raises OSError or EOFError where the server went away meanwhile."""
        if self._ends is None:
            self._ends = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._ends
        head = f"{method} {path} HTTP/1.1\r\nhost: {self.host}\r\naccept-language: en\r\n".encode()
        if method == "POST":
            head += FORM + b"content-length: %d\r\n" % len(body)
        try:
            writer.write(head + b"\r\n" + body)
            told = await reader.readuntil(b"\r\n\r\n")
            long = _LENGTH.search(told)
            page = await reader.readexactly(int(long[1])) if long and int(long[1]) else b""
        except BaseException:
            self.close()
            raise
        status, where = _STATUS.match(told), _WHERE.search(told)
        return Answer(int(status[1]) if status else 0, where[1].decode() if where else "", page)

    def close(self) -> None:
        """Hang up."""
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


async def for_a_while(
    seconds: float, lines: Sequence[Line], one: Callable[[Line, int], Awaitable[int]]
) -> tuple[float, list[float]]:
    """How many a second, and how long each took: every line does one after another until the time is over.

    `one` gives how many it did; zero: there is nothing left to do.
    """
    took: list[float] = []
    done = 0
    begun = time.perf_counter()
    end = begun + seconds

    async def go_on(line: Line, number: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            before = time.perf_counter()
            did = await one(line, number)
            if not did:
                return
            done += did
            took.append(time.perf_counter() - before)

    await asyncio.gather(*(go_on(line, number) for number, line in enumerate(lines)))
    return done / (time.perf_counter() - begun), took


def at(share: float, times: Sequence[float]) -> float:
    """The time within which this share of them was done, in milliseconds."""
    ordered = sorted(times)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0
