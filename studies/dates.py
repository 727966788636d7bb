"""How a day reads: in the language in force and, where it is asked for, with the Hijri date beside the Gregorian one.

The Hijri calendar is Umm al-Qura, which is tabulated for the years 1343 to 1500 (1924 to 2077); outside them the
Gregorian date stands alone. Digits are put in force by whoever writes the whole text (`studies.words.numerals`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from babel.dates import format_date, format_time
from hijridate import Gregorian

from studies.words import _, calendar, direction, language, numerals

#: the months as both languages write them; hijridate's own names leave the vowel signs out as well
MONTHS: Final = {
    "en": (
        *("Muharram", "Safar", "Rabi‘ I", "Rabi‘ II", "Jumada I", "Jumada II"),
        *("Rajab", "Sha‘ban", "Ramadan", "Shawwal", "Dhu al-Qi‘dah", "Dhu al-Hijjah"),
    ),
    "ar": (
        *("محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة"),
        *("رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة"),
    ),
}


def day(when: date) -> str:
    """`2 March 2026`, or `2 March 2026 (13 Ramadan 1447 AH)`."""
    told: str = format_date(when, "d MMMM y", locale=language())
    beside = hijri(when) if calendar() == "hijri" else ""
    return _("{day} ({hijri})").format(day=told, hijri=beside) if beside else told


def moment(when: datetime) -> str:
    """The day and the time of the clock that it is told in: `2 March 2026, 09:30`."""
    return _("{day}, {time}").format(day=day(when), time=format_time(when, "HH:mm", locale=language()))


def figure(when: date, clock: str = "%H:%M") -> str:
    """A day or a moment as a table has it, in the digits in force: `2026-03-02 09:30`, or `… (13 Ramadan 1447 AH)`."""
    told = f"{when:%Y-%m-%d {clock}}" if isinstance(when, datetime) else f"{when:%Y-%m-%d}"
    if direction() == "rtl":
        told = f"\u2066{told}\u2069"  # no neighbour turns it around
    beside = hijri(when) if calendar() == "hijri" else ""
    return numerals(_("{day} ({hijri})").format(day=told, hijri=beside) if beside else told)


def quarter(key: str) -> str:
    """A quarter of a year as people read it: `2026 Q4`, in Arabic the fourth quarter in words."""
    year, _space, number = key.partition(" Q")
    pattern = "y QQQ" if language() == "en" else "QQQQ y"
    told: str = format_date(date(int(year), 3 * int(number), 1), pattern, locale=language())
    return told


def hijri(when: date) -> str:
    """The Hijri date of a Gregorian day: `13 Ramadan 1447 AH`; nothing where the calendar is not tabulated."""
    try:
        there = Gregorian(when.year, when.month, when.day).to_hijri()
    except (OverflowError, ValueError):
        return ""
    month = MONTHS["ar" if language() == "ar" else "en"][there.month - 1]
    return _("{day} {month} {year} AH").format(day=there.day, month=month, year=there.year)
