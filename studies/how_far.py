"""How far the reading of a file has come, for who waits for it: told as its bytes go by, 0 to 1.

Importers open what they read through here; who wants to know says so around the reading, nobody else notices.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

from studies.words import _, ngettext

Tell = Callable[[float], None]

#: So much is read at a time; it is told as often.
_AT_ONCE: Final = 1 << 20
_told_to: ContextVar[Tell | None] = ContextVar("how far", default=None)


@contextmanager
def told(tell: Tell) -> Iterator[None]:
    """Be told how far the files that are read meanwhile have come, each from 0 to 1."""
    before = _told_to.set(tell)
    try:
        yield
    finally:
        _told_to.reset(before)


def opened(path: Path) -> io.BufferedReader:
    """A file to be read, as bytes; who wants to know is told how far it has come."""
    tell = _told_to.get()
    if tell is None:
        return path.open("rb")
    return io.BufferedReader(_Passing(path, tell), _AT_ONCE)


class _Passing(io.FileIO):
    def __init__(self, path: Path, tell: Tell) -> None:
        super().__init__(path, "rb")
        self._size, self._tell = max(1, path.stat().st_size), tell

    def readinto(self, into: Any) -> Any:
        got = super().readinto(into)
        self._tell(min(1.0, self.tell() / self._size))
        return got


def seconds_left(share: float, passed: float) -> float | None:
    """How many seconds are left when a share (0 to 1) took so many; None while too little is known."""
    return None if share < 0.02 or share >= 1 else passed * (1 - share) / share


def left_told(seconds: float | None) -> str:
    """How long it will still take, in words; nothing where that is not known."""
    if seconds is None:
        return ""
    if seconds < 90:
        n = round(seconds)
        return ngettext("about {n} second left", "about {n} seconds left", n).format(n=n)
    n = round(seconds / 60)
    return ngettext("about {n} minute left", "about {n} minutes left", n).format(n=n) if n < 120 else _("hours left")
