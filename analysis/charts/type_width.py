"""How wide a text is when a browser draws it: labels are given their places before anybody can measure them.

Widths are in hundredths of the type's size, of the wider of the letters that browsers commonly have: of Latin ones
Noto Sans and DejaVu Sans, of Arabic ones Noto Naskh Arabic, Noto Sans Arabic and DejaVu Sans, as Chromium drew them. An
Arabic letter that another follows is drawn joined, and is narrower than at the end of a word.
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: width to the letters that are as wide; what is not named is as wide as OTHERS
LATIN: Final = {
    30: "ijlI!|.,:;'`،؛ ", 38: "ftrJ()[]{}-/\\\"°·٫٬", 50: "czs_*", 58: "kvxyLF?",
    64: "abdeghnopquCESTYZ0123456789+=<>~#$", 72: "ABKPRVX&", 80: "DGHNOQUw٪", 98: "mMW%@…",
}  # fmt: skip
#: of Arabic letters that end a word or stand alone
ENDING: Final = {
    30: "اأإآ", 48: "ءرزدذهةعغؤو", 60: "م", 66: "جحخلن", 78: "يىئق", 84: "كطظ", 98: "بتثف", 124: "سشصض",
}  # fmt: skip
#: of those that another follows; who joins none (alif, dal, ra, waw) is drawn as at the end
JOINED: Final = {32: "بتثنيئ", 36: "ل", 48: "فق", 52: "مهعغ", 58: "جحخك", 84: "سشطظ", 92: "صض"}
OTHERS: Final = 64
WIDTHS: Final = {letter: width for part in (LATIN, ENDING) for width, letters in part.items() for letter in letters}
WITHIN: Final = {letter: width for width, letters in JOINED.items() for letter in letters}


def width(text: str, size: float) -> float:
    """About how many pixels a text takes in type of a size (px): rather too many than too few."""
    seen = [one for one in text if unicodedata.category(one) not in ("Mn", "Cf")]
    followed = [*(one in WIDTHS and "\u0621" <= one <= "\u064a" for one in seen[1:]), False]
    return size * sum(_of(one, before) for one, before in zip(seen, followed, strict=True)) / 100


def _of(letter: str, before_another: bool) -> int:
    return WITHIN[letter] if before_another and letter in WITHIN else WIDTHS.get(letter, OTHERS)
