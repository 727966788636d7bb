"""How much may arrive from one address: enough for a whole service centre behind one line, too little for a flood."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from studies.words import languages
from surveys import shown
from surveys.pages import preferred

A_SECOND: Final = 20.0  # requests that one address may go on sending: hundreds of citizens who read before they press
AT_ONCE: Final = 200.0  # and so many on top, all at once
MOST_KNOWN: Final = 20_000  # addresses that are kept in mind


@dataclass(slots=True)
class Allowance:
    """What each address may still send: so much a second, so much at once; zero a second is no limit."""

    a_second: float = A_SECOND
    at_once: float = AT_ONCE
    clock: Callable[[], float] = time.monotonic
    left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, address: str, many: int = 1) -> bool:
        """Whether one more request of this address may come now, or so many that came in one."""
        if not self.a_second:
            return True
        now = self.clock()
        if len(self.left) > MOST_KNOWN:  # whoever has been quiet for long has the full allowance anyway
            self.left = {a: was for a, was in self.left.items() if now - was[1] < self.at_once / self.a_second}
        before, since = self.left.get(address, (self.at_once, now))
        may = min(self.at_once, before + (now - since) * self.a_second)
        enough = may >= min(many, self.at_once)  # what is more than all of it would never come through
        self.left[address] = (max(may - many, 0.0) if enough else may, now)
        return enough


def limited(app: ASGIApp, allowance: Allowance) -> ASGIApp:
    """The application for those whose address sends no more than it may; the others are told so, in their language.

    A recorder's batches have a pace of their own, by session.
    """

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/r/"):
            await app(scope, receive, send)
            return
        client = scope.get("client")
        if allowance.allows(client[0] if client else ""):
            await app(scope, receive, send)
            return
        language = preferred(Request(scope), list(languages()))
        answer = shown.message("too_often", language, 429)
        answer.headers["retry-after"] = "5"
        await answer(scope, receive, send)

    return within
