"""How pages are fetched: one citizen's client, whatever it is made of, behind one small promise.

A transport is one citizen's: it keeps that citizen's cookies. Redirects are the player's business, never its own.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: headers by their lower-case names."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    charset: str = "utf-8"


class NoAnswer(Exception):
    """Nothing came back: nobody listens there, the line broke, or it took too long."""

    def __init__(self, reason: str, *, too_long: bool = False, reached: bool = True) -> None:
        super().__init__(reason)
        self.too_long = too_long
        self.reached = reached  # False: nothing listens there at all


class Transport(Protocol):
    """One citizen's client."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request without following redirects. Raises NoAnswer."""


def decoded(content: bytes, content_type: str) -> str:
    """A page's bytes as text: in the charset that the server names, else the page's own, else UTF-8."""
    return content.decode(charset_of(content, content_type), errors="replace")


def charset_of(content: bytes, content_type: str) -> str:
    """The charset that a page is written in, by the name that Python has for it."""
    told = _charset(content_type) or _charset(content[:1024].decode("latin-1")) or "utf-8"
    try:
        return codecs.lookup(told).name
    except LookupError:
        return "utf-8"


def _charset(told: str) -> str | None:
    _before, found, after = told.lower().partition("charset=")
    name = after.strip(" \"'").split(";")[0].split(">")[0].split("/")[0].strip(" \"'") if found else ""
    return name.split('"')[0].split("'")[0] or None
