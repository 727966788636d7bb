"""The sheet that a blueprint is drawn on: SVG of boxes, lines, marks and wrapped words, mirrored where reading is.

Positions are told as if everything were read from the left; a sheet read from the right turns them round. Words are
never clipped: they are wrapped by an estimate of their width that is rather too large than too small.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from studies.palette import GROUND, INK, QUIET, colour, shape
from studies.words import direction

LATIN: Final = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"
ARABIC: Final = "Noto Sans Arabic, Noto Naskh Arabic, Segoe UI, Tahoma, Noto Sans, sans-serif"
OPENS, CLOSES = "\u2066\u2067\u2068", "\u2069"
#: what no XML document may hold
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _WIDE = set("iljtfrI.,:;'’!|()[] \u00a0·“”"), set("mwMW%—…@")


def mirrored() -> bool:
    """Is the language in force read from the right?"""
    return direction() == "rtl"


def island(text: str) -> str:
    """A stretch of another direction that stays whole in a right-to-left text."""
    return f"\u2068{text}\u2069" if mirrored() and text else text


def width_of(text: str, size: float) -> float:
    """About how many pixels a text is wide."""
    return size * sum(map(_letter, text))


def _letter(c: str) -> float:
    if c in OPENS or c in CLOSES or "\u064b" <= c <= "\u0652":
        return 0.0
    if c in _NARROW:
        return 0.36
    if c in _WIDE or ord(c) > 0x2E80:  # and letters as wide as high
        return 1.0
    if "\u0600" <= c <= "\u06ff":
        return 0.56
    return 0.7 if c.isupper() else 0.6


def unbroken(text: str) -> str:
    """A few words that stay on one line."""
    return text.replace(" ", "\u00a0")


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines that fit; an isolate that a line's end cuts is closed there and opened again."""
    lines: list[str] = []
    line = ""
    for word in (part for whole in re.split(r"[ \t\n]+", text.strip()) for part in _broken(whole, width, size)):
        glued = word.startswith("\0")
        word = word.lstrip("\0")
        longer = line + ("" if glued or not line else " ") + word
        if line and width_of(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return _whole_isolates([*lines, line] if line else lines)


def _broken(word: str, width: float, size: float) -> list[str]:
    """A word too long for a line in parts: behind _ / - . where it has them, else anywhere. Later parts begin \\0."""
    if width_of(word, size) <= width:
        return [word]
    parts: list[str] = []
    for piece in re.findall(r"[^_/\-.]*[_/\-.]+|[^_/\-.]+", word):
        while width_of(piece, size) > width:
            fits = max(1, next(n for n in range(len(piece), 0, -1) if n == 1 or width_of(piece[:n], size) <= width))
            parts.append(piece[:fits])
            piece = piece[fits:]
        if piece:
            parts.append(piece)
    return [part if place == 0 else "\0" + part for place, part in enumerate(parts)]


def _whole_isolates(lines: list[str]) -> list[str]:
    found, standing = [], ""
    for line in lines:
        line = standing + line
        standing = ""
        for c in line:
            standing = standing + c if c in OPENS else standing[:-1] if c in CLOSES else standing
        found.append(line + CLOSES * len(standing))
    return found


@dataclass(slots=True)
class Sheet:
    """A drawing under way: what is on it, and how wide it is."""

    width: float
    parts: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The size of its ordinary type: Arabic letters are smaller than Latin ones of the same size."""
        return 13 if mirrored() else 12

    @property
    def leading(self) -> int:
        """How far apart its lines stand."""
        return 19 if mirrored() else 16

    def _x(self, x: float, width: float = 0.0) -> float:
        return self.width - x - width if mirrored() else x

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = "none", line: str = "none",
        round_by: float = 0, dashed: bool = False, said: str = "",
    ) -> None:  # fmt: skip
        """A box; `said` are further attributes."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self.parts.append(
            f'<rect x="{_n(self._x(x, width))}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
            f' rx="{_n(round_by)}" fill="{fill}" stroke="{line}"{dash}{said}/>'
        )

    def line(self, x: float, y: float, to_x: float, to_y: float, *, ink: str, dash: str = "", wide: float = 1) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{_n(self._x(x))}" y1="{_n(y)}" x2="{_n(self._x(to_x))}" y2="{_n(to_y)}"'
            f' stroke="{ink}" stroke-width="{_n(wide)}"{dashed}/>'
        )

    def words(
        self, x: float, y: float, lines: list[str], *, ink: str = INK[False], size: float = 0, bold: bool = False,
        anchor: str = "start",
    ) -> float:  # fmt: skip
        """Lines of words, the first with its top at y; where they end."""
        size = size or self.size
        leading = self.leading * size / self.size
        weight = ' font-weight="600"' if bold else ""
        for place, text in enumerate(lines):
            base = y + place * leading + leading * 0.75
            self.parts.append(
                f'<text x="{_n(self._x(x))}" y="{_n(base)}" font-size="{_n(size)}" fill="{ink}"{weight}'
                f' text-anchor="{anchor}">{escape(clean(text))}</text>'
            )
        return y + len(lines) * leading

    def mark(self, x: float, y: float, idea: str, *, radius: float = 5, hollow: bool = False, said: str = "") -> None:
        """An idea's mark around a point."""
        paint = f'fill="{colour(idea)}"'
        if hollow:
            paint = f'fill="{GROUND[False]}" stroke="{QUIET[False]}" stroke-width="{_n(1.4 / radius)}"'
        self.parts.append(
            f'<path d="{shape(idea, mirrored())}" {paint}'
            f' transform="translate({_n(self._x(x))} {_n(y)}) scale({_n(radius)})"{said}/>'
        )

    def begin(self, **said: str) -> None:
        """Open a group."""
        self.parts.append("<g" + attributes(**said) + ">")

    def end(self) -> None:
        """Close it."""
        self.parts.append("</g>")

    def svg(self, height: float, *, name: str, title: str, description: str, language: str) -> str:
        """The whole drawing as one SVG document with a title and a description for those who do not see it."""
        way = direction()
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(self.width)}" height="{_n(height)}"'
                f' viewBox="0 0 {_n(self.width)} {_n(height)}" role="img" lang="{language}" xml:lang="{language}"'
                f' direction="{way}" font-family="{ARABIC if mirrored() else LATIN}"'
                f" aria-labelledby={quoteattr(f'{name}-title {name}-description')}"
                ' style="-webkit-print-color-adjust:exact;print-color-adjust:exact">',
                f"<title id={quoteattr(name + '-title')}>{escape(clean(title))}</title>",
                f"<desc id={quoteattr(name + '-description')}>{escape(clean(description))}</desc>",
                f'<rect width="100%" height="100%" fill="{GROUND[False]}"/>',
                *self.parts,
                "</svg>\n",
            )
        )


def attributes(**said: str) -> str:
    """Attributes as they are written; an underscore in a name is a hyphen."""
    return "".join(
        f" {name.strip('_').replace('_', '-')}={quoteattr(clean(value))}" for name, value in said.items() if value
    )


def clean(text: str) -> str:
    """A text without what no XML document may hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
