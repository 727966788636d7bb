"""The languages the lab speaks: English in the code, every other language in a catalogue beside it.

`_("text")` says a text in the language in force; `say_in("ar")` puts one in force for this thread or task. So it is
with the digits that numbers are written in, and the calendar that dates are told by (studies/dates.py).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "catalogues"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
#: the digits that a reader may choose, where the language has both
DIGITS = ("european", "arabic_indic")
#: the calendars that dates are told by: the Gregorian alone, or with the Hijri beside it
CALENDARS = ("gregorian", "hijri")
#: languages that are written with either digits
OWN_DIGITS = frozenset({"ar"})
ARABIC_INDIC = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")
#: a number with its point, thousands and percent sign; or a name that is none (p95, demo-r-12, WCAG 2.2, 127.0.0.1)
NUMBER = re.compile(
    r"(?P<name>\b(?:ISO|WCAG|EN|RFC)[ -]\d[\d.-]*|\d+(?:\.\d+){2,}(?::\d+)?"
    r"|(?=[\d@/.:-]{0,40}[A-Za-z_])[\w@/-]+(?:[.:][\w@/-]+)*)"
    r"|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: ?%)?",
    re.ASCII,
)

_language: ContextVar[str] = ContextVar("language", default="en")
_digits: ContextVar[str] = ContextVar("digits", default="european")
_calendar: ContextVar[str] = ContextVar("calendar", default="gregorian")


@cache
def languages() -> tuple[str, ...]:
    """English, and each language that has a catalogue."""
    return ("en", *sorted(p.stem for p in CATALOGUES.glob("*.po") if p.stem != "en"))


@cache
def _translations(language: str) -> NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """The language in force."""
    return _language.get()


def direction(of: str | None = None) -> str:
    """`rtl` or `ltr`: which way the language in force, or the one named, is read."""
    return "rtl" if (of or language()) in RIGHT_TO_LEFT else "ltr"


def speak(new: str) -> None:
    """Put a language in force from here on."""
    _language.set(new if new in languages() else "en")


@contextmanager
def say_in(new: str) -> Iterator[None]:
    """Put a language in force inside a `with`."""
    token = _language.set(new if new in languages() else "en")
    try:
        yield
    finally:
        _language.reset(token)


def digits() -> str:
    """The digits in force: Arabic-Indic ones only where the language is written with them too."""
    return _digits.get() if language() in OWN_DIGITS else DIGITS[0]


def calendar() -> str:
    """The calendar in force: `hijri` tells the Hijri date beside the Gregorian one."""
    return _calendar.get()


def count_in(new: str = DIGITS[0], by: str = CALENDARS[0]) -> None:
    """Put digits and a calendar in force from here on; what is not known leaves the first of each."""
    _digits.set(new if new in DIGITS else DIGITS[0])
    _calendar.set(by if by in CALENDARS else CALENDARS[0])


@contextmanager
def counted_in(new: str = DIGITS[0], by: str = CALENDARS[0]) -> Iterator[None]:
    """Put digits and a calendar in force inside a `with`."""
    before = _digits.get(), _calendar.get()
    count_in(new, by)
    try:
        yield
    finally:
        count_in(*before)


def spoken() -> str:
    """What texts that are kept for later depend on: the language, the digits and the calendar in force."""
    return f"{language()} {digits()} {calendar()}"


def numerals(text: str) -> str:
    """The text with its numbers in the digits in force, points and percent signs too; names with digits stay."""
    if digits() == DIGITS[0]:
        return text
    return NUMBER.sub(lambda found: found[0] if found["name"] else found[0].translate(ARABIC_INDIC), text)


def _(text: str) -> str:
    """The text in the language in force; the English itself where it has no translation."""
    return _translations(language()).gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it)
    """The text itself: marks for the catalogues what is said elsewhere, by `_(that)`."""
    return text


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a text that the number asks for (Arabic has six)."""
    return _translations(language()).ngettext(one, many, n)


def in_a_row(texts: Iterable[str]) -> str:
    """Words one after the other, with the comma of the language in force between them."""
    return ("، " if direction() == "rtl" else ", ").join(texts)


def pick(texts: str | dict[str, str], of: str | None = None) -> str:
    """One text of a map of languages: the language asked for, else English, else the first."""
    if isinstance(texts, str):
        return texts
    return texts.get(of or language()) or texts.get("en") or next(iter(texts.values()), "")
