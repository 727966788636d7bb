"""What a label or a spoken line asks for: which datum, whether it asks for it at all, and why that is said.

A field's label asks for its datum. In speech it depends on what stands around it (`asking.yaml`): “what is your mobile
number?” asks, “my mobile number is …” tells, “how do I change my mobile number?” wants something else, “your wife's
mobile number” is somebody else's. What a designer has corrected comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final

from studies.corrections import corrected
from studies.matching import Match, is_filler, match, matches, stem
from studies.sayings import asking, evened, filled, turned
from studies.topics import normal
from studies.words import _

#: A label has no more words than this, a bare question ("and your mobile?") no more than that.
_LABEL: Final = 8
_BARE: Final = 7
_GIVEN: Final = re.compile(r"\d[\d\s/.-]{3,}\d|\S+@\S+\.\w+")
_EXAMPLE: Final = re.compile(r"\([^)]*\)|(?:e\.g\.|for example|such as|مثال|مثلا).*$", re.IGNORECASE)
_SENTENCE: Final = re.compile(
    r"(?<=\w{4}[.!])\s+|(?<=[a-z]{2}[.!])(?<!no\.)(?<!tel\.)(?<!mr\.)(?<!mrs\.)(?<!ref\.)(?<!reg\.)\s+(?=[A-Z])"
    r"|(?<=[?؟…])\s+|\s*[;؛\n]\s*|\s+[–—-]+\s+"
)
_CLAUSE: Final = re.compile(
    r"\s*[،,:]\s*|\s+(?:but|so|and now|and then|and (?=(?:what|can|could|may|please|your)\b)|then|بس|لكن)\s+"
)
#: Your, in Arabic, stands behind the word: asked of the one who is spoken to.
_YOURS: Final = re.compile(r"(?:كم|كن|ك|ج)$")
_OURS: Final = re.compile(r"(?:ي|نا)$")
_THEIRS: Final = re.compile(r"(?:هم|هن|ها|ه)$")
_BEFORE: Final = re.compile(r"^(?:[وف]?(?:بال|كال|لل|[بلك])|[وف](?:ال)?)(?=\w{3})")
_FINITE: Final = re.compile(
    r"\b(?:is|are|was|were|am|has|have|had|will|would|can|could|should|must|may|did|does|do|been|be|i|we|they|he|she|it"
    r"|same|need|needs|require|requires|shows?|gives?|asks?|goes|said|says|gets?|sent|got|gave|wants?|confirmed|lost"
    r"|found|changed|updated|verified|اللي|الذي|عندكم|عندنا|عندي|مو|ما|تحدث|خلاص|قديم|you|not|never|if|when|because|please|thank|thanks|sorry)\b"
)
_JOINED: Final = frozenset(("and", "or", "plus", "also", "then", "the", "your", "as", "well", "و", "ثم", "او"))
_ARABIC: Final = re.compile("[\u0621-\u064a]")
#: What a label adds of the datum that it begins with: IBAN to which the refund is paid.
_OF_WHICH: Final = re.compile(
    r"^(§[ymt]?) (?:(?:to|into|on|at|in|for|from|of) which|to be|where (?:you|we)|(?:الذي|التي) (?=[ستني]))\b.*$"
)
_OF_COMPANY: Final = re.compile(
    r"(?:your |the )?(?:company|business|establishment|firm|shop)(?:'s|s') §"
    r"|§ (?:of|for) (?:the|your|this) (?:company|business|establishment|firm|shop|enterprise|store)(?!\w)"
)
_WORD: Final = re.compile(r"[\w'’]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What some words ask for: the datum (None: none that is known), whether they ask for it, and why."""

    datum: str | None
    question: bool
    why: str

    def json(self) -> dict[str, Any]:
        """The decision as it is printed."""
        return asdict(self)


def topic_of(text: str) -> Asked:
    """What a label or a line asks for."""
    if (told := corrected(text)) is not None:
        return Asked(told.datum, told.datum is not None, _("a designer said so"))
    if (side := _side(text)) is not None:
        return side
    found = _said(text)
    if found.question and found.datum and (key := turned(found.datum, _plain(text).split())) != found.datum:
        return replace(found, datum=key)  # once you have moved, what will the address be?
    return found


def _said(text: str) -> Asked:
    """What the sentences of a line ask for, else its clauses."""
    sentences = [one for one in _SENTENCE.split(text.strip()) if normal(one)]
    found = [_asked(one, alone=len(sentences) == 1) for one in sentences]
    if (first := next((one for one in found if one.question), None)) is not None:
        return first
    for one in sentences:
        clauses = [c for c in _CLAUSE.split(one) if c and normal(c)]
        if len(clauses) > 1 and (asks := _of_clauses(clauses)):
            return asks
    if len(sentences) > 1 and (asks := _of_it(sentences)):
        return asks
    named = [one for one in found if one.datum]
    return named[0] if named else found[0] if found else Asked(None, False, _("no datum of the dictionary is named"))


