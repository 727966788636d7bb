"""Which datum some words speak of, by the data dictionary: by their stems, else by words that are nearly the same.

Words of the dictionary match as stems (Porter's for English, Snowball's for Arabic), next to each other or with a
filler between them; of several the longest wins. A general word (name, address) matches only where nothing but
fillers stands beside it, or where it is somebody's own (your name, اسمك): “mother's name” is no full name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import snowballstemmer
import yaml
from rapidfuzz import fuzz, process

from studies.topics import dictionary, normal
from studies.words import _

ASKING: Final = Path(__file__).with_name("asking.yaml")
#: How alike (0..100) two spellings must be to be taken for the same words.
NEARLY: Final = 86
#: So many fillers may stand between two words of a phrase.
_BETWEEN: Final = 2
_ARABIC: Final = re.compile("[\u0621-\u064a]")
_ENGLISH_STEMS, _ARABIC_STEMS = snowballstemmer.stemmer("english"), snowballstemmer.stemmer("arabic")
#: Prefixes and suffixed pronouns that Arabic writes with the word: and-, with-, for-; your, my, his.
_BEFORE: Final = re.compile(r"^(?:و|ف)?(?:بال|كال|لل|ب|ل|ك)?(?=\w{3})")
_BEHIND: Final = re.compile(r"(?<=\w{3})(?:كم|كن|ها|هم|نا|ك|ج|ي|ه)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A datum that was found in some words: its key, the dictionary's phrase, and how it was found."""

    key: str
    phrase: str
    why: str
    strong: bool  # more than one general word among others


@cache
def asking() -> dict[str, Any]:
    """What `asking.yaml` says."""
    told: dict[str, Any] = yaml.load(ASKING.read_text(encoding="utf-8"), yaml.BaseLoader)  # "no" is a word here
    return told


@cache
def stem(word: str) -> str:
    """What a word's forms have in common."""
    if not _ARABIC.search(word):
        return str(_ENGLISH_STEMS.stemWord(word))
    bare = _BEHIND.sub("", _BEFORE.sub("", word))
    found = str(_ARABIC_STEMS.stemWord(bare if len(bare) >= 3 else word))
    return found.removesuffix("ت").removesuffix("ه") if len(found) > 3 else found


def match(text: str) -> Match | None:
    """The datum that some words speak of, None when they speak of none that the dictionary has."""
    plain = normal(text.replace("/", " "))
    if (key := _phrases().get(plain)) is not None:
        return Match(key, plain, _("“{phrase}” asks for {key}").format(phrase=plain, key=key), True)
    words = plain.split()
    stems = [stem(word) for word in words]
    best: tuple[tuple[int, int, int, int], Match] | None = None
    for key, phrase, parts in _candidates(frozenset(stems)):
        place = _within(parts, stems)
        if place is None:
            continue
        general = len(parts) == 1 and parts[0] in _general()
        if general and not _stands_alone(words, stems, place):
            continue
        why = _("“{phrase}” asks for {key}").format(phrase=phrase, key=key)
        exact = sum(word in words for word in phrase.split())
        rank = (len(parts), exact, len(phrase), -place)
        if best is None or rank > best[0]:
            best = rank, Match(key, phrase, why, not general)
    if best is None:
        return _nearly(text, words)
    return None if _elsewhere(stems, len(best[1].phrase.split())) else best[1]


def _elsewhere(stems: list[str], longer_than: int) -> bool:
    """Whether the words name something longer that is no citizen's datum: the web address, the name of the bank."""
    return any(len(parts) > longer_than and _within(parts, stems) is not None for parts in _strange())


@cache
def _strange() -> list[tuple[str, ...]]:
    phrases = [phrase for told in asking()["elsewhere"].values() for phrase in told]
    return [tuple(stem(word) for word in normal(phrase).split()) for phrase in phrases]


def _within(parts: tuple[str, ...], stems: list[str]) -> int | None:
    """Where the parts stand in order, at most some fillers between them; None where they do not."""
    for start in [place for place, one in enumerate(stems) if one == parts[0]]:
        place = start
        for part in parts[1:]:
            after = range(place + 1, min(place + 2 + _BETWEEN, len(stems)))
            found = next((k for k in after if stems[k] == part), None)
            if found is None or any(stems[k] not in _fillers() for k in range(place + 1, found)):
                break
            place = found
        else:
            return start
    if len(parts) > 2:  # “the number on your identity card”: the same words the other way round, close together
        near = len(parts) + _BETWEEN
        return next((k for k in range(len(stems)) if set(parts) <= set(stems[k : k + near])), None)
    return None


def _stands_alone(words: list[str], stems: list[str], place: int) -> bool:
    """Whether a single word is meant: nothing but fillers beside it, or it is said to be yours."""
    others = [one for k, one in enumerate(stems) if k != place]
    if all(one in _fillers() or one.isdigit() for one in others):
        return True
    mine = words[place - 1] in ("your", "ur", "my") if place else False
    mine |= bool(
        _ARABIC.search(words[place]) and re.search(r"(?:كم|ك|ج|ي)$", words[place]) and stems[place] != words[place]
    )
    behind = stems[place + 1 : place + 2]
    return mine and (not behind or behind[0] in _fillers() or behind[0] in _starts())


def _nearly(text: str, words: list[str]) -> Match | None:
    """The phrase that some few words nearly are: a slip of the pen, another spelling."""
    if not 1 <= len(words) <= 5:
        return None
    plain = " ".join(words)
    if len(plain) < 5:
        return None
    found = process.extractOne(plain, _phrases().keys(), scorer=fuzz.ratio, score_cutoff=NEARLY)
    if found is None or len(found[0].split()) != len(words):
        return None
    key = _phrases()[found[0]]
    why = _("“{text}” is nearly “{phrase}” ({alike} of 100 alike)")
    return Match(key, found[0], why.format(text=text, phrase=found[0], alike=round(found[1])), len(words) > 1)


@cache
def _phrases() -> dict[str, str]:
    """Every phrase of the dictionary, evened out -> its key."""
    return {
        normal(phrase): topic.key
        for topic in reversed(dictionary().values())
        for words in (*topic.words.values(), (topic.key,))
        for phrase in words
    }


@cache
def _by_first() -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """The phrases by the stem they begin with."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
    for phrase, key in _phrases().items():
        parts = tuple(stem(word) for word in phrase.split())
        if parts:
            found[parts[0]].append((key, phrase, parts))
    return found


def _candidates(stems: frozenset[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    by_first = _by_first()
    return [one for first in stems & by_first.keys() for one in by_first[first] if set(one[2]) <= stems]


@cache
def _fillers() -> frozenset[str]:
    told = asking()["filler"]
    return frozenset(form for words in told.values() for word in words for form in (normal(word), stem(normal(word))))


@cache
def _general() -> frozenset[str]:
    return frozenset(stem(normal(word)) for words in asking()["general"].values() for word in words)


@cache
def _starts() -> frozenset[str]:
    """Words that begin another clause: what stands before them stands by itself."""
    return frozenset(
        stem(word) for word in ("so", "because", "before", "to", "for", "لكي", "حتي", "عشان", "علشان", "قبل")
    )
