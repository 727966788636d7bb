"""What each step of a journey came to for those who were heard on it: the columns of its blueprint.

Waits, silences and repeat questions are the log's own (`studies.measuring`). Sessions of one case are one citizen's
way: figures are medians over cases, each with how many cases it is of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

import pyarrow.compute as pc

from journeys.conversations import channel_of, conversation_of, rehearse
from journeys.journey import Attend, Call, Expect, Journey, Step, Visit
from journeys.steps import Named, in_variant, named_steps
from studies.events import CAUSES, CONVERSATIONS, Sentence, Session
from studies.log import Log
from studies.measuring.batch import Batch, batch_of
from studies.measuring.holdings import Requests, requests_of
from studies.measuring.presets import Presets
from studies.measuring.waits import Waits, waits_of

#: so many cases are drawn, the latest: enough for a median, and soon drawn
MOST: Final = 300
IDEAS: Final = {"answers": "answer", "concludes": "conclusion", "refuses": "refusal", "hands_off": "hand_off"}
SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Point:
    """What the service did in a step, and in how many cases: an `answer`, a `conclusion`, a `refusal`, a `hand_off`, a
    `question`, a `repeat_question`, a `correction` or a `forward`."""

    idea: str
    about: str | None
    cases: int
    times: int = 1  # the most in one case
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """Seconds over cases: their median, of how many; `open` where some were still going on when hearing ended."""

    seconds: float
    n: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One step: who took it, what they did, what they met and how long they waited."""

    step: str
    scripted: Step | None
    agency: str
    channel: str
    shown_only: bool = False  # the step stands under a condition
    cases: int = 0
    did: tuple[tuple[str, str | None, int], ...] = ()  # the citizen's verbs, about what, in how many cases
    met: tuple[Point, ...] = ()
    wait: Lasting | None = None
    silent: Lasting | None = None
    causes: tuple[str, ...] = ()

    @property
    def talks(self) -> bool:
        """Whether it is a conversation."""
        return self.channel in CONVERSATIONS


@dataclass(frozen=True, slots=True)
class Told:
    """A journey as it was gone through: its columns, and who was heard."""

    columns: tuple[Column, ...]
    cases: int
    of_cases: int  # before the latest were chosen
    sources: dict[str, int] = field(default_factory=dict)  # cases by source
    declared: bool = False  # nobody was heard: conversations stand as the journey declares them
    deaf: int = 0  # cases in which signs of working could not be heard on the screen
    unnamed: int = 0  # sessions that name no step and so stand nowhere
    robots_left_out: int = 0  # cases: where people were heard, robots say nothing more


def told(journey: Journey, variant: str | None, log: Log | None, presets: Presets) -> Told:
    """The columns of a journey's variant from a log of it; without one, as scripted."""
    scripted = list(_scripted(in_variant(named_steps(journey), journey, variant)))
    if log is None:
        heard = _declared(journey, variant, [named for named, _ in scripted])
        drawn = _Heard.of(heard, presets)
        return Told(_columns(journey, scripted, drawn), 0, 0, declared=True)
    log, robots = people_first(log)
    everything = log.sentences["case"].unique().to_pylist()
    log = latest(log)
    drawn = _Heard.of(log, presets)
    sources = {s.session: s.source or "" for s in log.heard()}
    by_case = {s.case or s.session: sources[s.session] for s in drawn.said}
    deaf = {
        s.case or s.session
        for s in drawn.said
        if s.channel not in CONVERSATIONS and "responds" not in drawn.sessions[s.session].hears
    }
    return Told(
        _columns(journey, scripted, drawn),
        len(by_case),
        len(everything),
        dict(Counter(by_case.values())),
        deaf=len(deaf),
        unnamed=drawn.unnamed,
        robots_left_out=robots,
    )


def people_first(log: Log) -> tuple[Log, int]:
    """The people's part of a log, and how many cases of robots that leaves out; all of it where only robots walked.

    A robot is a hypothesis about people: no median may mix the two.
    """
    people = [s.session for s in log.heard() if s.source != "robot"]
    if not people or len(people) == len(log.sessions):
        return log, 0
    part = log.only(people)
    return part, len(log.sentences["case"].unique()) - len(part.sentences["case"].unique())


def walks_of(log: Log, journey: str, variant: str | None) -> Log:
    """The sessions of a log that went through a journey in a variant; load citizens, who are many, are left out."""
    names = [
        s.session
        for s in log.heard()
        if s.task in (journey, None) and s.source != "load" and (variant is None or s.condition in (variant, None))
    ]
    return log.only(names)


