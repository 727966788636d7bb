"""What a player writes while it walks: sentences, each with the step under way, its agency and its time.

A diary becomes a log when the walk is over. Where clocks tie, the order of writing is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from studies.events import Sentence, Session
from studies.log import Log

Clock = Callable[[], datetime]


def now() -> datetime:
    """The moment, by the wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Diary:
    """The sentences of one walk so far: its own session, and those of its declared conversations."""

    session: Session
    case: str
    channel: str
    agency: str  # whose page the citizen is on
    clock: Clock = now
    step: str | None = None  # the id of the step under way
    said: list[Sentence] = field(default_factory=list)
    others: dict[str, Session] = field(default_factory=dict)
    begun: bool = False
    ahead: timedelta = timedelta()  # what declared conversations would have taken, and did not
    held: timedelta = timedelta()  # what the lab took for itself between two steps: no time of the citizen's
    _steps: list[tuple[datetime, str]] = field(default_factory=list)
    _told: int = 0

    def moment(self) -> datetime:
        """What time it is for this citizen."""
        return self.clock() + self.ahead - self.held

    def enter(self, step: str) -> None:
        """A step is under way from here on."""
        self.step = step
        self._steps.append((self.moment(), step))

    def step_at(self, when: datetime) -> str | None:
        """The step that was under way at a moment, for what is heard late."""
        place = bisect_right(self._steps, when, key=lambda entered: entered[0])
        return self._steps[place - 1][1] if place else None

    def write(
        self,
        actor: str,
        verb: str,
        about: str | None = None,
        *,
        when: datetime | None = None,
        until: datetime | None = None,
        agency: str | None = None,
        step: str | None = None,
        cause: str | None = None,
        sense: str | None = None,
        value: float | None = None,
    ) -> Sentence:
        """Write one sentence of the walk's own session: now, of the step under way, the page's agency, unless told."""
        sentence = Sentence(
            session=self.session.session,
            case=self.case,
            when=when or self.moment(),
            until=until,
            actor=actor,
            verb=verb,
            about=about,
            step=step or self.step,
            channel=self.channel,
            agency=agency or self.agency,
            cause=cause,
            sense=sense,
            value=value,
        )
        self.said.append(sentence)
        return sentence

    def conclude(self, outcome: str) -> Sentence:
        """The need is settled: said right after the answer that shows it, else now."""
        own = self.session.session
        for place in range(len(self.said) - 1, -1, -1):
            last = self.said[place]
            if last.session == own and last.verb in ("answers", "acts", "asks", "submits", "refuses", "hands_off"):
                if last.verb != "answers":
                    break
                done = replace(last, verb="concludes", about=outcome, until=None, cause=None, value=None)
                self.said.insert(place + 1, done)
                return done
        return self.write("service", "concludes", outcome)

    def add(self, sentences: Iterable[Sentence], sessions: Iterable[Session]) -> None:
        """Take in what was said in another sitting of the same case."""
        self.said.extend(sentences)
        self.others.update({s.session: s for s in sessions})

    def retract(self, sentence: Sentence) -> None:
        """Take a sentence out again: what was heard since explains it better."""
        place = self.said.index(sentence)
        del self.said[place]
        self._told -= place < self._told

    def new(self) -> list[Sentence]:
        """What was written since this was last asked."""
        fresh, self._told = self.said[self._told :], len(self.said)
        return fresh

    def log(self) -> Log:
        """The walk as a log. The walk's own session is in it if anything was heard in it."""
        own = [s for s in self.said if s.session == self.session.session]
        sessions = list(self.others.values())
        if own or not sessions:
            # A sitting that began with a call was not opened before that was over.
            first = min((s.when for s in own), default=self.session.started)
            started = first if any(s.when < first for s in self.said) else self.session.started
            last = max((s.until or s.when for s in own), default=started)
            sessions.insert(0, replace(self.session, started=started, ended=max(last, self.moment())))
        return Log.of(numbered(self.said), sessions)


def numbered(said: Iterable[Sentence]) -> list[Sentence]:
    """The sentences in the order of their times, ties as they were written, numbered within each session."""
    counts: dict[str, int] = {}
    told = []
    for sentence in sorted(said, key=lambda s: s.when):
        place = counts.get(sentence.session, 0)
        counts[sentence.session] = place + 1
        told.append(replace(sentence, seq=place))
    return told
