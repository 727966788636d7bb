"""Which datum some words speak of, by the data dictionary: by their stems, else by words that are nearly the same.

Words of the dictionary match as stems (Porter's for English, Snowball's for Arabic), next to each other or with a
filler between them; of several the longest wins. A general word (name, address) matches only where nothing but
fillers stands beside it, or where it is somebody's own (your name, اسمك): “mother's name” is no full name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import snowballstemmer
import yaml
from rapidfuzz import fuzz, process

from studies.sayings import asking, evened, filled, turned
from studies.topics import dictionary, normal
from studies.words import _

PARAPHRASES: Final = Path(__file__).with_name("paraphrases.yaml")
#: How alike (0..100) two spellings must be to be taken for the same words.
NEARLY: Final = 86
_WORD_NEARLY: Final = 75
#: A label whose words may stand in any order has no more than this.
_TURNED: Final = 6
#: So many fillers may stand between two words of a phrase.
_BETWEEN: Final = 2
#: How “number” is shortened.
#: What may stand between your and a general word: your current employer.
_AS_IT_IS: Final = frozenset(
    ("current", "present", "full", "latest", "actual", "exact", "real", "legal", "own", "monthly")
)
_NUMBER: Final = frozenset(("no", "nr", "num", "nbr", "nos"))
#: Only what has a number is also said the other way round.
_COUNTED: Final = frozenset(("number", "رقم"))
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
    first: int = 0  # the words of the line that say it
    last: int = 0
    asking: bool = False  # a question by itself: when were you born?


@cache
def stem(word: str) -> str:
    """What a word's forms have in common."""
    if word in _NUMBER:
        return "number"
    if word.endswith("ed"):
        return word  # what is insured is no insurance
    if not _ARABIC.search(word):
        return str(_ENGLISH_STEMS.stemWord(word))
    bare = word
    while (shorter := _BEFORE.sub("", bare)) != bare:  # again, so that “with the word” and “word” come to the same
        bare = shorter
    bare = _BEHIND.sub("", bare)
    found = str(_ARABIC_STEMS.stemWord(bare if len(bare) >= 3 else word))
    return found.removesuffix("ت").removesuffix("ه") if len(found) > 3 else found


def match(text: str) -> Match | None:
    """The datum that some words speak of, None when they speak of none that the dictionary has."""
    sides = text.split(" / ")
    if len(sides) == 2 and (joined := match(sides[0])) is not None:
        return joined  # two names of one datum: place of work / company
    plain = normal(evened(text.casefold()).replace("/", " "))
    words = plain.split()
    if (key := _phrases().get(plain)) is not None:
        why = _("“{phrase}” asks for {key}").format(phrase=plain, key=key)
        return Match(key, plain, why, True, 0, len(words) - 1)
    found = [one for one in matches(words) if not one.asking or one.last - one.first + 1 == len(words)]
    return found[0] if found else _turned(words, plain) or _nearly(text, words)


def _turned(words: list[str], plain: str) -> Match | None:
    """A phrase whose words stand in another order, among fillers alone: licence no. (driving)."""
    if not 2 <= len(words) <= _TURNED:
        return None
    stems = [stem(word) for word in words]
    best: Match | None = None
    for key, phrase, parts in _candidates(frozenset(stems)):
        rest = [one for one in stems if one not in parts]
        more = best is None or len(parts) > len(best.phrase.split())
        if len(parts) > 1 and more and all(is_filler(one) for one in rest):
            why = _("“{phrase}” asks for {key}").format(phrase=plain, key=key)
            best = Match(key, phrase, why, True, 0, len(words) - 1)
    return best


def matches(words: list[str]) -> list[Match]:
    """Every datum that evened-out words speak of, none of them inside another, the one that is said best first."""
    stems = [stem(word) for word in words]
    plain = {*words, *(re.sub("^[وفبل](?:ال)?|^بال|^لل", "", word) for word in words)}
    found: list[tuple[tuple[int, int, int, int], Match]] = []
    for key, phrase, parts in _candidates(frozenset(stems)):
        place = _within(parts, stems)
        if place is None:
            continue
        first, last = place
        if len(parts) == 1 and len(words[first]) < len(phrase) - 2 and not _ARABIC.search(phrase):
            continue  # national is no nationality
        general = len(parts) == 1 and (phrase in _general() or _BEHIND.sub("", phrase) in _general())
        if general and not _stands_alone(words, stems, first):
            continue
        why = _("“{phrase}” asks for {key}").format(phrase=phrase, key=key)
        exact = sum(word in plain for word in phrase.split())
        rank = (len(parts), exact, len(phrase), -first)
        found.append((rank, Match(key, phrase, why, not general, first, last)))
    found += paraphrased(words)
    kept: list[Match] = []
    for _rank, one in sorted(found, key=lambda each: each[0], reverse=True):
        if all(one.last < other.first or one.first > other.last for other in kept):
            kept.append(one)
    kept = [one for one in kept if not _elsewhere(words, stems, one)]
    return [replace(one, key=turned(one.key, words)) for one in kept]


