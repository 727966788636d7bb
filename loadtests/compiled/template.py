"""A page that was learned: its bytes, but for the holes in which pages of its kind differ.

Everything outside the holes is compared byte by byte, so that a changed page is never taken for a known one. A hole is
the value of an attribute, or the text up to the next tag; what stands in it has no character that would end it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

TAG: Final = re.compile(rb"""<!--.*?-->|<[a-zA-Z/!?](?:[^>"']|"[^"]*"|'[^']*')*>""", re.S)
ATTRIBUTE: Final = re.compile(rb"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
NAME: Final = re.compile(rb"</?([a-zA-Z][^\s/>]*)")
#: Attributes in which pages of one kind may differ without meaning anything else.
FREE: Final = frozenset(
    {b"value", b"href", b"action", b"formaction", b"src", b"srcset", b"content", b"nonce", b"integrity"}
)
#: Text in these names something, or is sent.
NAMING: Final = frozenset(
    {b"label", b"legend", b"button", b"a", b"summary", b"option", b"select", b"textarea", b"optgroup"}
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a page that differs or may differ: in which tag or text it is, and from where to where."""

    token: int
    attribute: bytes  # empty: it is text
    start: int
    end: int
    tag: bytes  # the element whose attribute it is; empty for a text
    ahead: int = 0  # so much of a text stands before it and is always the same


@dataclass(frozen=True, slots=True)
class Token:
    """A tag, or the text between two."""

    start: int
    end: int
    tag: bytes  # empty: text


def tokens_of(content: bytes) -> list[Token]:
    """The tags and texts of a page, in order; what is opaque is one text."""
    found: list[Token] = []
    at = 0
    for start, end, tag in _marks(content):
        if start < at:
            continue
        if start > at:
            found.append(Token(at, start, b""))
        found.append(Token(start, end, tag))
        at = end
    if at < len(content):
        found.append(Token(at, len(content), b""))
    return found


def _marks(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while match := TAG.search(content, at):
        named = NAME.match(match[0])
        tag = b"!" if named is None else named[1].lower()
        at = match.end()
        if tag in (b"script", b"style", b"template") and not match[0].startswith(b"</"):
            close = re.compile(rb"</" + tag + rb"\s*>", re.I).search(content, at)
            yield match.start(), match.end(), tag
            if close is None:
                return
            at = close.start()
            continue
        yield match.start(), match.end(), tag


def attributes_of(content: bytes, token: Token) -> dict[bytes, tuple[int, int]]:
    """Where the values of a tag's attributes stand; the first of a name counts, as for a browser."""
    found: dict[bytes, tuple[int, int]] = {}
    start = token.start + 1 + len(token.tag)
    for match in ATTRIBUTE.finditer(content, start, token.end - 1):
        group = next((n for n in (2, 3, 4) if match[n] is not None), None)
        where = match.span(group) if group else (match.end(), match.end())
        found.setdefault(match[1].lower(), where)
    return found


def differences(one: bytes, other: bytes) -> list[Spot] | None:
    """Where two pages of one kind differ, told by the places in the second; None when they are not of one kind."""
    mine, theirs = tokens_of(one), tokens_of(other)
    if len(mine) != len(theirs):
        return None
    spots: list[Spot] = []
    inside: list[bytes] = []
    for place, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        if a.tag != b.tag:
            return None
        raw = other[b.start : b.end]
        if b.tag in NAMING:
            if raw.startswith(b"</"):
                while inside and inside.pop() != b.tag:  # options and the like need not be closed
                    pass
            else:
                inside.append(b.tag)
        if one[a.start : a.end] == raw:
            continue
        if not b.tag:
            before = one[a.start : a.end]
            ahead = _alike(before, raw)
            if inside or not raw[ahead:].strip() or not before[ahead:].strip():
                return None
            spots.append(Spot(place, b"", b.start + ahead, b.end, b"", ahead))
            continue
        told = _in_tag(one, other, a, b, place)
        if told is None:
            return None
        spots += told
    return spots


def _alike(one: bytes, other: bytes) -> int:
    """How far two texts are the same, word by word."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return one.rfind(b" ", 0, same) + 1


def _in_tag(one: bytes, other: bytes, a: Token, b: Token, place: int) -> list[Spot] | None:
    mine, theirs = attributes_of(one, a), attributes_of(other, b)
    if list(mine) != list(theirs) or b.tag == b"!":
        return None
    spots = []
    plain_mine, plain_theirs = one[a.start : a.end], other[b.start : b.end]
    for name in theirs:
        (s1, e1), (s2, e2) = mine[name], theirs[name]
        if one[s1:e1] == other[s2:e2]:
            continue
        if not (name in FREE or name.startswith(b"data-")) or not other[s2:e2] or not one[s1:e1]:
            return None
        if name == b"value" and not _may_vary(other, theirs, b.tag):
            return None
        if name == b"content" and b"http-equiv" in theirs:
            return None
        if other[s2 - 1 : s2] not in (b'"', b"'"):
            return None
        spots.append(Spot(place, name, s2, e2, b.tag))
    # Nothing else in the tag may differ: the order, the quotes, the spaces.
    if _without(plain_mine, [mine[s.attribute] for s in spots], a.start) != _without(
        plain_theirs, [theirs[s.attribute] for s in spots], b.start
    ):
        return None
    return spots


def _may_vary(content: bytes, told: dict[bytes, tuple[int, int]], tag: bytes) -> bool:
    """Whether the value of this tag may be another without the page saying something else."""
    kind = content[slice(*told[b"type"])].lower() if b"type" in told else b"text"
    return tag == b"input" and kind not in (b"submit", b"button", b"reset", b"image", b"radio", b"checkbox")


def _without(raw: bytes, spans: Sequence[tuple[int, int]], start: int) -> bytes:
    for s, e in sorted(spans, reverse=True):
        raw = raw[: s - start] + raw[e - start :]
    return raw


def hidden_values(content: bytes, tokens: Sequence[Token]) -> list[Spot]:
    """The values of the page's hidden fields, which are holes from the first."""
    spots = []
    for place, token in enumerate(tokens):
        if token.tag != b"input" or content[token.start + 1 : token.start + 2] == b"/":
            continue
        told = attributes_of(content, token)
        if b"type" in told and content[slice(*told[b"type"])].lower() == b"hidden" and b"value" in told:
            start, end = told[b"value"]
            if content[start - 1 : start] in (b'"', b"'"):
                spots.append(Spot(place, b"value", start, end, b"input"))
    return spots


class Template:
    """The fixed parts of a page and where its holes end."""

    __slots__ = ("_first", "_parts", "spots")

    def __init__(self, content: bytes, spots: Sequence[Spot]) -> None:
        self.spots = tuple(sorted(spots, key=lambda spot: spot.start))
        parts, at = [], 0
        for spot in self.spots:
            parts.append(content[at : spot.start])
            at = spot.end
        parts.append(content[at:])
        self._first = parts[0]
        ends = [
            part[:1] if spot.attribute else part[:9] if b"<" in content[spot.start : spot.end] else b"<"
            for part, spot in zip(parts[1:], self.spots, strict=True)
        ]
        self._parts = tuple(zip(ends, parts[1:], strict=True))

    def holes(self, content: bytes) -> list[bytes] | None:
        """What stands in the holes of a page of this kind; None when it is no such page."""
        first = self._first
        if not self._parts:
            return [] if content == first else None
        if not content.startswith(first):
            return None
        at, found = len(first), []
        find, starts = content.find, content.startswith
        for end, part in self._parts:
            stop = find(end, at)
            if stop < 0 or not starts(part, stop):
                return None
            found.append(content[at:stop])
            at = stop + len(part)
        return found if at == len(content) else None
