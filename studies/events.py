"""The vocabulary of the log: who does what about what.

Whatever is observed is written as one of these sentences, and nothing else is ever measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from studies.words import N_, _, in_a_row

ACTORS: Final = ("citizen", "service", "lab")

#: verb -> (who says it, what it means, words to avoid for it)
VERBS: Final[dict[str, tuple[str, str, str]]] = {
    "begins": ("citizen", N_("starts on a need"), ""),
    "acts": ("citizen", N_("does something the service should react to: opens, presses, chooses, says"), "click, tap"),
    "asks": ("citizen", N_("asks for help or information"), ""),
    "gives": ("citizen", N_("supplies a datum or document; the value is never stored"), "input, value"),
    "submits": ("citizen", N_("sends a form, an application, a document in"), ""),
    "rates": ("citizen", N_("answers a survey item"), ""),
    "leaves": ("citizen", N_("gives up, or turns away"), "abandon, bounce"),
    "responds": ("service", N_("gives any perceivable sign that it is working"), "loading"),
    "answers": ("service", N_("gives what the act was for"), ""),
    "requests": ("service", N_("asks the citizen for a datum"), "field, prompt"),
    "refuses": ("service", N_("rejects: a validation message, an error page, a come-in-person"), "error"),
    "hands_off": ("service", N_("sends the citizen to another agency, channel or person"), "escalate"),
    "forwards": ("service", N_("passes the case on itself; the citizen carries nothing"), ""),
    "concludes": ("service", N_("settles the need; not eligible concludes too"), "success"),
    "notes": ("lab", N_("an observer's remark"), ""),
    "breaks": ("lab", N_("the lab failed, never the service"), "crash"),
}

CHANNELS: Final = ("web", "mobile", "phone", "chat", "video", "desk", "post")
SCREENS: Final = ("web", "mobile")
CONVERSATIONS: Final = ("phone", "chat", "video", "desk")
CAUSES: Final = ("server", "network", "page", "staff", "queue", "fault", "procedure", "none")
SENSES: Final = ("seen", "heard")
SOURCES: Final = ("robot", "participant", "load", "call", "chat", "case", "observer")
ALL_VERBS: Final = frozenset(VERBS)
#: a participant who came back later went on in a further sitting of the same session: visit, visit~2, …
FURTHER: Final = r"~\d+$"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that was observed: who does what about what, when.

    Times are time-zone-aware and kept to the microsecond in UTC. `about` is a canonical key, never what
    a citizen gave; `value` is a number only (a rating, citizens under load, of `begins` the shortest path in steps).
    """

    session: str
    when: datetime
    actor: str
    verb: str
    about: str | None = None
    until: datetime | None = None
    seq: int = 0
    case: str | None = None  # None: the session is the case
    step: str | None = None
    channel: str = "web"
    agency: str | None = None
    cause: str | None = None
    sense: str | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of one citizen in one channel: who was heard, by what, and what that source is able to hear.

    Metrics never see this; comparisons join it.
    """

    session: str
    started: datetime
    ended: datetime | None = None
    source: str | None = None
    study: str | None = None
    task: str | None = None
    condition: str | None = None
    participant: str | None = None
    language: str | None = None
    device: str | None = None
    persona: str | None = None
    hears: frozenset[str] = ALL_VERBS


def hint(word: str, known: tuple[str, ...] | list[str]) -> str:
    """A question that offers the known word nearest to a mistyped one, or the empty string."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return _(" Did you mean {word}?").format(word=near[0]) if near else ""


def unknown(key: str, word: str, known: tuple[str, ...]) -> str:
    """What is said of a word that a key cannot have."""
    return _("{key}={word} is not known. It can be: {known}.{hint}").format(
        key=key, word=word, known=in_a_row(known), hint=hint(word, known)
    )


def said_by(actor: str) -> list[str]:
    """The verbs that an actor can say."""
    return [verb for verb, (who, *_rest) in VERBS.items() if who == actor]


def why_not_a_sentence(
    actor: str, verb: str, channel: str | None = None, cause: str | None = None, sense: str | None = None
) -> str | None:
    """The reason why these words make no sentence, with a hint; None when they do."""
    if actor not in ACTORS:
        return _("“{actor}” is nobody here. Who speaks: {known}.{hint}").format(
            actor=actor, known=in_a_row(ACTORS), hint=hint(actor, ACTORS)
        )
    if verb not in VERBS or VERBS[verb][0] != actor:
        can = said_by(actor)
        other = _(" (that is what the {actor} does)").format(actor=VERBS[verb][0]) if verb in VERBS else ""
        return _("“{actor} {verb}” is not a sentence{other}. The {actor} can: {known}.{hint}").format(
            actor=actor, verb=verb, other=other, known=in_a_row(can), hint="" if verb in VERBS else hint(verb, can)
        )
    for name, word, known in (("channel", channel, CHANNELS), ("cause", cause, CAUSES), ("sense", sense, SENSES)):
        if word is not None and word not in known:
            return unknown(name, word, known)
    if sense is not None and verb != "responds":
        return _("sense belongs to “service responds” only, not to “{actor} {verb}”.").format(actor=actor, verb=verb)
    return None
