"""The request that a leg ends in, learned as pieces: what is always the same, and where a value goes.

Every field whose value is a citizen's or a page's own is marked, the form is put together as the plain player does, and
the marks are found again in what came out. So what is sent is what the plain player would send, whatever the encoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import Any, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from journeys.players.controls import Control
from journeys.players.forms import Page
from journeys.players.sending import NEWLINE, charset_of, encoded, sending
from loadtests.compiled.hand import Hand, Sent
from loadtests.compiled.leg import Asked, Pieces
from studies.places import form_key

#: A mark is made of letters and digits, so that every encoding leaves it as it is.
MARK: Final = "kHu7wA{}aW7uHk"
MARKED: Final = re.compile(rb"kHu7wA(\d+)aW7uHk")
USUAL: Final = re.compile(rb"[A-Za-z0-9*._+/=-]*")


def asked_of(
    page: Page | None,
    hand: Hand,
    sent: Sent,
    holes: Mapping[int, int],
    where: int | None,
    wanted: Callable[[int], bool],
) -> Asked:
    """The request of a leg in pieces.

    `holes` names, by the id of a field, the hole of the page that its value is; `where` is the hole of the address.
    What is not `wanted` is left as it was when this was learned.
    """
    referred = page is not None and hand.led
    if hand.sent is None or page is None:
        target = hand.link.href if hand.link and hand.led else "" if page and sent.url == page.url else None
        return Asked(sent.method, sent.url, target, where, None, None, None, referred, None)
    form, button = hand.sent
    marked: list[tuple[Control, str, int]] = []
    for control in form.controls:
        number: int | None = None
        if id(control) in hand.by_number:
            number = hand.by_number[id(control)][1]
        elif id(control) in holes and control.tag == "input":
            number = -1 - holes[id(control)]
        if number is not None and wanted(number) and not control.disabled and control.name.lower() != "_charset_":
            marked.append((control, control.value, number))
            control.value = MARK.format(len(marked) - 1)
    try:
        told = sending(page, form, button)
    finally:
        for control, value, _number in marked:
            control.value = value
    numbers = [number for _control, _value, number in marked]
    raw = told.content_type is not None and told.content_type != "application/x-www-form-urlencoded"
    url, question, query = told.url.partition("?") if told.body is None else (told.url, "", "")
    body = None if told.body is None else pieces_of(told.body, numbers)
    asks = pieces_of(query.encode(), numbers) if question else None
    about = (form_key(told.action, hand.walk.base, told.form or None), told.form)
    said = button.node.attributes if button else {}
    target = said.get("formaction") or form.action or ""
    charset = charset_of(form.node.attributes.get("accept-charset") or "", page.charset)
    return Asked(told.method, url, target, where, asks, body, told.content_type, referred, about, raw, charset)


def pieces_of(made: bytes, numbers: Sequence[int]) -> Pieces:
    """What was put together with marks, as pieces."""
    pieces: list[bytes | int] = []
    at = 0
    for mark in MARKED.finditer(made):
        pieces += [made[at : mark.start()], numbers[int(mark[1])]]
        at = mark.end()
    return (*pieces, made[at:])


@lru_cache(maxsize=65536)
def sent_value(text: str, raw: bool, charset: str) -> bytes:
    """A value as it stands in what is sent."""
    lines = NEWLINE.sub("\r\n", text) if "\n" in text or "\r" in text else text
    return lines.encode(charset, "xmlcharrefreplace") if raw else encoded(lines, charset).encode()


def hole_text(hole: bytes) -> str:
    """What a hole of a page says: as HTML, in UTF-8."""
    text = hole.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text


def joined(pieces: Pieces, values: Sequence[Any], holes: Sequence[bytes], asked: Asked) -> bytes:
    """Pieces put together for one citizen on one page."""
    parts: list[Any] = []
    raw, charset = asked.raw, asked.charset
    for piece in pieces:
        if piece.__class__ is bytes:
            parts.append(piece)
        elif piece >= 0:  # type: ignore[operator]
            parts.append(sent_value(str(values[piece]), raw, charset))  # type: ignore[index]
        else:
            hole = holes[-1 - piece]  # type: ignore[operator]
            parts.append(hole if hole.isalnum() else _of_hole(hole, raw, charset))
    return b"".join(parts)


def _of_hole(hole: bytes, raw: bool, charset: str) -> bytes:
    if USUAL.fullmatch(hole):  # most tokens
        return hole if raw else hole.replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D")
    return sent_value.__wrapped__(hole_text(hole), raw, charset)


def body_of(asked: Asked, values: Sequence[Any], holes: Sequence[bytes]) -> bytes | None:
    """What a request carries."""
    return None if asked.body is None else joined(asked.body, values, holes, asked)


def address_of(
    asked: Asked, learned_at: str, url: str, base: str, holes: Sequence[bytes], values: Sequence[Any]
) -> str:
    """Where a request goes from the page at `url`, whose addresses are relative to `base`."""
    there = asked.url
    if asked.where is not None or (url != learned_at and asked.target is not None):
        target = hole_text(holes[asked.where]).strip() if asked.where is not None else asked.target
        there = urlunsplit(urlsplit(urljoin(base, target or url))._replace(fragment=""))
    if asked.query is None:
        return there
    return there.partition("?")[0] + "?" + joined(asked.query, values, holes, asked).decode()
