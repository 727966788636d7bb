"""Our own HTTP/1.1, as lean as a load needs it: heads made once, one line a citizen and origin, one look at a head.

What it does not speak (odd framing, an encoding it did not ask for) goes to geventhttpclient: once for what may be sent
twice, and from then on for that origin.
"""

from __future__ import annotations

import re
import ssl
from typing import Any, Final

import gevent

from loadtests.clients._cookies import Cookies
from loadtests.clients._framing import (
    MOST_HEAD,
    PART,
    Broken,
    Unspoken,
    chunked,
    of_length,
    to_the_end,
    unpacked,
)
from loadtests.clients._reply import Place, Reply
from loadtests.clients._shared import Shared, no_answer
from loadtests.clients._stream import Stream
from loadtests.clients.geventhttpclient import GeventHttp

#: The lines of a head that matter.
MATTERS: Final = re.compile(
    rb"\r\n(content-length|content-type|content-encoding|transfer-encoding|set-cookie|location|connection):[ \t]*"
    rb"([^\r\n]*)",
    re.I,
)
#: Methods that may be sent again when the line was lost before an answer began (RFC 9110, 9.2.2).
AGAIN: Final = frozenset({"GET", "HEAD"})


class TooLong(BaseException):
    """Patience is over while waiting on the line."""


class Lean:
    """One citizen's client."""

    reports = False
    __slots__ = ("_cookies", "_lines", "_odd", "_other", "_shared", "_timer")

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._cookies = Cookies()
        self._lines: dict[str, Stream] = {}
        # One that begins anew each time (`again`): a plain one keeps what was left when it was stopped.
        self._timer = gevent.get_hub().loop.timer(0, shared.patience)
        self._other: GeventHttp | None = None
        self._odd: frozenset[str] = frozenset()

    def forget(self) -> None:
        """Become somebody else."""
        self._cookies.clear()

    def close(self) -> None:
        """Let go of every line."""
        for origin in list(self._lines):
            self._drop(origin)
        if self._other is not None:
            self._other.close()

    def send(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request and hear its answer. Raises NoAnswer."""
        if place.origin in self._odd:
            return self._otherwise(method, place, more, body, step)
        timer = self._timer
        timer.again(gevent.getcurrent().throw, TooLong)
        try:
            return self._sent(method, place, more, body)
        except TooLong:
            self._drop(place.origin)
            raise no_answer(TimeoutError()) from None
        except Unspoken:
            self._drop(place.origin)
            self._odd |= {place.origin}
            if method in AGAIN:
                timer.stop()
                return self._otherwise(method, place, more, body, step)
            raise no_answer(ConnectionResetError()) from None
        except (OSError, ssl.SSLError) as cause:
            self._drop(place.origin)
            raise no_answer(cause) from cause
        except BaseException:
            self._drop(place.origin)  # stopped in mid-answer: what is still to come belongs to nobody
            raise
        finally:
            timer.stop()

    def _sent(self, method: str, place: Place, more: bytes, body: bytes | None) -> Reply:
        cookies = self._cookies.line(place.host, place.path, place.secure)
        head = self._shared.bare if more.startswith(b"Accept: ") else self._shared.head
        if body is None:
            message = b"%s %s HTTP/1.1\r\n%s%s%s%s\r\n" % (
                method.encode(), place.target, place.head, head, more, cookies,
            )  # fmt: skip
        else:
            message = b"%s %s HTTP/1.1\r\n%s%s%s%sContent-Length: %d\r\n\r\n%s" % (
                method.encode(), place.target, place.head, head, more, cookies, len(body), body,
            )  # fmt: skip
        line = self._lines.get(place.origin)
        if line is not None:
            try:
                line.send(message)
                had = line.first(PART)
            except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
                had = b""
            if had:
                return self._heard(method, place, line, had)
            # A line that was kept open and is gone before any answer began had been idle for too long. Browsers then
            # send the same again, once, on a new line, whatever the method; so do we.
            self._drop(place.origin)
        line = self._lines[place.origin] = Stream(self._shared.connected(place))
        line.send(message)
        had = line.first(PART)
        if not had:
            raise Broken
        return self._heard(method, place, line, had)

    def _heard(self, method: str, place: Place, line: Stream, had: bytes) -> Reply:
        """The answer that begins with these bytes."""
        receive = line.receive
        while True:
            while (end := had.find(b"\r\n\r\n")) < 0:
                if len(had) > MOST_HEAD:
                    raise Unspoken
                part = receive(PART)
                if not part:
                    raise Broken
                had += part
            if had[:7] != b"HTTP/1.":
                raise Unspoken
            status = int(had[9:12])
            if status >= 200:
                break
            if status == 101:
                raise Unspoken
            had = had[end + 4 :] or receive(PART)  # a word in between; the answer is still to come
        length = location = None
        kind = encoding = b""
        in_chunks = False
        close = had[7:8] == b"0"
        for name, value in MATTERS.findall(had, 0, end):
            match name.lower():
                case b"content-length":
                    if length is not None and length != int(value):
                        raise Unspoken
                    length = int(value)
                case b"content-type":
                    kind = value
                case b"set-cookie":
                    self._cookies.take(value, place.host, place.path, place.secure)
                case b"location":
                    location = value
                case b"connection":
                    close = b"close" in value.lower() or (close and b"keep-alive" not in value.lower())
                case b"content-encoding":
                    encoding = value.strip().lower()
                case _:
                    if value.strip().lower() != b"chunked":
                        raise Unspoken
                    in_chunks = True
        head, rest = had[: end + 2], had[end + 4 :]
        if status in (204, 304) or method == "HEAD":
            content = b""
        elif in_chunks:
            content, rest = chunked(rest, receive)
            close = close or bool(rest)
        elif length is not None:
            close = close or len(rest) > length
            content = rest if len(rest) == length else of_length(rest[:length], length, receive)
            if len(content) > length:
                content, close = content[:length], True
        else:
            content, close = to_the_end(rest, receive), True
        if close:
            self._drop(place.origin)
        return Reply(status, head, location, kind, unpacked(content, encoding) if encoding else content)

    def _drop(self, origin: str) -> None:
        if (line := self._lines.pop(origin, None)) is not None:
            line.close()

    def _otherwise(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        if self._other is None:
            self._other = GeventHttp(self._shared, self._cookies)
        return self._other.send(method, place, more, body, step)


def client(shared: Shared, _user: Any) -> Lean:
    """A client for one citizen."""
    return Lean(shared)
