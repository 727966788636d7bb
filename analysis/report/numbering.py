"""Numbers as the reader writes them, on a whole page: digits in force, and page numbers on paper in the same.

What is no prose keeps its digits: scripts, code, keys, and whatever an element says to be read from the left.
"""

from __future__ import annotations

import re
from typing import Final

from studies.words import DIGITS, digits, direction, numerals

TAGS: Final = re.compile(r"(<!--.*?-->|<[^>]*>)", re.S)
OPENED: Final = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)")
#: what holds no prose
KEPT: Final = frozenset({"pre", "style", "script", "code"})
ENDLESS: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "rect", "line", "use"})


def numbered(page: str) -> str:
    """A page with European digits, with the numbers of its prose and its charts in the digits in force."""
    if digits() == DIGITS[0]:
        return page
    made: list[str] = []
    kept: list[str] = []
    for i, part in enumerate(TAGS.split(page)):
        if not i % 2:
            made.append(part if kept else numerals(part))
            continue
        made.append(part)
        if opened := OPENED.match(part):
            name = opened["name"].lower()
            if part.endswith("/>") or name in ENDLESS:
                continue
            if name == kept[0] if kept else (name in KEPT or 'dir="ltr"' in part):
                kept.append(name)
        elif kept and part[:2] == "</" and part[2:-1].strip().lower() == kept[0]:
            kept.pop()
    return "".join(made)


def sheet(title: str, day: str) -> str:
    """The style of the printed sheet: A4, what it is and when it was made at its head, the page number at its foot."""
    start, end = ("right", "left") if direction() == "rtl" else ("left", "right")
    counted = "arabic-indic" if digits() != DIGITS[0] else "decimal"
    turn = f"direction: {direction()}; unicode-bidi: plaintext;"
    return f"""@page {{
  size: A4; margin: 18mm 14mm 16mm;
  @top-{start} {{ content: {_quoted(title)}; {turn} }}
  @top-{end} {{ content: {_quoted(numerals(day))}; {turn} }}
  @bottom-{end} {{ content: counter(page, {counted}) " / " counter(pages, {counted}); }}
}}"""


def _quoted(text: str) -> str:
    """A text as a string of CSS, which also ends no style element."""
    return '"' + re.sub(r'["\\<>\n]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'