def _side(text: str) -> Asked | None:
    """Of two names of one datum (place of work / company) the first that is a label; None where it is no such line."""
    sides = text.split(" / ")
    if len(sides) != 2 or len(text.split()) > _LABEL or text.rstrip().endswith(("?", "؟")):
        return None
    return next((found for one in sides if normal(one) and (found := _asked(one, alone=True)).question), None)


def _of_clauses(clauses: list[str]) -> Asked | None:
    """Of several clauses the one that asks is what is asked; a bare one only where it comes last."""
    for place, clause in enumerate(clauses):
        last = place == len(clauses) - 1 and not re.search(r"\b(?:my|mine)\b", " ".join(clauses).casefold())
        found = _asked(clause, alone=False, bare=last)
        if found.question:
            return found
    return _of_it(clauses)


def _of_it(clauses: list[str]) -> Asked | None:
    """“The code that we sent you: could you read it to me?” asks for what an earlier clause names."""
    for place, clause in enumerate(clauses[1:], 1):
        it = re.sub(r"\b(?:it|that|them|those|yours|the number|the digits|اياه|اياها|اياهم)\b", "§", _plain(clause))
        if "§" not in it and len(it.split()) <= _BARE and _ARABIC.search(it):
            it += " §"  # Arabic leaves it out: could you give me?
        if re.match(rf"(?:{asking()['read_back']})", it.removesuffix(" §")):
            continue
        if "§" not in it or matches(_plain(clause).split()) or _hit("not_asked", it) or not _hit("asks", it):
            continue
        for earlier in clauses[:place]:
            known = sorted((m for m in matches(_plain(earlier).split()) if not m.asking), key=lambda m: m.first)
            if known and known[0].key in _sent() and _hit("sent_by_us", it):
                continue
            if known and not re.search(r"§[mt]|\b(?:my|our) ", _frame(_plain(earlier).split(), known[0])):
                return Asked(known[0].key, True, f"{known[0].why}; {_('“{words}” asks').format(words=clause)}")
    return None


def _sent() -> frozenset[str]:
    """What the service itself sends or sets: to be sent again it is asked of the service, not of the citizen."""
    return frozenset(asking()["sent_by_us"]["keys"])


def _plain(text: str) -> str:
    """The line evened out, contractions in full, without examples in brackets."""
    text = _EXAMPLE.sub(" ", text) if normal(_EXAMPLE.sub(" ", text)) else text
    text = evened(text.casefold()).replace("’", "'").replace("/", " ")
    wide = asking()["in_full"]
    text = _WORD.sub(lambda word: wide.get(word[0], word[0]), text)
    return normal(text)


def _asked(text: str, *, alone: bool, bare: bool = True) -> Asked:
    """What one sentence asks for, by each datum that it names."""
    words = _plain(text).split()
    known = matches(words)
    if not known and (near := match(text)) is not None:
        known = [replace(near, last=min(near.last, len(words) - 1))]
    if not known:
        return Asked(None, False, _("no datum of the dictionary is named"))
    first: Asked | None = None
    for one in known:
        kind, why = _kind(text, words, one, alone=alone, bare=bare)
        why = f"{one.why}; {why}"
        if kind in ("asks", "label"):
            return Asked(_first_of(known, one, words).key, True, why)
        if first is None:
            first = Asked(one.key if kind == "tells" else None, False, why)
    return first or Asked(None, False, "")


def _first_of(known: list[Match], one: Match, words: list[str]) -> Match:
    """Of data asked for in one breath (name and date of birth) the first."""
    for other in sorted(known, key=lambda each: -each.last):
        if other.last < one.first and not other.asking and set(words[other.last + 1 : one.first]) <= _JOINED:
            between = words[other.last + 1 : one.first]
            one = other if between else one
    return one


