"""XML that was sent, taken apart where it holds values, and put together again as it was written.

Only what is plainly XML: with a document type, a comment or tags that do not match it is left to be one text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final
from xml.sax.saxutils import escape

PIECE: Final = re.compile(
    r"<\?.*?\?>|<!\[CDATA\[(?P<raw>.*?)\]\]>|<(?P<end>/?)(?P<tag>[\w:.-]+)(?P<said>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
ATTRIBUTE: Final = re.compile(r"([\w:.-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True, slots=True)
class Part:
    """One value: the way to it with its place among those of the same way, what it is called, where it stands."""

    way: str
    nth: int
    name: str
    value: str
    start: int
    end: int


def parts_of(text: str) -> list[Part] | None:
    """Every value of an XML text, of elements and attributes; None where it cannot be taken apart."""
    if not text.lstrip().startswith("<"):
        return None
    found: list[tuple[str, str, int, int]] = []
    open_tags: list[str] = []
    at = 0
    for piece in PIECE.finditer(text):
        if piece.start() != at:
            return None
        at = piece.end()
        if piece["tag"]:
            tag = piece["tag"].rpartition(":")[2]
            if piece["end"]:
                if not open_tags or open_tags.pop() != tag:
                    return None
                continue
            way = "/".join([*open_tags, tag])
            found += [(f"{way}@{name}", value, start, end) for name, value, start, end in _attributes(piece)]
            if not piece["said"].rstrip().endswith("/"):
                open_tags.append(tag)
        elif piece["raw"] is not None:
            found.append(("/".join(open_tags), piece["raw"], piece.start(), piece.end()))
        elif piece["text"] and (said := piece["text"].strip()):
            if not open_tags:
                return None
            start = piece.start() + piece["text"].index(said)
            found.append(("/".join(open_tags), unescape(said), start, start + len(said)))
    if open_tags or at != len(text):
        return None
    met: Counter[str] = Counter()
    parts = []
    for way, value, start, end in found:
        parts.append(Part(way, met[way], re.split(r"[/@]", way)[-1], value, start, end))
        met[way] += 1
    return parts


def _attributes(tag: re.Match[str]) -> Iterator[tuple[str, str, int, int]]:
    """Name, value and place of each attribute; one of a namespace is about the writing, as is the namespace itself."""
    for said in ATTRIBUTE.finditer(tag["said"]):
        if ":" not in said[1] and said[1] != "xmlns":
            begin = tag.start("said") + said.start(2) + 1
            yield said[1], unescape(said[2][1:-1]), begin, begin + len(said[2]) - 2


def put_together(text: str, filled: Callable[[Part], str]) -> str:
    """The text with what stands in each place now; what did not change stays as it was written."""
    told, at = [], 0
    for part in parts_of(text) or []:
        now = filled(part)
        told += [text[at : part.start], text[part.start : part.end] if now == part.value else _escaped(now)]
        at = part.end
    return "".join([*told, text[at:]])


def _escaped(value: str) -> str:
    return escape(value, {'"': "&quot;", "'": "&apos;"})
