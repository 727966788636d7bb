"""What the store tells: who was invited, where they stand at one moment, what is to be kept of a submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

OPEN, DECLINED, FINISHED, CLOSED = "open", "declined", "finished", "closed"
SCREENED_OUT: Final = "screened_out"  # the screener's answers say that others are looked for
FULL: Final = "full"  # a quota that they belong to was full

#: A number where there is one, the names chosen, what was written; None: they would rather not say.
Answer = float | str | list[str] | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """One participant asked to answer these instruments, about one session or about none."""

    token: str
    study: str
    participant: str
    instruments: tuple[str, ...]
    session: str | None
    condition: str | None
    language: str | None
    state: str  # open, declined, finished, screened_out, full; closed when the study is
    made: datetime
    rehearsed: bool
    questionnaire: str | None = None  # what is asked, by its checksum
    entry: str | None = None
    ending: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that counts to one item: the latest one given."""

    token: str
    page: str
    item: str
    value: Answer
    language: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """One submission as it came; its key is the same for the very same submission sent twice."""

    key: str
    token: str
    page: str
    said: Mapping[str, Answer]
    complete: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One participant at one moment: who they are, what they agreed to, which pages they sent off, every answer."""

    invitation: Invitation
    consents: Mapping[str, bool]  # by purpose, the latest word
    pages: frozenset[str]
    answers: Mapping[str, Answer]
    latest: datetime | None  # when they last sent something

    @property
    def agreed(self) -> bool | None:
        """Whether they take part; None as long as they have not said."""
        return self.consents.get("answers")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said to the purposes that their answers are wanted for, and which wording they had read."""

    purposes: Mapping[str, bool]
    wording: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written of one press of a button."""

    page: str
    language: str
    said: Mapping[str, Answer] | None = None  # None: no answers, so no submission
    complete: bool = False
    state: str | None = None  # the invitation's from now on
    speak: str | None = None  # the language from now on
    agreed: Agreed | None = None
    places: tuple[str, ...] = ()  # quotas of which a place is taken
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written, if anything, and what the one who asked is told once that is on disk."""

    entry: Entry | None
    then: Any


#: How many hold a place of a quota now.
Count = Callable[[str], int]
#: What a press of a button comes to, given where its sender stands (None: nobody has this token).
Decide = Callable[[Standing | None, Count, datetime], Decision]


@dataclass(frozen=True, slots=True)
class Turn:
    """One press of a button: whose, known by which key, and what it comes to."""

    key: str
    token: str
    decide: Decide


class Seen:
    """What is told to a press that had arrived before, word for word."""


SEEN: Final = Seen()


def utc(moment: datetime) -> datetime:
    """A moment with its zone: SQLite keeps none; what went in was UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def invitation_of(row: Mapping[str, Any]) -> Invitation:
    """An invitation from its row joined with its participant's and its study's."""
    told = dict(row)
    study_state = told.pop("study_state")
    told["instruments"] = tuple(told["instruments"])
    told["made"] = utc(told["made"])
    if study_state == CLOSED and told["state"] == OPEN:
        told["state"] = CLOSED
    return Invitation(**told)