def _kind(text: str, words: list[str], found: Match, *, alone: bool, bare: bool) -> tuple[str, str]:
    """Whether the words ask for a datum, tell it, want something else or are a label, and by which of their words."""
    marked = text.rstrip(" \"'”»").endswith(("?", "؟"))
    frame = _frame(words, found, _articled(text))
    if _GIVEN.search(_EXAMPLE.sub(" ", text)):
        return "tells", _("a value is given")
    for kind, theirs in (("sent_by_us", True), ("papers", False)):
        if (found.key in asking()[kind]["keys"]) is theirs and (said := _hit(kind, frame)):
            return "other", _("“{words}” wants something else").format(words=said)
    if found.key in asking()["companys"]:
        frame = re.sub(_OF_COMPANY, "§", frame)
    if said := _hit("others", frame):
        return "other", _("“{words}” wants something else").format(words=said)
    if said := _hit("once", frame):
        return "asks", _("“{words}” asks").format(words=said)
    if said := _hit("wants_else", frame):
        return "other", _("“{words}” wants something else").format(words=said)
    if said := _hit("not_asked", frame):
        return "tells", _("“{words}” tells").format(words=said)
    back = re.search(rf"(?<![\w§]){asking()['read_back']}", frame)
    if back and marked and not found.asking and not _hit("asks", frame[: back.start()].strip()):
        return "tells", _("“{words}” tells").format(words=back[0])
    if found.asking:
        return "asks", _("“{words}” asks").format(words=found.phrase)
    if said := _hit("asks", frame):
        return "asks", _("“{words}” asks").format(words=said)
    if bare and (said := _hit("alone", frame)):
        return "asks", _("“{words}” asks").format(words=said)
    if said := _hit("tells", frame):
        return "tells", _("“{words}” tells").format(words=said)
    if not bare:
        return "tells", _("it is a sentence that asks nothing")
    yours = "your" in words[max(0, found.first - 2) : found.last + 1] or "§y" in frame
    if marked and (yours or len(words) <= _LABEL):
        return "asks", _("it ends with a question mark")
    rest = all(is_filler(word) for word in words[found.last + 1 :])
    if yours and len(words) <= _BARE and rest:
        return "asks", _("it is yours that is named")
    if (
        alone
        and (rest or not yours)
        and len(words) <= _LABEL
        and not _FINITE.search(_OF_WHICH.sub(r"\1", frame))
        and not re.search(r"\w[,،]\s+\w", evened(text.casefold()))
    ):
        return "label", _("it is a label")
    return "tells", _("it is a sentence that asks nothing")


def _articled(text: str) -> frozenset[str]:
    """The words with the article, which Arabic never gives to what is somebody's."""
    return frozenset(normal(word) for word in text.split() if re.match(r"[وف]?(?:ال|بال|لل)\w{3}", word))


def _frame(words: list[str], found: Match, articled: frozenset[str] = frozenset()) -> str:
    """The line with § in the datum's place, and whose it is where Arabic writes that with the word."""
    said = words[found.first : found.last + 1]
    own = [word for word in said if word not in articled]
    token = "§" + ("" if found.asking else _whose(own, set(normal(found.phrase).split())))
    return " ".join([*words[: found.first], token, *words[found.last + 1 :]])


def _whose(said: list[str], phrase: set[str]) -> str:
    """y: yours, m: mine, t: somebody else's, as the pronoun written behind an Arabic word says; else nothing."""
    for word in said:
        bare = _BEFORE.sub("", word)
        if word in phrase or bare in phrase:
            if _YOURS.search(word) and word not in ("بنك", "صك", "ملك") and stem(word) != word:
                return "y"
            continue
        if not re.search("[\u0621-\u064a]", word):
            continue
        for mark, pattern in (("y", _YOURS), ("m", _OURS), ("t", _THEIRS)):
            if mark == "t" and bare.endswith("يه"):
                continue  # an adjective, not his
            if pattern.search(word) and (base := pattern.sub("", bare)) and _like(base, phrase):
                return mark
    return ""


def _like(base: str, phrase: set[str]) -> bool:
    return any(base in (one, one.removesuffix("ه") + "ت") or stem(base) == stem(one) for one in phrase)


def _hit(kind: str, frame: str) -> str | None:
    """What of a frame a kind's patterns find, None when nothing."""
    return next((hit[0].strip() for pattern in _patterns(kind) if (hit := pattern.search(frame))), None)


@cache
def _patterns(kind: str) -> list[re.Pattern[str]]:
    return list(_compiled(kind))


def _compiled(kind: str) -> Iterator[re.Pattern[str]]:
    lists = asking()["lists"]
    said = asking()[kind]
    ways = {"en": said["ways"], "ar": []} if "ways" in said else said
    for language, patterns in ways.items():
        start = "(?<![\\w§])[وفلب]?" if language == "ar" else "(?<![\\w§])"
        for told in patterns:
            pattern = filled(told, lists).replace("[^\\s§]", "[^\\s\0]")
            pattern = re.sub(r"§(?![ymtn])", "§[ymt]?", pattern).replace("§n", "§(?!y)[mt]?").replace("\0", "§")
            yield re.compile(f"{start}(?:{pattern})(?!\\w)")
