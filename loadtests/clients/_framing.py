"""Where an answer on the wire ends, and its bytes: by its length, in chunks, or at the end of the line.

Source: RFC 9112, sections 6 and 7. What is told twice or not understood is `Unspoken`: another client may try.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

from isal import isal_zlib

PART: Final = 65536
#: Nobody reads a page of that size; a service that sends one has broken something.
MOST: Final = 64 * 1024 * 1024
MOST_HEAD: Final = 256 * 1024

Receive = Callable[[int], bytes]


class Unspoken(Exception):
    """What came is allowed, perhaps, but not understood here."""


class Broken(OSError):
    """The line ended before the answer did."""


class TooMuch(OSError):
    """More came than anybody would read."""


def of_length(had: bytes, length: int, receive: Receive) -> bytes:
    """So many bytes, some of which are here already."""
    missing = length - len(had)
    if missing == 0:
        return had
    if length > MOST:
        raise TooMuch
    parts = [had]
    while missing > 0:
        part = receive(PART)
        if not part:
            raise Broken
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def chunked(had: bytes, receive: Receive) -> tuple[bytes, bytes]:
    """What came in chunks, and what came behind them."""
    parts: list[bytes] = []
    size = at = 0

    def more() -> None:
        nonlocal had, at
        part = receive(PART)
        if not part:
            raise Broken
        had, at = had[at:] + part, 0

    while True:
        while (end := had.find(b"\r\n", at)) < 0:
            if len(had) - at > MOST_HEAD:
                raise Unspoken
            more()
        try:
            length = int(had[at:end].split(b";", 1)[0], 16)
        except ValueError:
            raise Unspoken from None
        at = end + 2
        if length == 0:
            break
        size += length
        if size > MOST:
            raise TooMuch
        while len(had) - at < length + 2:
            more()
        parts.append(had[at : at + length])
        at += length + 2
    while True:  # trailers, up to an empty line
        while (end := had.find(b"\r\n", at)) < 0:
            more()
        empty, at = end == at, end + 2
        if empty:
            return b"".join(parts), had[at:]


def to_the_end(had: bytes, receive: Receive) -> bytes:
    """Everything until the line is closed."""
    parts, size = [had], len(had)
    while part := receive(PART):
        size += len(part)
        if size > MOST:
            raise TooMuch
        parts.append(part)
    return b"".join(parts)


def unpacked(content: bytes, encoding: bytes) -> bytes:
    """The bytes as they were before they were packed for the way."""
    try:
        if encoding in (b"gzip", b"x-gzip"):
            unpacking = isal_zlib.decompressobj(31)
            plain = unpacking.decompress(content, MOST)
            if not unpacking.eof:
                raise TooMuch if len(plain) >= MOST else Broken
            return bytes(plain)
        if encoding == b"deflate":
            return zlib.decompress(content)
    except (isal_zlib.error, zlib.error):  # type: ignore[misc]  # its types call the class a thing of the class
        raise Broken from None
    if encoding in (b"", b"identity"):
        return content
    raise Unspoken