def _elsewhere(words: list[str], stems: list[str], found: Match) -> bool:
    """Whether the words name something longer that is no citizen's datum: the web address, the expiry of a passport."""
    near = stems[max(0, found.first - 3) : found.last + 4]
    longer = [parts for parts in _strange() if len(parts) > len(found.phrase.split())]
    if not found.asking and any(_within(parts, near) is not None for parts in longer):
        return True
    around = asking()["around"]
    behind, before = (frozenset(w for told in around[k].values() for w in told) for k in ("behind", "before"))
    after = words[found.last + 1 : found.last + 2]
    ahead = words[max(0, found.first - 4) : found.first]
    if "of" in ahead or "for" in ahead:
        while ahead and ahead[-1] in ("of", "the", "your", "for", "my", "a", "date", "number"):
            ahead.pop()
    if found.asking or (bool(after) and after[0] in behind):
        return not found.asking
    return words[found.first] != "your" and bool(ahead) and ahead[-1] in before


@cache
def _strange() -> list[tuple[str, ...]]:
    phrases = [phrase for told in asking()["elsewhere"].values() for phrase in told]
    return [tuple(stem(word) for word in normal(phrase).split()) for phrase in phrases]


def _within(parts: tuple[str, ...], stems: list[str]) -> tuple[int, int] | None:
    """Where the parts stand in order, at most some fillers between them; None where they do not."""
    for start in [place for place, one in enumerate(stems) if one == parts[0]]:
        place = start
        for part in parts[1:]:
            after = range(place + 1, min(place + 2 + _BETWEEN, len(stems)))
            next_one = next((k for k in after if stems[k] == part), None)
            if next_one is None or any(stems[k] not in _fillers() for k in range(place + 1, next_one)):
                break
            place = next_one
        else:
            return start, place
    if len(parts) > 2 and (_COUNTED & set(parts)):  # “the number on your card”
        near = len(parts) + _BETWEEN
        found = next((k for k in range(len(stems)) if set(parts) <= set(stems[k : k + near])), None)
        if found is not None:
            places = [k for k in range(found, min(found + near, len(stems))) if stems[k] in parts]
            return places[0], places[-1]
    return None


def _stands_alone(words: list[str], stems: list[str], place: int) -> bool:
    """Whether a single word is meant: nothing but fillers beside it, or it is said to be yours."""
    others = [one for k, one in enumerate(stems) if k != place]
    if all(one in _fillers() or one.isdigit() for one in others):
        return True
    ahead = [word for word in words[max(0, place - 3) : place] if word not in _AS_IT_IS]
    mine = bool(ahead) and ahead[-1] in ("your", "ur", "my")
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
    if any(fuzz.ratio(one, other) < _WORD_NEARLY for one, other in zip(words, found[0].split(), strict=True)):
        return None
    if set(words) & _strange_words() or plain in _strange_phrases():
        return None  # another word beside the same one is no slip: name of the hospital
    key = _phrases()[found[0]]
    why = _("“{text}” is nearly “{phrase}” ({alike} of 100 alike)")
    why = why.format(text=text, phrase=found[0], alike=round(found[1]))
    return Match(key, found[0], why, len(words) > 1, 0, len(words) - 1)


@cache
def _strange_phrases() -> frozenset[str]:
    return frozenset(normal(phrase) for told in asking()["elsewhere"].values() for phrase in told)


@cache
def _strange_words() -> frozenset[str]:
    said = {word for told in asking()["elsewhere"].values() for phrase in told for word in normal(phrase).split()}
    return frozenset(said - {word for phrase in _phrases() for word in phrase.split()})


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


def is_filler(word: str) -> bool:
    """Whether a word adds nothing to a datum beside it."""
    return word in _fillers()


@cache
def _general() -> frozenset[str]:
    return frozenset(normal(word) for words in asking()["general"].values() for word in words)


@cache
def _starts() -> frozenset[str]:
    """Words that begin another clause: what stands before them stands by itself."""
    return frozenset(
        stem(word) for word in ("so", "because", "before", "to", "for", "لكي", "حتي", "عشان", "علشان", "قبل")
    )


def paraphrased(words: list[str]) -> list[tuple[tuple[int, int, int, int], Match]]:
    """What the words ask for without naming it, and names put together otherwise, by `paraphrases.yaml`."""
    spoken = " ".join(words)
    found = []
    arabic = bool(_ARABIC.search(spoken))
    for key, pattern in _paraphrases(arabic):
        for hit in pattern.finditer(spoken):
            said = hit[0].strip()
            if not said:
                continue
            first = len(spoken[: hit.start()].split())
            many = len(said.split())
            why = _("“{phrase}” asks for {key}").format(phrase=said, key=key)
            asks = bool(_questions().match(said))
            one = Match(key, said, why, True, first, first + many - 1, asks)
            found.append(((many, many + 1 if asks else 0, len(said), -first), one))
    return found


@cache
def _questions() -> re.Pattern[str]:
    """How a paraphrase begins that is a question; any other is a name."""
    begins = asking()["begins"]
    return re.compile(rf"(?:{begins['en']}|[وف]?(?:{begins['ar']}))\b")


@cache
def _paraphrases(arabic: bool) -> list[tuple[str, re.Pattern[str]]]:
    told = yaml.load(PARAPHRASES.read_text(encoding="utf-8"), yaml.BaseLoader)
    lists = told.pop("lists")
    start = "(?<!\\w)[وف]?" if arabic else "(?<!\\w)"
    return [
        (key, re.compile(f"{start}(?:{filled(pattern, lists)})(?!\\w)"))
        for key, ways in told.items()
        for pattern in ways.get("ar" if arabic else "en", ())
    ]
