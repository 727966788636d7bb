"""One citizen's cookies: which are kept, and which go with a request, by the rules of browsers.

Source: RFC 6265bis, sections 5.5-5.8 (storage and retrieval); SameSite is not looked at, for a citizen who walks stays
on the sites that the journey names. A header once made is kept until a cookie changes or the first of them expires.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$|.*:")
LONGEST: Final = 4096


@dataclass(slots=True)
class Cookie:
    """One cookie; `until` is seconds since 1970, None as long as the browser is open."""

    name: bytes
    value: bytes
    domain: str
    path: str
    host_only: bool
    secure: bool
    until: float | None


class Cookies:
    """What one citizen's browser keeps."""

    __slots__ = ("_clock", "_everywhere", "_kept", "_lines")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._kept: dict[tuple[bytes, str, str], Cookie] = {}
        self._lines: dict[tuple[str, str, bool], tuple[bytes, float]] = {}
        self._everywhere: str | None = None  # the one host whose cookies all go to every path
        self._clock = clock

    def clear(self) -> None:
        """Forget all of them."""
        if self._kept:
            self._kept = {}
            self._lines = {}
            self._everywhere = None

    def line(self, host: str, path: str, secure: bool) -> bytes:
        """The line of a request's head that carries them; nothing when there are none for it."""
        if not self._kept:
            return b""
        if self._everywhere == host:
            path = "/"
        key = (host, path, secure)
        if (known := self._lines.get(key)) is not None and (known[1] == 0 or self._clock() < known[1]):
            return known[0]
        now = self._clock()
        fitting = [c for c in self._kept.values() if _fits(c, host, path, secure) and (c.until or now + 1) > now]
        fitting.sort(key=lambda c: -len(c.path))  # the more exact first; of equals the older, as kept
        pairs = [c.name + b"=" + c.value if c.name else c.value for c in fitting]
        line = b"Cookie: " + b"; ".join(pairs) + b"\r\n" if pairs else b""
        self._lines[key] = (line, min((c.until for c in fitting if c.until is not None), default=0.0))
        return line

    def take(self, told: bytes, host: str, path: str, secure: bool) -> None:
        """Keep, change or forget what a `Set-Cookie` says."""
        cookie = _read(told, host, path, secure, self._clock())
        if cookie is None:
            return
        key = (cookie.name, cookie.domain, cookie.path)
        self._lines = {}
        if not self._kept and cookie.path == "/":
            self._everywhere = host
        elif self._everywhere != host or cookie.path != "/":
            self._everywhere = None
        if cookie.until is not None and cookie.until <= self._clock():
            self._kept.pop(key, None)
        elif key in self._kept:
            self._kept[key] = cookie  # in its old place: of equals the older goes first
        else:
            self._kept[key] = cookie


def _read(told: bytes, host: str, path: str, secure: bool, now: float) -> Cookie | None:
    pair, _semicolon, rest = told.partition(b";")
    name, equals, value = pair.partition(b"=")
    if not equals:
        name, value = b"", pair
    name, value = name.strip(), value.strip()
    if (not name and not value) or len(name) + len(value) > LONGEST:
        return None
    if not rest:
        return Cookie(name, value, host, _above(path), True, False, None)
    said: dict[str, str] = {}
    for part in rest.decode("latin-1").split(";"):
        key, _equals, what = part.partition("=")
        said[key.strip().lower()] = what.strip()
    domain = said.get("domain", "").lstrip(".").lower()
    if domain and domain != host and (ADDRESS.match(host) or not host.endswith("." + domain) or "." not in domain):
        return None
    where = said.get("path", "")
    cookie = Cookie(
        name, value, domain or host, where if where.startswith("/") else _above(path), not domain or
        bool(ADDRESS.match(host)), "secure" in said, _until(said, now),
    )  # fmt: skip
    if cookie.secure and not (secure or _trusted(host)):
        return None
    if name.startswith(b"__Host-") and not (cookie.secure and cookie.host_only and cookie.path == "/"):
        return None
    return None if name.startswith(b"__Secure-") and not cookie.secure else cookie


def _until(said: dict[str, str], now: float) -> float | None:
    if (age := said.get("max-age")) is not None and re.fullmatch(r"-?\d+", age):
        return now + int(age) if int(age) > 0 else 0.0
    if expires := said.get("expires"):
        try:
            when = parsedate_to_datetime(expires.replace("-", " "))
        except (TypeError, ValueError, IndexError):
            return None
        return max((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(), 0.0)
    return None


def _above(path: str) -> str:
    """The folder of a path: what a cookie that names no path is for."""
    return path[: path.rfind("/")] or "/" if path.startswith("/") else "/"


def _fits(cookie: Cookie, host: str, path: str, secure: bool) -> bool:
    if cookie.secure and not (secure or _trusted(host)):
        return False
    if host != cookie.domain and (cookie.host_only or not host.endswith("." + cookie.domain)):
        return False
    where = cookie.path
    return path == where or (path.startswith(where) and (where.endswith("/") or path[len(where)] == "/"))


def _trusted(host: str) -> bool:
    """Whether browsers trust this machine as they trust TLS."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")
