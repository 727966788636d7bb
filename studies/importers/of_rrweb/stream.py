"""The events of an rrweb recording, one at a time: an array or a line each, plain or gzipped, whole or broken off.

What cannot be read is reported with its place and left out; of an array that breaks off, everything before is read.
No more of a file is held than the event at hand.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop as take
from heapq import heappush, heappushpop
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from studies.importing import Tally
from studies.words import _

Event = dict[str, Any]

CHUNK: Final = 1 << 16
LONGEST: Final = 1 << 26  # characters of one event: a page's whole snapshot is far below
LOOKAHEAD: Final = 32  # events that may arrive before an earlier one
LOOKS: Final = 5  # values at the beginning of a file among which there is an event if it is a recording
LATEST: Final = 253_402_300_799_000  # ms: the last moment that a date can tell
_GZIP: Final = 31  # zlib's own number for what gzip writes
_DECODER: Final = json.JSONDecoder()
_WRAPPED: Final = re.compile(r'\{\s*"(?:events|recording|snapshots)"\s*:\s*\[')  # an array in an object of its own


class Bytes:
    """A file's bytes, unzipped when it is gzipped, whatever its name; of a zip that breaks off, all that is there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zipped = file.peek(2)[:2] == b"\x1f\x8b" if isinstance(file, BufferedReader) else False
        self._inflate = zlib.decompressobj(_GZIP)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Some bytes, at most so many; none at the end. Raises EOFError or zlib.error where the zip is broken."""
        if not self._zipped:
            return self._file.read(size)
        while True:
            if self._inflate.eof:  # another zip may follow
                self._rest = self._inflate.unused_data or self._file.read(CHUNK)
                if not self._rest:
                    return b""
                self._inflate = zlib.decompressobj(_GZIP)
            packed = self._rest or self._file.read(CHUNK)
            found = self._inflate.decompress(packed, size)
            self._rest = self._inflate.unconsumed_tail
            if found:
                return found
            if not packed and not self._inflate.eof:
                raise EOFError(_("it ends before its end"))


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """A file to be read from its beginning."""
    with path.open("rb") as file:
        yield Bytes(file)


def first_event(path: Path) -> Event | None:
    """The first event of a recording, None when none is at the beginning of the file."""
    try:
        for _number, value in islice(_values(path, Tally(), LONGEST // 4), LOOKS):
            if why_not(event := _unpacked(value)) is None:
                return dict(event)
    except OSError:
        return None
    return None


def events(path: Path, tally: Tally) -> Iterator[tuple[int, Event]]:
    """Every event with its number, in the order of time; what is none is told to the tally."""
    waiting: list[tuple[float, int, Event]] = []
    last = -math.inf
    for number, value in _values(path, tally, LONGEST):
        event = _unpacked(value)
        if why := why_not(event):
            tally.leave(_("event {number}").format(number=number), why)
            continue
        entry = (float(event["timestamp"]), number, event)
        if len(waiting) < LOOKAHEAD:
            heappush(waiting, entry)
            continue
        entry = heappushpop(waiting, entry)
        if entry[0] < last:
            tally.leave(_("event {number}").format(number=entry[1]), _("it is older than what comes long before it"))
            continue
        last = entry[0]
        yield entry[1], entry[2]
    while waiting:
        when, number, event = take(waiting)
        if when < last:
            tally.leave(_("event {number}").format(number=number), _("it is older than what comes long before it"))
            continue
        yield number, event


def why_not(event: Any) -> str | None:
    """Why a value is no event of a recording; None when it is one."""
    if not isinstance(event, dict):
        return _("it is no object with type, data and timestamp")
    kind, when = event.get("type"), event.get("timestamp")
    if isinstance(kind, bool) or not isinstance(kind, int):
        return _("its type is no whole number")
    if isinstance(when, bool) or not isinstance(when, int | float) or not 0 <= when <= LATEST:
        return _("its timestamp is no time in milliseconds")
    if not isinstance(event.get("data", {}), dict):
        return _("its data is no object")
    return None


def _unpacked(value: Any) -> Any:
    """An event that rrweb's own packer has zipped into a string, unzipped; anything else as it is."""
    if isinstance(value, str) and value[:1] == "x":
        try:
            inflate = zlib.decompressobj()
            raw = inflate.decompress(value.encode("latin-1"), LONGEST)
            return json.loads(raw) if not inflate.unconsumed_tail else value
        except (zlib.error, ValueError, RecursionError):
            return value
    return value


def _values(path: Path, tally: Tally, longest: int) -> Iterator[tuple[int, Any]]:
    with opened(path) as file:
        text = _Text(file, tally)
        text.more()
        opening = text.held.lstrip("\ufeff \t\r\n")
        while not opening and text.more():
            opening = text.held.lstrip("\ufeff \t\r\n")
        text.held = opening
        if wrapped := _WRAPPED.match(opening):
            text.held = opening[wrapped.end() - 1 :]
        if text.held.startswith("["):
            yield from _of_array(text, tally, longest)
        else:
            yield from _of_lines(text, tally, longest)


class _Text:
    """The file's text as far as it has been read; where bytes are no UTF-8 or the zip breaks off, that is told."""

    def __init__(self, file: Bytes, tally: Tally) -> None:
        self.file, self.tally, self.held, self.over = file, tally, "", False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def more(self, size: int = CHUNK) -> bool:
        """Hold more of it; False at the end."""
        if self.over:
            return False
        try:
            read = self.file.read(size)
        except (EOFError, OSError, zlib.error) as cause:
            read = b""
            self.tally.leave(_("the rest of the file"), _("it cannot be unzipped: {cause}").format(cause=cause))
        self.over = not read
        self.held += self._decoder.decode(read, final=self.over)
        return not self.over


def _of_array(text: _Text, tally: Tally, longest: int) -> Iterator[tuple[int, Any]]:
    number, text.held = 0, text.held[1:]
    while True:
        text.held = text.held.lstrip(" \t\r\n,")
        if not text.held and text.more():
            continue
        if text.held.startswith("]"):
            return _after(text, tally)
        where = _("everything from event {number} on").format(number=number + 1)
        try:
            value, end = _DECODER.raw_decode(text.held)
        except ValueError as cause:
            # Either the event goes on in what has not been read yet, or it is broken for good.
            if len(text.held) < longest and text.more(max(CHUNK, len(text.held))):
                continue
            why = _("the array breaks off") if text.over else _("it is no JSON: {cause}").format(cause=cause)
            return tally.leave(where, why)
        except RecursionError:
            return tally.leave(where, _("it is nested too deeply"))
        number += 1
        yield number, value
        text.held = text.held[end:]


def _after(text: _Text, tally: Tally) -> None:
    """Whether anything but the end of a wrapping object follows the array."""
    further = text.held[1:].strip(" \t\r\n}")
    while text.more():
        further = further or text.held[-CHUNK:].strip(" \t\r\n}")
        text.held = ""
    if further:
        tally.leave(_("what follows the array"), _("a recording is one array, or an event a line"))


def _of_lines(text: _Text, tally: Tally, longest: int) -> Iterator[tuple[int, Any]]:
    number = 0
    while text.held or text.more():
        line, newline, rest = text.held.partition("\n")
        if not newline and len(line) < longest and text.more(max(CHUNK, len(line))):
            continue
        text.held = rest
        number += 1
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except ValueError as cause:
            tally.leave(_("line {number}").format(number=number), _("it is no JSON: {cause}").format(cause=cause))
        except RecursionError:
            tally.leave(_("line {number}").format(number=number), _("it is nested too deeply"))
