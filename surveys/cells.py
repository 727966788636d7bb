"""What one cell of somebody's table means on an item's scale: a number in any digits, a label in words, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import yaml

from studies.words import _
from surveys.instruments import Instrument

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.", "٬")
_UNSEEN: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640\u064b-\u0652]")
_NUMBER: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_FIRST: Final = re.compile(r"([-+]?\d+)\s*(?:[-–—:.)=(]|\s)\s*\D*$")
_CODE: Final = re.compile(r"[aA]o?0*(\d+)")
_SAME: Final = str.maketrans("أإآىة", "ااايه")

#: cells that say that there is no answer
NO_ANSWER: Final = frozenset(
    [
        "",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "-",
        "–",
        "—",
        ".",
        "does not apply",
        "not applicable",
        "prefer not to say",
    ]
    + ["no answer", "-oth-", "لا ينطبق", "لا اجابه", "افضل عدم الاجابه"]
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A text as it is compared: no marks that nobody sees, Western digits, one kind of alef, no case, single spaces."""
    shown = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_DIGITS).translate(_SAME)
    return " ".join(shown.replace("’", "'").casefold().split())


def number_of(text: str) -> float | None:
    """A number in Western or Arabic-Indic digits; None for anything else."""
    shown = plain(text).replace("−", "-")
    return float(shown.replace(",", ".")) if _NUMBER.fullmatch(shown) else None


def unguarded(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def value_of(text: str, asked: Instrument, item: str, codes: bool = False) -> tuple[float | None, str | None]:
    """The answer that a cell holds, None where there is none, and what was wrong with it; nothing is guessed or bent.

    `codes` reads A1, A2, … as LimeSurvey writes them.
    """
    shown = plain(unguarded(text))
    if shown in NO_ANSWER:
        return None, None
    if next(one for one in asked.items if one.id == item).kind == "text":
        return 1.0, None
    scale = asked.scale_of(item)
    number = number_of(shown)
    if number is None and shown in (labels := labels_of(asked, item)):
        number = float(labels[shown])
    if number is None and (led := _FIRST.fullmatch(shown)):
        number = float(led[1])
    if number is None and codes and (code := _CODE.fullmatch(shown)):
        number = float(code[1])
    if number is None:
        if len(re.findall(r"\d+", shown)) > 1 and not re.search(r"[^\W\d_]", shown):
            return None, _("there is more than one answer in the cell; none was taken")
        return None, _("this is neither a number nor one of the answers; it counts as not answered")
    if number != int(number) and len(scale.points) <= 11:
        return None, _("{number} is no whole number; it counts as not answered").format(number=f"{number:g}")
    if not scale.low <= number <= scale.high:
        said = _("{number} is not on the scale from {low} to {high}; it counts as not answered")
        return None, said.format(number=f"{number:g}", low=scale.low, high=scale.high)
    return int(number) if number == int(number) else number, None


@cache
def _agreement() -> list[list[str]]:
    """Common labels of agreement from least to most, by language and number of points."""
    document = yaml.safe_load(Path(__file__).with_name("labels.yaml").read_text("utf-8"))
    return [[plain(str(word)) for word in words] for words in document["labels"]]


def labels_of(asked: Instrument, item: str) -> Mapping[str, int]:
    """What the points of an item may be called: its anchors in every language, and the usual words between its ends."""
    return _labels_of(asked.instrument, item, _key(asked, item))


def _key(asked: Instrument, item: str) -> tuple[tuple[int, int], tuple[tuple[tuple[int, str], ...], ...]]:
    scale = asked.scale_of(item)
    anchors = tuple(tuple(asked.anchors_of(item, language).items()) for language in asked.wording)
    return (scale.low, scale.high), anchors


@cache
def _labels_of(
    _name: str, _item: str, key: tuple[tuple[int, int], tuple[tuple[tuple[int, str], ...], ...]]
) -> Mapping[str, int]:
    (low, high), languages = key
    found: dict[str, int] = {}
    for anchors in languages:
        named = {point: plain(words) for point, words in anchors}
        for usual in _agreement():
            if len(usual) != high - low + 1:
                continue
            if usual[0] == named[low] and usual[-1] == named[high]:
                found |= {word: low + place for place, word in enumerate(usual)}
            elif usual[-1] == named[low] and usual[0] == named[high]:
                found |= {word: high - place for place, word in enumerate(usual)}
        found |= {words: point for point, words in named.items()}
    return found
