"""What the practice agency remembers about who visits it: what was given, and which planted flaws they have met."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

MOST: Final = 20_000  # visitors remembered at once; who came earliest is forgotten first
LONGEST: Final = 500  # characters kept of an answer, to show it again


@dataclass(slots=True)
class Visitor:
    """One browser's visit."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))  # proves that a form came from a page of ours
    given: dict[str, str] = field(default_factory=dict)
    met: set[tuple[str, str]] = field(default_factory=set)  # (what kind of flaw, on which page)
    waits_for: tuple[str, float] = ("", 0.0)  # the page that a form sent leads to, and since when

    def give(self, datum: str, value: str) -> None:
        """Keep an answer for as long as the visit lasts."""
        self.given[datum] = value[:LONGEST]

    def first_time(self, flaw: str, path: str) -> bool:
        """True once for each flaw of each page."""
        new = (flaw, path) not in self.met
        self.met.add((flaw, path))
        return new

    def start_over(self) -> None:
        """Forget everything: the service is done, or the visitor is back at the start."""
        self.given.clear()
        self.met.clear()


class Visitors:
    """Those who are remembered, by the cookie they carry."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._by_cookie: OrderedDict[str, Visitor] = OrderedDict()

    def find(self, cookie: str | None) -> tuple[str, Visitor]:
        """The visitor with this cookie, else a new one with a new cookie."""
        if cookie is not None and (visitor := self._by_cookie.get(cookie)):
            self._by_cookie.move_to_end(cookie)
            return cookie, visitor
        cookie, visitor = secrets.token_urlsafe(16), Visitor()
        self._by_cookie[cookie] = visitor
        if len(self._by_cookie) > self._most:
            self._by_cookie.popitem(last=False)
        return cookie, visitor
