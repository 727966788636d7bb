"""Which datum a label, a field name or a question asks for: one matcher for fields, calls, chats and survey columns.

The words are data (`topics.yaml`); what they ask for is a canonical key, the same whatever the language or agency.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

DICTIONARY: Final = Path(__file__).with_name("topics.yaml")

_TASHKEEL: Final = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_LETTERS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "گ": "ك", "ک": "ك", "ی": "ي"}
)
_MARK: Final = re.compile(
    r"(?:^|[\s*:,،(\[–—-]+)(?:(?:this )?(?:field )?(?:is )?(?:required|mandatory|optional)(?: field)?"
    r"|(?:هذا )?(?:(?:ال)?حقل )?(?:مطلوب|[إا]لزامي|[إا]ختياري|[إا]جباري)[ةه]?)[\s*:.,،)\]]*$",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"(?<![^\W_])(?:[a-z]\.){2,}(?:[a-z](?![a-z]))?")
_NOISE: Final = re.compile(r"\((?:required|optional|إلزامي|اختياري)[^)]*\)|[*:؟?!.,،;؛()\[\]«»\"“”]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """One datum: its key, who in the state already holds it, and the words that ask for it."""

    key: str
    held: str
    tokens: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


def normal(text: str) -> str:
    """A text as it is compared: letter forms, vowel signs, digits, punctuation and the Arabic article evened out."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _TASHKEEL.sub("", text).translate(_LETTERS)
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    text = (
        _INITIALS.sub(lambda dotted: dotted[0].replace(".", ""), text).replace("#", " number ").replace("№", " number ")
    )
    text = _NOISE.sub(" ", text).replace("’", "'").replace("_", " ").replace("-", " ")
    words = [w[2:] if w.startswith("ال") and len(w) > 4 else w for w in text.split()]
    return " ".join(words)


def unmarked(label: str) -> str:
    """A label without what is said behind it of the answer, not of the datum: that it is required, or optional."""
    while (shorter := _MARK.sub("", label)) != label:
        label = shorter
    return label


def slug(text: str) -> str:
    """A key for words that the dictionary does not know: lower case, words joined by underscores."""
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", text))
    plain = _TASHKEEL.sub("", plain).casefold()
    return "_".join(re.findall(r"\w+", plain.replace("_", " ")))[:60]


@cache
def dictionary(path: Path = DICTIONARY) -> dict[str, Topic]:
    """All topics by key."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        key: Topic(
            key,
            entry.get("held", ""),
            tuple(entry.get("auto", ())),
            {lang: tuple(words) for lang, words in entry.items() if lang not in ("held", "auto")},
        )
        for key, entry in told.items()
    }


@cache
def _phrases() -> dict[str, str]:
    """Normal form of each phrase -> key."""
    found: dict[str, str] = {}
    for topic in dictionary().values():
        for phrase in (topic.key, *(w for words in topic.words.values() for w in words)):
            found.setdefault(normal(phrase), topic.key)
    return found


@cache
def _tokens() -> dict[str, str]:
    return {token: topic.key for topic in dictionary().values() for token in topic.tokens}


def known_words(key: str, language: str | None = None) -> tuple[str, ...]:
    """The words that ask for a datum, in one language or in all: what a citizen would look for on a page."""
    topic = dictionary().get(key)
    if topic is None:
        return ()
    if language:
        return topic.words.get(language, ())
    return tuple(w for words in topic.words.values() for w in words)


@cache
def _said(text: str) -> str | None:
    """The key that some words speak of, by the one matcher that fields, calls and chats share."""
    from studies.matching import match  # which knows this dictionary

    found = match(text)
    return found.key if found else None


@cache
def datum_of(label: str | None = None, name: str | None = None, autocomplete: str | None = None) -> str | None:
    """The datum that a field asks for, by its label, then its autocomplete token, then its name.

    What no dictionary knows keeps a key of its own, made of the label, else the name; None when there is neither.
    """
    if label and (key := _said(label)):
        return key
    tokens = (autocomplete or "").casefold().split()
    if tokens and (key := _tokens().get(tokens[-1])):
        return key
    if name and (key := _said(re.sub(r"([a-z])([A-Z])", r"\1 \2", re.split(r"[.\[\]:$]+", name.rstrip("]"))[-1]))):
        return key
    return slug(unmarked(label or "")) or slug(name or "") or slug(label or "") or None
