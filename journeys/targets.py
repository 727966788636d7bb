"""How what a journey names is recognised on a page: as a citizen would read it, not letter by letter.

Case, spacing, the marks of Arabic vowels, drawn-out letters and the forms of alef make no difference; what is exactly
the same is preferred to what begins so, and that to what merely contains it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from journeys.journey import Look, Text
from studies.words import pick

# Tashkeel, the dagger alef, tatweel, and the invisible marks that steer the direction of writing.
UNSEEN: Final = re.compile("[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
SAME_LETTER: Final = str.maketrans(
    "أإآٱىئؤ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "ااااييو01234567890123456789",
)
DIGITS: Final = re.compile(r"\d+")

Kind = Literal["words", "label", "name", "css", "role"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look for something: by its words, label, name, selector, or by its role alone."""

    kind: Kind
    text: str
    role: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} “{self.text}”" if self.kind in ("name", "css") else f"“{self.text}”"


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A text as it is compared: letters, digits and single spaces, nothing that a reader would not notice."""
    plain = unicodedata.normalize("NFKC", text)
    plain = UNSEEN.sub("", plain).translate(SAME_LETTER).casefold()
    return " ".join(plain.split())


def normal_label(text: str) -> str:
    """A label as it is compared: without the star of a required field and the colon at its end."""
    return normal(text).strip(" :*：﹡✱").strip()


def shows(page: str, text: str) -> bool:
    """Whether a page's visible text contains a text, as a reader would judge."""
    return normal(text) in normal(page)


def masked(label: str) -> str:
    """A label as the log may keep it: on one line, its digits masked, since they may be somebody's."""
    return DIGITS.sub("#", " ".join(UNSEEN.sub("", label).split()))[:80]


def best(wanted: str, offered: Sequence[str]) -> int | None:
    """Which of the offered labels is meant: the same, else the first that begins so, else that contains it."""
    sought = normal_label(wanted)
    if not sought:
        return None
    labels = [normal_label(label) for label in offered]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for index, label in enumerate(labels):
            if label and fits(label, sought):
                return index
    return None


def ways(target: Look | Text, language: str) -> list[Way]:
    """The alternatives of a target, in the order in which they are to be tried, in one language."""
    if not isinstance(target, Look):
        return [Way("words", pick(target, language))]
    return list(_ways(target, language))


def _ways(look: Look, language: str) -> Iterator[Way]:
    found = False
    said: list[tuple[Kind, Text | None]] = [
        ("words", look.words),
        ("label", look.label),
        ("name", look.name),
        ("css", look.css),
    ]
    for kind, text in said:
        if text:
            found = True
            yield Way(kind, pick(text, language), look.role)
    if look.role and not found:
        yield Way("role", look.role, look.role)
    for alternative in look.any or ():
        yield from ways(alternative, language)


@dataclass(frozen=True, slots=True)
class Offered:
    """A field as a page offers it."""

    datum: str | None
    label: str = ""
    name: str = ""
    id: str = ""
    autocomplete: str = ""
    empty: bool = True
    fits: Callable[[str], bool] = lambda selector: False  # whether a selector means it


def alternatives(key: str) -> list[str]:
    """What a field's key lists to look for, in order: `Name: | full_name | css:#name`."""
    return [part for part in (part.strip() for part in key.split(" | ")) if part] or [key]


def selectors_in(key: str) -> list[str]:
    """The selectors that a field's key falls back on."""
    return [one.removeprefix("css:") for one in alternatives(key) if one.startswith("css:")]


def which_field(key: str, offered: Sequence[Offered]) -> int | None:
    """Which field a journey's key means: the one so labelled or named, that asks for this datum, or nearly so labelled.

    Of several that fit equally well, the first that is still empty. A key may list alternatives, tried in order, and
    a selector (`css:…`) as the exception, for a field without words.
    """
    found = _which_field(key, offered)  # a label may itself have the sign in it
    listed = alternatives(key) if found is None and " | " in key else []
    return next((place for one in listed if (place := _which_field(one, offered)) is not None), found)


def _which_field(key: str, offered: Sequence[Offered]) -> int | None:
    if key.startswith("css:"):
        return next((i for i, one in enumerate(offered) if one.fits(key.removeprefix("css:"))), None)
    label, slugged = normal_label(key), key.strip()
    tests: list[Callable[[Offered], bool]] = [
        lambda o: slugged in (o.name, o.id) or normal_label(o.label) == label,
        lambda o: o.datum == slugged,
        lambda o: slugged in o.autocomplete.split(),
        lambda o: bool(label) and normal_label(o.label).startswith(label),
        lambda o: bool(label) and label in normal_label(o.label),
    ]
    for fits in tests:
        found = [index for index, one in enumerate(offered) if fits(one)]
        if found:
            return next((index for index in found if offered[index].empty), found[0])
    return None


def which_choice(wanted: str, labels: Sequence[str], values: Sequence[str]) -> int | None:
    """Which of several choices is meant: the one with these words, else with this value, else nearly these words."""
    same = [normal_label(label) for label in labels]
    if normal_label(wanted) in same:
        return same.index(normal_label(wanted))
    if wanted in values:
        return list(values).index(wanted)
    return best(wanted, labels)


def told(alternatives: Iterable[Way]) -> str:
    """The alternatives as a message tells them."""
    return " or ".join(str(way) for way in alternatives)
