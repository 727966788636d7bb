"""One session as what can be drawn of it: its waits and silences, the signs in them, and what was asked and done when.

The definitions are the log's own (`studies.measuring`); here they are laid out in seconds from the session's start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow.compute as pc

from studies.events import Sentence, Session
from studies.log import Log
from studies.measuring import waits as waiting
from studies.measuring.batch import batch_of
from studies.measuring.holdings import requests_of
from studies.measuring.presets import Presets
from studies.troubles import WrongInput
from studies.words import _

#: what a sentence looks like when it is drawn as a moment
IDEAS: Final = {
    "acts": "step",
    "gives": "step",
    "submits": "step",
    "asks": "ask",
    "answers": "answer",
    "concludes": "answer",
    "requests": "question",
    "refuses": "refusal",
    "hands_off": "hand_off",
    "notes": "note",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: a `wait`, a `silence` in one, or a `sign` that the service gives.

    A silence is `strong` when it is longer than its threshold; a wait is `open` when nothing closed it while it was
    heard.
    """

    begin: float
    end: float
    idea: str
    step: str | None = None
    cause: str | None = None
    strong: bool = True
    open: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, and what it was about: a `step` or an `ask` of the citizen's, or of the service's an `answer`, a
    `question`, a `repeat_question`, a `refusal` or a `hand_off`, or an observer's `note`."""

    at: float
    idea: str
    about: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What one session looked like."""

    session: str
    seconds: float
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    service: str | None = None


def picture_of(log: Log, session: str | None = None, presets: Presets | None = None) -> Picture:
    """One session of a log, the one named, else the first; what its case already held is known."""
    presets = presets or Presets()
    name = session or _first(log)
    case = log.sentences.filter(pc.equal(log.sentences["session"], name))["case"]
    if not len(case):
        raise WrongInput(_("Nothing was heard in a session “{name}” of this log.").format(name=name))
    told = log.only(log.sentences.filter(pc.equal(log.sentences["case"], case[0]))["session"].unique().to_pylist())
    heard = {s.session: s for s in told.heard()}
    batch = batch_of(told)
    repeats = requests_of(batch).repeats
    said = [
        (sentence, bool(repeat))
        for sentence, repeat in zip(_in_batch_order(told.said(), heard), repeats, strict=True)
        if sentence.session == name
    ]
    start = heard[name].started
    waits = waiting.told(batch, presets)[name]
    # A source that hears no signs cannot tell a silent wait from another: its waits are drawn as waits.
    silences = _silences(waits) if "responds" in heard[name].hears else []
    spans = [*_waits(waits), *_signs([s for s, _ in said], start), *silences]
    marks = [
        Mark(_since(s.when, start), "repeat_question" if repeat else IDEAS[s.verb], s.about, s.step)
        for s, repeat in said
        # What an office notes of its own work is no observer's remark.
        if s.verb in IDEAS and not (s.verb == "notes" and heard[name].source == "case")
    ]
    ended = heard[name].ended
    ends = [_since(ended, start)] if ended else []
    spoken = [_since(s.until or s.when, start) for s, _ in said if s.verb in IDEAS]
    last = max([0.0, *ends, *spoken, *(span.end for span in spans), *(mark.at for mark in marks)])
    return Picture(name, last, tuple(spans), tuple(marks), heard[name].task)


def _first(log: Log) -> str:
    if not len(log.sessions):
        raise WrongInput(_("This log has no session to draw."))
    return min(log.heard(), key=lambda s: (s.started, s.session)).session


def _in_batch_order(said: Sequence[Sentence], heard: dict[str, Session]) -> list[Sentence]:
    """Sentences as a batch has them: session after session in the order they began, within one by when and seq."""
    return sorted(said, key=lambda s: (s.case or s.session, heard[s.session].started, s.session, s.when, s.seq))


def _since(moment: datetime, start: datetime) -> float:
    return (moment - start).total_seconds()


def _waits(waits: Sequence[waiting.Wait]) -> list[Span]:
    return [Span(w.opened, w.opened + w.lasted, "wait", w.step, open=w.closed is None) for w in waits]


def _silences(waits: Sequence[waiting.Wait]) -> list[Span]:
    return [
        Span(begin, end, "silence", w.step, cause, strong)
        for w in waits
        for (begin, end, cause), strong in zip(w.silences, w.silent, strict=True)
    ]


def _signs(said: Sequence[Sentence], start: datetime) -> list[Span]:
    return [
        Span(_since(s.when, start), _since(s.until or s.when, start), "sign", s.step)
        for s in said
        if s.verb == "responds"
    ]