def latest(log: Log, most: int = MOST) -> Log:
    """The part of a log that the latest cases make."""
    begun = log.sentences.group_by("case").aggregate([("when", "min")])
    if len(begun) <= most:
        return log
    cases = begun.sort_by([("when_min", "descending")])["case"].slice(0, most)
    part = log.sentences.filter(pc.is_in(log.sentences["case"], cases.combine_chunks()))
    return log.only(part["session"].unique().to_pylist())


def _scripted(named: Iterable[Named], shown_only: bool = False) -> Iterable[tuple[Named, bool]]:
    for one in named:
        maybe = shown_only or one.step.when is not None
        if one.inside:
            yield from _scripted(one.inside, maybe)
        else:
            yield one, maybe


def _declared(journey: Journey, variant: str | None, steps: Iterable[Named]) -> Log:
    """What the journey's declared conversations would be heard as, all in one case."""
    said: list[Sentence] = []
    heard: list[Session] = []
    over: datetime | None = None  # each begins where the one before it ended
    for named in steps:
        if isinstance(named.step, Call | Attend):
            script = conversation_of(named.step).said_in(variant or "")
            part = rehearse(named.step, script, named.id) if script else Log.of([], [])
            rename = {s.session: f"{named.id} {s.session}" for s in part.heard()}
            start = min((s.started for s in part.heard()), default=over)
            later = over - start if over and start else timedelta()
            heard += [
                replace(
                    s, session=rename[s.session], started=s.started + later, ended=s.ended + later if s.ended else None
                )
                for s in part.heard()
            ]
            said += [
                replace(
                    s,
                    session=rename[s.session],
                    case=journey.journey,
                    when=s.when + later,
                    until=s.until + later if s.until else None,
                    step=s.step or named.id,
                    agency=s.agency or conversation_of(named.step).who,
                )
                for s in part.said()
            ]
            over = max((s.until or s.when for s in said), default=over)
    return Log.of(said, heard)


@dataclass(frozen=True)
class _Heard:
    """A log in the order in which a batch has it, each sentence with the step it stands in."""

    said: list[Sentence]
    steps: list[str | None]
    sessions: dict[str, Session]
    batch: Batch
    waits: Waits
    requests: Requests
    unnamed: int

    @classmethod
    def of(cls, log: Log, presets: Presets) -> _Heard:
        batch = batch_of(log)
        sessions = {s.session: s for s in log.heard()}
        said = sorted(
            log.said(), key=lambda s: (s.case or s.session, sessions[s.session].started, s.session, s.when, s.seq)
        )
        steps = _stepped(said)
        unnamed = {s.session for s, step in zip(said, steps, strict=True) if step is None}
        return cls(said, steps, sessions, batch, waits_of(batch, presets), requests_of(batch), len(unnamed))


def _stepped(said: Sequence[Sentence]) -> list[str | None]:
    """The step of each sentence: its own, else the one before it in its session, else the first that comes."""
    first: dict[str, str] = {}
    for sentence in said:
        if sentence.step:
            first.setdefault(sentence.session, sentence.step)
    now: dict[str, str | None] = {}
    found = []
    for sentence in said:
        now[sentence.session] = sentence.step or now.get(sentence.session) or first.get(sentence.session)
        found.append(now[sentence.session])
    return found


def _columns(journey: Journey, scripted: list[tuple[Named, bool]], heard: _Heard) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    agency = journey.agency
    for named, maybe in scripted:
        step = named.step
        talk = conversation_of(step) if isinstance(step, Call | Attend) else None
        channel = channel_of(step) if isinstance(step, Call | Attend) else step.channel or journey.channel
        agency = (talk.who if talk else None) or step.agency or _served(step, journey) or agency
        columns[named.id] = Column(named.id, step, agency, channel, maybe)
    order = list(columns)
    before: str | None = None
    for step_id in heard.steps:  # what was heard and not scripted stands behind the step that it followed
        if step_id and step_id not in order:
            order.insert(order.index(before) + 1 if before in order else len(order), step_id)
        before = step_id or before
    rows: dict[str, list[int]] = defaultdict(list)
    for row, step_id in enumerate(heard.steps):
        if step_id:
            rows[step_id].append(row)
    lasted, silent, causes = _lasting(heard)
    found = []
    for step_id in order:
        column = columns.get(step_id) or Column(step_id, None, journey.agency, journey.channel)
        if rows[step_id]:
            column = _filled(column, rows[step_id], heard)
        found.append(
            replace(column, wait=lasted.get(step_id), silent=silent.get(step_id), causes=causes.get(step_id, ()))
        )
    return tuple(_carried(found))


