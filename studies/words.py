"""The languages the lab speaks: English in the code, every other language in a catalogue beside it.

`_("text")` says a text in the language in force; `say_in("ar")` puts one in force for this thread or task.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parent / "catalogues"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

_language: ContextVar[str] = ContextVar("language", default="en")


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


def _(text: str) -> str:
    """The text in the language in force; the English itself where it has no translation."""
    return _translations(language()).gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it)
    """The text itself: marks for the catalogues what is said elsewhere, by `_(that)`."""
    return text


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a text that the number asks for (Arabic has six)."""
    return _translations(language()).ngettext(one, many, n)


def pick(texts: str | dict[str, str], of: str | None = None) -> str:
    """One text of a map of languages: the language asked for, else English, else the first."""
    if isinstance(texts, str):
        return texts
    return texts.get(of or language()) or texts.get("en") or next(iter(texts.values()), "")
