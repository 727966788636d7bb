"""How a number reads: digits, unit, interval in the language in force, so that no neighbour turns it around.

In a right-to-left text a range or a sign beside Latin letters would change places; Unicode isolates keep a figure
whole.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from studies.words import DIGITS, _, digits, direction, numerals

LEFT_TO_RIGHT: Final = "\u2066"
RIGHT_TO_LEFT: Final = "\u2067"
END: Final = "\u2069"
NOTHING: Final = "–"


def island(text: str) -> str:
    """A left-to-right stretch (a number, a code, a name in Latin letters) that stays whole in a right-to-left text."""
    return f"{LEFT_TO_RIGHT}{text}{END}" if direction() == "rtl" and text else text


def sentence(text: str) -> str:
    """A text whose base direction is that of the language in force, whatever it begins with."""
    return f"{RIGHT_TO_LEFT}{text}{END}" if direction() == "rtl" and text else text


def rounded(value: float, digits: int = 0) -> float:
    """A number rounded as people do it, halves away from zero, for display only."""
    step = Decimal(1).scaleb(-digits)
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


def bare(value: float, signed: bool = False, whole: bool = False) -> str:
    """A number as people write it: whole numbers without a point, others with as many digits as tell something."""
    size = abs(value)
    if whole or size >= 1000 or float(value).is_integer():
        digits = 0
    else:
        digits = 1 if size >= 10 else 2
    text = f"{rounded(size, digits):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign = "−" if value < 0 else "+" if signed else ""
    return (sign if float(text.replace(",", "")) else "") + numerals(text)


def number(value: float | None, signed: bool = False) -> str:
    """A number that stays whole in any text; a dash for none."""
    return NOTHING if value is None else island(bare(value, signed))


def measured(value: float | None, unit: str, signed: bool = False) -> str:
    """A number with its unit, in the order of the language: `3.5 s`."""
    if value is None:
        return NOTHING
    return (
        sentence(_("{number} {unit}").format(number=number(value, signed), unit=unit_name(unit)))
        if unit
        else (number(value, signed))
    )


def span(low: float, high: float, signed: bool = False) -> str:
    """An interval: `1.2 … 3.4`."""
    if digits() != DIGITS[0]:  # read from the right as the words are: each bound stays whole, the lower one first
        return sentence(f"{number(low, signed)} … {number(high, signed)}")
    return island(f"{bare(low, signed)} … {bare(high, signed)}")


def percent(share: float | None, signed: bool = False) -> str:
    """A share of one (0.25) as people read it (25 %); a dash where there is none."""
    if share is None:
        return NOTHING
    if digits() != DIGITS[0]:
        return sentence(f"{number(rounded(100 * share), signed)}٪")
    return island(f"{bare(rounded(100 * share), signed)} %")


def unit_name(unit: str) -> str:
    """A unit in the language in force."""
    return _(unit) if unit else ""
