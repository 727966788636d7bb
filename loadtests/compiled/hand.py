"""The hands that a leg is learned with: those of the plain wire player, which stop where a request would be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from journeys.players.controls import Control, Form, Pressable
from journeys.players.transport import Answer
from journeys.players.wire import Wire
from journeys.targets import Way, normal
from loadtests.compiled.leg import BACK


class Sent(Exception):
    """Here a request goes out, after so many seconds that a page takes to move on by itself (None: it does not)."""

    def __init__(self, method: str, url: str, body: bytes | None, kind: str | None, moving: float | None) -> None:
        super().__init__(url)
        self.method, self.url, self.body, self.kind, self.moving = method, url, body, kind, moving
        self.left = -1.0


#: Fields that make something of what is typed into them.
MADE_OF: Final = frozenset({"color", "range"})


def is_odd(value: Any) -> bool:
    """Whether fields make something of a value: none at all, several lines, spaces at its ends."""
    return isinstance(value, str) and (not value.strip() or value != value.strip() or not value.isprintable())


class Nowhere:
    """No line at all: nothing is sent while a leg is learned."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Nobody gets here."""
        raise AssertionError(url)


@dataclass(slots=True)
class Hand(Wire):
    """Does what the plain hands do, and notes what depended on what."""

    #: by the id of a field: the field, and the number of the value in it
    by_number: dict[int, tuple[Control, int]] = field(default_factory=dict)
    deciding: dict[int, Any] = field(default_factory=dict)
    needles: dict[str, bool] = field(default_factory=dict)
    sent: tuple[Form, Control | None] | None = None
    link: Pressable | None = None
    led: bool = True  # whether something on the page led to where the request goes
    way: int = 0  # which alternative of a target was found last
    pages: int = 0  # how many pages there were, up to this one

    def fill_in(self, datum: str, value: Any, number: int, verb: str) -> None:
        """Give, choose or upload the value with this number."""
        control = self._field(datum, files=verb == "upload")
        boxed = control.tag == "select" or control.type in ("radio", "checkbox")
        match verb:
            case "upload":
                self.upload(datum, Path(value))
            case "give":
                self.give(datum, value)
            case _:
                self.choose(datum, list(value) if isinstance(value, tuple) else value)
        told = control.node.attributes
        if boxed or verb == "upload" or is_odd(value) or control.type in MADE_OF or "dirname" in told:
            self.deciding[number] = value
        else:
            self.by_number[id(control)] = (control, number)

    def back(self) -> None:
        """Go back one page, if there was one."""
        self.diary.write("citizen", "acts", "back")
        if self.pages > 1:
            self.link = None
            self._load(BACK, "")

    def _find(self, target: list[Way]) -> tuple[int, Pressable]:
        self.way, thing = Wire._find(self, target)
        return self.way, thing

    def sees(self, text: str) -> bool:
        """Whether a text is on the page; noted, for on the next page of this kind it may be otherwise."""
        seen = Wire.sees(self, text)
        self.needles[normal(text)] = seen
        return seen

    def _send(self, form: Form, button: Control | None) -> None:
        self.sent = (form, button)
        Wire._send(self, form, button)

    def _follow(self, link: Pressable, verb: str) -> None:
        self.link = link
        Wire._follow(self, link, verb)

    def _load(
        self, method: str, url: str, body: bytes | None = None, kind: str | None = None, led: bool = True
    ) -> None:
        self.led = led and self.page is not None and not self.page.reticent
        raise Sent(method, url, body, kind, None)

    def _moves_on(self, left: list[float]) -> bool:
        moving = self.page.refresh() if self.page else None
        if moving is None or moving[0] > left[0]:
            return False
        sent = Sent("GET", moving[1], None, None, moving[0])
        sent.left = left[0] - max(moving[0], 0.05)
        raise sent