def _served(step: Step, journey: Journey) -> str | None:
    """Whose page a scripted step opens or waits for, where its address tells."""
    page = step.visit if isinstance(step, Visit) else step.expect.page if isinstance(step, Expect) else None
    fits = [(len(path), agency) for agency, path in journey.agencies.items() if page and page.startswith(path)]
    return max(fits)[1] if fits else None


def _carried(columns: list[Column]) -> Iterable[Column]:
    """A step that nobody took belongs to the agency that the citizen is with just then."""
    for place, column in enumerate(columns):
        if not column.cases and column.scripted and not column.scripted.agency and place and not column.talks:
            known = columns[place - 1]
            columns[place] = column = replace(column, agency=known.agency) if known.cases else column
        yield column


def _filled(column: Column, rows: list[int], heard: _Heard) -> Column:
    """A column with what was heard in its step."""
    did: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    met: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    why: dict[tuple[str, str | None], str] = {}
    agencies: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    cases = set()
    for row in rows:
        sentence = heard.said[row]
        case = sentence.case or sentence.session
        channels[sentence.channel] += 1
        if sentence.actor == "citizen":
            # What the citizen does belongs to the agency they turn to; the answer may already be another's.
            agencies[sentence.agency or column.agency] += 1
            did[(sentence.verb, sentence.about)].add(case)
            cases.add(case)
        elif sentence.verb in IDEAS or sentence.verb in ("requests", "forwards"):
            met[_idea(sentence.verb, row, heard.requests), sentence.about][case] += 1
            if sentence.cause and sentence.verb == "refuses":
                why[_idea(sentence.verb, row, heard.requests), sentence.about] = sentence.cause
            cases.add(case)
    agency = agencies.most_common(1)[0][0] if agencies else column.agency
    return replace(
        column,
        agency=agency,
        channel=column.channel if column.talks else channels.most_common(1)[0][0],
        cases=len(cases),
        did=tuple((verb, about, len(who)) for (verb, about), who in did.items()),
        met=tuple(
            Point(idea, about, len(counted), max(counted.values()), why.get((idea, about)))
            for (idea, about), counted in met.items()
        ),
    )


def _idea(verb: str, row: int, requests: Requests) -> str:
    if verb == "requests":
        return "repeat_question" if requests.repeats[row] else "correction" if requests.corrections[row] else "question"
    return IDEAS.get(verb, "forward")


def _lasting(heard: _Heard) -> tuple[dict[str, Lasting], dict[str, Lasting], dict[str, tuple[str, ...]]]:
    """By step: the waits that began in it, the silences among them that are too long, and what both were for."""
    waits, batch = heard.waits, heard.batch
    waited: dict[str, Counter[str]] = defaultdict(Counter)
    silent: dict[str, Counter[str]] = defaultdict(Counter)
    causes: dict[str, Counter[str]] = defaultdict(Counter)
    unclosed: set[str] = set()
    where = []
    for wait, row in enumerate(waits.row.tolist()):
        sentence, step = heard.said[row], heard.steps[row]
        step = step or ""
        where.append((step, sentence.case or sentence.session, "responds" in heard.sessions[sentence.session].hears))
        waited[step][where[-1][1]] += int(waits.closed[wait] - waits.opened[wait])
        if where[-1][2]:
            silent[step][where[-1][1]] += 0
        by = int(waits.closed_row[wait])
        if by < 0:
            unclosed.add(step)
        elif batch.cause[by] >= 0:
            causes[step][CAUSES[batch.cause[by]]] += 1
    for piece in range(len(waits.silence_wait)):
        step, case, hears = where[int(waits.silence_wait[piece])]
        if hears and waits.silent[piece]:
            silent[step][case] += int(waits.silence_to[piece] - waits.silence_from[piece])
            if waits.silence_cause[piece] >= 0:
                causes[step][CAUSES[waits.silence_cause[piece]]] += 1
    return (
        {step: _median(spent, step in unclosed) for step, spent in waited.items()},
        {step: _median(spent, step in unclosed) for step, spent in silent.items()},
        {step: tuple(cause for cause, _n in counted.most_common()) for step, counted in causes.items()},
    )


def _median(spent: Counter[str], unclosed: bool) -> Lasting:
    return Lasting(median(spent.values()) / SECOND, len(spent), unclosed)
