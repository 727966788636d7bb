"""The sentences that a conversation's turns are: asked, given, announced, refused, handed off; silence is for the log.

A turn lasts from its begin to its end. What the service says is, in this order: a request for a datum (the one matcher
of the dictionary), a sign that it is at work (“one moment, please”), a hand-off, a refusal, a conclusion, else an
answer. What the citizen says is: a datum given (told with its name, or a value right after it was asked for), a
question, giving up, else an act. Nothing that was said is kept, only what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from studies.matching import match
from studies.topic_of import topic_of
from studies.topics import normal
from studies.turns.roles import SPEECH
from studies.turns.turn import Turn

_VALUE: Final = re.compile(r"\d[\d\s.,/-]*\d|\S+@\S+\.\w+|\d{2,}")
_QUESTION: Final = re.compile(r"[?؟]\s*$")
_ASKING: Final = re.compile(
    r"^(?:how|what|where|when|why|which|who|can|could|do|does|is|are|will|would|may|كيف|ما|ماذا|وين|اين|متي|ليش|لماذا|هل|كم|شنو|وش|ايش|ممكن)\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a conversation, by its turn: who, what, about what."""

    turn: Turn
    actor: str
    verb: str
    about: str | None = None


def told_of(turns: Sequence[Turn], roles: Mapping[str, str]) -> Iterator[Told]:
    """The sentences of the turns whose speakers are known, in their order; the citizen begins with their first."""
    begun, asked = False, None
    for turn in turns:
        side = roles.get(turn.speaker)
        if side == "citizen":
            if not begun:
                begun = True
                yield Told(Turn(turn.speaker, "", turn.begins, None, turn.place), "citizen", "begins")
            verb, about = _by_citizen(turn.text, asked)
            asked = None if verb == "gives" else asked
            yield Told(turn, "citizen", verb, about)
        elif side == "service":
            verb, about = _by_service(turn.text)
            asked = about if verb == "requests" else asked
            yield Told(turn, "service", verb, about)


def _by_service(text: str) -> tuple[str, str | None]:
    found = topic_of(text)
    if found.question and found.datum:
        return "requests", found.datum
    for verb in ("refuses", "hands_off", "concludes", "responds"):
        if _says("service", verb, text):
            return verb, None
    return "answers", None


def _by_citizen(text: str, asked: str | None) -> tuple[str, str | None]:
    if _says("citizen", "leaves", text):
        return "leaves", None
    if _says("citizen", "clarification", text):
        return "asks", "clarification"
    told = topic_of(text)
    if told.datum and not told.question:
        return "gives", told.datum
    if asked is not None and not _QUESTION.search(text):
        short = len(text.split()) <= 12
        if _VALUE.search(text) or (short and not _ASKING.search(normal(text)) and _gives_words(asked, text)):
            return "gives", asked
    if _QUESTION.search(text) or _ASKING.search(normal(text)):
        return "asks", None
    return "acts", None


#: Data that are given in words, not in digits: a name, a nationality, a street.
_WORDED: Final = frozenset("full_name nationality gender marital_status address employer trade_name email".split())
_NOTHING: Final = frozenset(
    normal(w) for w in ("ok", "okay", "yes", "no", "sure", "yeah", "hello", "نعم", "لا", "طيب", "تمام", "اوكي", "ايوه")
)


def _gives_words(asked: str, text: str) -> bool:
    """Whether some words may be the datum that was asked for: a name or the like, and not merely “okay”."""
    words = [word for word in normal(text).split() if word not in _NOTHING]
    return asked in _WORDED and bool(words) and match(text) is None


def _says(side: str, verb: str, text: str) -> bool:
    spoken = f" {normal(text)} "
    return any(pattern.search(spoken) for pattern in _patterns(side, verb))


@cache
def _patterns(side: str, verb: str) -> list[re.Pattern[str]]:
    told: dict[str, Any] = yaml.safe_load(SPEECH.read_text(encoding="utf-8"))[side][verb]
    return [re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for words in told.values() for pattern in words]
