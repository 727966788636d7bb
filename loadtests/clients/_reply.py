"""What a client is asked for and what it brings back: an address taken apart once, a head that is read late."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from journeys.players.transport import decoded

USUAL: Final = {"http": 80, "https": 443}
HEAD_LINE: Final = re.compile(rb"(?:^|\r\n)([^:\r\n]+):[ \t]*([^\r\n]*)")
#: What may stand in an address as it is; the rest a browser escapes.
PLAIN: Final = "!#$%&'()*+,-./:;=?@[]_~|"


class Place(NamedTuple):
    """An address taken apart: where it is (`http://127.0.0.1:8600`), and what is asked for there."""

    url: str
    origin: str
    secure: bool
    host: str
    port: int
    target: bytes  # path and query
    path: str
    head: bytes  # the line that names the host


@lru_cache(maxsize=8192)
def place_of(url: str) -> Place:
    """An address taken apart. Raises ValueError for what is none."""
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in USUAL or not host or "@" in parts.netloc:
        raise ValueError(url)
    port = parts.port or USUAL[scheme]
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    shown = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", PLAIN)
    target = path + (f"?{quote(parts.query, PLAIN)}" if parts.query else "")
    named = shown if port == USUAL[scheme] else f"{shown}:{port}"
    head = f"Host: {named}\r\n".encode()
    return Place(url, f"{scheme}://{shown}:{port}", scheme == "https", host, port, target.encode(), path, head)


class Reply:
    """What came back: its state, where it sends to, its bytes; the head stays as it came until somebody asks."""

    __slots__ = ("content", "head", "kind", "location", "status")

    def __init__(self, status: int, head: bytes, location: bytes | None, kind: bytes, content: bytes) -> None:
        self.status = status
        self.head = head
        self.location = location
        self.kind = kind
        self.content = content

    def headers(self) -> dict[str, str]:
        """The head by lower-case names."""
        told = [(n.decode("latin-1").lower(), value.decode("latin-1")) for n, value in HEAD_LINE.findall(self.head)]
        cookies = "\n".join(value for name, value in told if name == "set-cookie")  # the one line that comes often
        return dict(told) | ({"set-cookie": cookies} if cookies else {})

    def is_page(self) -> bool:
        """Whether it is something to read: a reply that does not say what it is, is taken for a page."""
        kind = self.kind.lower()
        return not kind or b"html" in kind or b"xml" in kind

    def text(self) -> str:
        """The page as text."""
        return decoded(self.content, self.kind.decode("latin-1"))


class Client(Protocol):
    """One citizen's way onto the wire: it keeps their cookies and follows nothing by itself."""

    reports: bool  # whether it tells Locust of each request by itself

    def forget(self) -> None:
        """Become somebody else: no cookies."""

    def close(self) -> None:
        """Let go of every line that is open."""

    def send(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request, `more` being the lines of its head that not every request has. Raises NoAnswer."""


@lru_cache(maxsize=1024)
def lines_of(more: bytes) -> dict[str, str]:
    """The lines of a head as names and values, for clients that want them so."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in HEAD_LINE.findall(more)}
