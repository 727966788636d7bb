"""A kind of page that a step has met: its template, how else it is recognised, and the legs that lead on from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from journeys.players.forms import Page
from journeys.targets import normal as kept_normal
from loadtests.compiled.hand import Hand
from loadtests.compiled.leg import Leg
from loadtests.compiled.sending import hole_text
from loadtests.compiled.template import Spot, Template, attributes_of, tokens_of

FORMS: Final = re.compile(rb"<form\b.*?</form\s*>", re.S | re.I)
HIDDEN: Final = re.compile(rb"""<input\b(?=[^>]*\btype\s*=\s*["']?hidden)[^>]*>""", re.I)
VALUE: Final = re.compile(rb"""(\bvalue\s*=\s*)("[^"]*"|'[^']*')""", re.I)
#: What outside the forms can change what a page says or asks.
TELLING: Final = re.compile(
    rb"<(?:input|select|textarea|button|form|label|fieldset|details|dialog|base|meta\s+http-equiv)\b[^>]*>"
    rb"|<[^>]*(?:aria-invalid|aria-label|role=|error|invalid-feedback|alert-danger|hidden|display)[^>]*>",
    re.I,
)
UNREAD: Final = re.compile(rb"<(script|style|template|title|noscript)\b.*?</\1\s*>|<!--.*?-->", re.S | re.I)
ANY_TAG: Final = re.compile(rb"<[^>]*>")
STAND_IN: Final = "\ue00a{}\ue00b"
normal = kept_normal.__wrapped__  # what is looked at once is not worth keeping


@dataclass(slots=True)
class Window:
    """What stands before and behind a hole in the page's readable text, as far as the longest needle reaches."""

    hole: int
    before: str
    behind: str


@dataclass(slots=True)
class Shape:
    """One kind of page before one step; `learned_at` is where it was learned, `base` what its base element says."""

    template: Template
    content: bytes
    learned_at: str
    base: str | None
    deciding: tuple[int, ...]
    legs: dict[tuple[Any, ...], Leg]
    windows: tuple[Window, ...]
    needles: tuple[tuple[str, bool], ...]  # every text that its legs looked for, and whether it was there
    blank: tuple[int, ...]  # holes that are text, and so never blank
    scanned: tuple[bytes, tuple[bytes, ...]] | None
    hidden: tuple[int, ...]  # the holes that hidden fields in forms are, in the page's order
    in_utf8: bool = True
    met: int = 0
    check_at: int = 1

    def fits(self, content: bytes) -> list[bytes] | None:
        """The holes of a page of this kind; None when it is none, or says something else."""
        holes = self.template.holes(content)
        if holes is None:
            return None
        for place in self.blank:
            if not holes[place].strip():
                return None
        if self.windows and not self._says_the_same(holes):
            return None
        if not self.in_utf8 and not all(hole.isascii() for hole in holes):
            return None
        return holes

    def _says_the_same(self, holes: Sequence[bytes]) -> bool:
        needles = self.needles
        for window in self.windows:
            text = normal(f"{window.before}{hole_text(holes[window.hole])}{window.behind}")
            if any(not seen and needle in text for needle, seen in needles):
                return False
        return True

    def scan(self, content: bytes) -> list[bytes] | None:
        """The holes of a page whose forms are the same but for hidden values, and that says the same besides."""
        if self.scanned is None:
            return None
        forms, telling, values = outline(content)
        if (forms, telling) != self.scanned or len(values) != len(self.hidden):
            return None
        text = plain_text(content)
        if any((needle in text) is not seen for needle, seen in self.needles):
            return None
        holes = [b""] * len(self.template.spots)
        for place, value in zip(self.hidden, values, strict=True):
            holes[place] = value
        return holes


def outline(content: bytes) -> tuple[bytes, tuple[bytes, ...], list[bytes]]:
    """A page's forms without their hidden values, what outside them tells something, and the hidden values."""
    values: list[bytes] = []

    def emptied(tag: re.Match[bytes]) -> bytes:
        def taken(value: re.Match[bytes]) -> bytes:
            values.append(value[2][1:-1])
            return value[1]

        return VALUE.sub(taken, tag[0], count=1)

    forms, outside, at = [], [], 0
    for form in FORMS.finditer(content):
        outside.append(content[at : form.start()])
        forms.append(HIDDEN.sub(emptied, form[0]))
        at = form.end()
    outside.append(content[at:])
    return b"\n".join(forms), tuple(TELLING.findall(b"\n".join(outside))), values


def plain_text(content: bytes) -> str:
    """What can be read on a page, roughly: hidden parts too."""
    text = ANY_TAG.sub(b" ", UNREAD.sub(b" ", content)).decode("utf-8", "replace")
    return normal(unescape(text))


@dataclass(slots=True)
class Found:
    """What of a page's holes belongs to which of its fields, and which is the address that is asked for next."""

    by_control: dict[int, int] = field(default_factory=dict)
    where: int | None = None


def match_holes(content: bytes, spots: Sequence[Spot], page: Page, hand: Hand) -> Found | None:
    """Which field each hole belongs to; None when the page's bytes and its elements cannot be told to be the same."""
    tokens = tokens_of(content)
    found = Found()
    by_token = {spot.token: place for place, spot in enumerate(spots) if spot.attribute == b"value"}
    inputs = [c for c in page.controls if c.tag == "input"]
    raw = [place for place, token in enumerate(tokens) if token.tag == b"input"]
    if len(raw) != len(inputs):
        return None if by_token else found
    for place, control in zip(raw, inputs, strict=True):
        told = attributes_of(content, tokens[place])
        value = hole_text(content[slice(*told[b"value"])]) if b"value" in told else ""
        if value != (control.node.attributes.get("value") or ""):
            return None
        if place in by_token:
            found.by_control[id(control)] = by_token[place]
    node = None
    if hand.sent is not None:
        form, button = hand.sent
        node = button.node if button is not None and button.node.attributes.get("formaction") else form.node
    elif hand.link is not None:
        node = hand.link.node
    addresses = {b"href", b"action", b"formaction"}
    if node is not None and any(spot.attribute in addresses for spot in spots):
        tag = (node.tag or "").encode()
        elements = page.tree.css(node.tag or "")
        raw = [
            place
            for place, token in enumerate(tokens)
            if token.tag == tag and content[token.start + 1 : token.start + 2] != b"/"
        ]
        if len(raw) != len(elements):
            return None
        mine = next(n for n, element in enumerate(elements) if element.mem_id == node.mem_id)
        attribute = b"href" if hand.sent is None else b"action" if node.tag == "form" else b"formaction"
        for place, spot in enumerate(spots):
            if spot.token == raw[mine] and spot.attribute == attribute:
                found.where = place
    return found


def windows_of(
    page: Page, content: bytes, spots: Sequence[Spot], needles: Sequence[tuple[str, bool]]
) -> tuple[Window, ...] | None:
    """Where the text holes stand in what can be read; None when something that was looked for stands in one of them."""
    texts = [(place, spot) for place, spot in enumerate(spots) if not spot.attribute]
    if not texts or not needles:
        return ()
    marked, at = [], 0
    for place, spot in texts:
        marked += [content[at : spot.start], STAND_IN.format(place).encode()]
        at = spot.end
    marked.append(content[at:])
    text = Page(page.url, page.status, b"".join(marked).decode("utf-8", "replace")).text()
    if any(seen and needle not in text for needle, seen in needles):
        return None
    longest = max(len(needle) for needle, _seen in needles)
    windows = []
    for place, _spot in texts:
        before, found, behind = text.partition(STAND_IN.format(place))
        if found:  # else it is nowhere to be read
            windows.append(Window(place, before[-longest:], behind[:longest]))
    return tuple(windows)
