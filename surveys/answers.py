"""What did they say, all together? Stored answers as scores with n, and as `citizen rates` sentences in the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from studies import archive
from studies.events import Sentence, Session
from studies.log import Log
from studies.store import Answered, Invitation, Standing, Store
from studies.store.heard import DOOR, spoken_for
from studies.store.kept import Answer
from studies.store.withdrawal import sitting_name, visitors
from studies.words import _
from studies.workspace import Workspace
from surveys.amounts import beyond_the_mean, caveats, validated
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named
from surveys.questionnaire.asked import Question, Questionnaire
from surveys.questionnaire.reading import kept
from surveys.scoring import mean_with_interval, person_score, standing


@dataclass(frozen=True, slots=True)
class Said:
    """One instrument as one participant answered it, about one session or none."""

    invitation: Invitation
    responses: tuple[int | float | None, ...]  # in the instrument's order
    score: float | None  # None: too much was left out, or the page was never sent off
    language: str
    flags: tuple[str, ...] = ()  # what makes somebody look twice at it
    joined: bool = True  # False: not looked at together with the visit: they did not agree, or it is not theirs


def said(store: Store, study: str, instrument: str, space: Workspace | None = None) -> list[Said]:
    """Everyone who answered anything of an instrument, in the order they were invited."""
    asked = instrument_named(instrument, space)
    done, flags, taken = store.sent_off(study), store.flagged(study), taken_visits(store, study, space)
    by_token: dict[str, dict[str, Answered]] = defaultdict(dict)
    for answer in store.answers(study):
        by_token[answer.token][answer.item] = answer
    every = []
    for one in store.everyone(study):
        invitation = one.invitation
        given = by_token[invitation.token]
        responses = tuple(_number(given[item].value) if item in given else None for item in asked.ids())
        started = any(value is not None for value in responses) or (invitation.token, asked.instrument) in done
        if asked.instrument not in invitation.instruments or not started:
            continue
        score = person_score(asked, responses) if (invitation.token, asked.instrument) in done else None
        spoken = Counter(given[item].language for item in asked.ids() if item in given)
        language = spoken.most_common(1)[0][0] if spoken else invitation.language or "en"
        odd, joined = tuple(flags.get(invitation.token, ())), is_joined(one, taken)
        every.append(Said(invitation, responses, score, language, odd, joined))
    return every


def responses_of(asked: Instrument, answers: Mapping[str, Answer]) -> tuple[int | float | None, ...]:
    """A participant's answers to an instrument as numbers in its order, None for what was left out."""
    return tuple(_number(answers.get(item)) for item in asked.ids())


def _number(value: Answer) -> int | float | None:
    if isinstance(value, str):  # of what is written, that something was
        return 1 if value else None
    if not isinstance(value, int | float):
        return None
    return int(value) if value == int(value) else value


def scores(
    store: Store,
    study: str,
    instrument: str = "sus",
    space: Workspace | None = None,
    confidence: float = 0.95,
    rehearsed: bool | None = None,
) -> dict[str, Any]:
    """What a group's answers to an instrument amount to, whole and by condition; never a score without its n.

    People and robots are never mixed: unless told, it is people's answers when there are any and else rehearsed ones,
    and `rehearsed` says which. `missing` counts who answered something and yet has no score; `flagged` counts who is
    counted although something about their answers is odd, and `without_flagged` is what the others amount to.
    """
    asked = instrument_named(instrument, space)
    every = said(store, study, instrument, space)
    if rehearsed is None:
        rehearsed = bool(every) and all(one.invitation.rehearsed for one in every)
    counted = [one for one in every if one.invitation.rehearsed == rehearsed]
    conditions = dict.fromkeys(one.invitation.condition for one in counted if one.invitation.condition is not None)
    spoken = Counter(one.language for one in counted if one.score is not None)
    flagged = [one for one in counted if one.flags]
    plain = [one for one in counted if not one.flags]
    return {
        "study": study,
        "instrument": asked.instrument,
        "measures": asked.measures,
        "better": asked.better,
        **_group(asked, counted, confidence),
        "confidence": confidence,
        "by_condition": {
            name: _group(asked, [one for one in counted if one.invitation.condition == name], confidence)
            for name in conditions
        },
        "by_language": {
            spoke: _group(asked, [one for one in counted if one.language == spoke], confidence) for spoke in spoken
        },
        "rehearsed": rehearsed,
        "left_out": len(every) - len(counted),
        "flagged": len(flagged),
        "flags": dict(Counter(flag for one in flagged for flag in one.flags)),
        "without_flagged": _group(asked, plain, confidence) if flagged else None,
        "languages": dict(spoken),
        "validated": validated(asked, spoken),
        "caveats": _caveats(asked, list(spoken), rehearsed, len(every) - len(counted), len(flagged)),
    }


def by_session(store: Store, study: str, instrument: str = "sus", space: Workspace | None = None) -> dict[str, float]:
    """The score given to each session, to be joined with what was measured there, where whoever gave it agrees."""
    given: dict[str, list[float]] = defaultdict(list)
    for one in said(store, study, instrument, space):
        if one.joined and one.invitation.session is not None and one.score is not None:
            given[one.invitation.session].append(one.score)
    return {session: fmean(values) for session, values in given.items()}


def rated(store: Store, study: str, space: Workspace | None = None) -> Log:
    """The answers that participants sent off, as sentences: `citizen rates sus_1`, in the session they are about.

    Who did not agree to have their answers joined with what was observed speaks in a session of their own; so does who
    came by a link for anybody and named a visit that is somebody else's. A chosen answer is its number, each choice of
    several is one sentence (1 or 0, or its place); of what was written the log says that it was, never what.
    """
    asked: dict[str, Questionnaire | None] = {}
    pages: dict[str, list[Answered]] = defaultdict(list)
    done, taken = store.sent_off(study), taken_visits(store, study, space)
    for answer in store.answers(study):
        if (answer.token, answer.page) in done:
            pages[answer.token].append(answer)
    by_sitting: dict[str, list[tuple[Invitation, Answered, Mapping[str, int], Question | None]]] = defaultdict(list)
    for one in store.everyone(study):
        invitation, token = one.invitation, one.invitation.token
        digest = invitation.questionnaire or ""
        if digest not in asked:
            asked[digest] = kept(store, digest) if digest else None
        questionnaire = asked[digest]
        if questionnaire:
            places = {name: n for n, name in enumerate(questionnaire.questions)}
        else:
            ids = [item for name in invitation.instruments for item in instrument_named(name, space).ids()]
            places = {name: n for n, name in enumerate(ids)}
        about = invitation.session if is_joined(one, taken) else None
        sitting = sitting_name(token) if about is None else about
        for answer in pages.get(token, ()):
            if questionnaire is None and answer.item not in places:
                continue  # a column that came with a file: nobody knows what was typed there, so it is not for the log
            question = questionnaire.questions.get(answer.item) if questionnaire else None
            by_sitting[sitting].append((invitation, answer, places, question))
    sentences, sessions = [], []
    for session, given in by_sitting.items():
        first = given[0][0]
        given.sort(key=lambda told: (told[1].received, told[2].get(told[1].item, len(told[2]))))
        times = [answer.received for _invitation, answer, _places, _question in given]
        ratings = [
            (answer.received, about, value)
            for _invitation, answer, _places, question in given
            for about, value in _ratings(answer, question)
        ]
        sentences += [
            Sentence(session, when, "citizen", "rates", about, seq=place, value=value)
            for place, (when, about, value) in enumerate(ratings)
        ]
        row = Session(
            session=session,
            started=min(times),
            ended=max(times),
            source="robot" if first.rehearsed else "participant",
            study=study,
            condition=first.condition,
            participant=first.participant,
            language=first.language,
            hears=frozenset({"rates"}),
        )
        sessions.append(row)
    return Log.of(sentences, sessions)


def taken_visits(store: Store, study: str, space: Workspace | None) -> set[str]:
    """The visits that somebody named who came by a link for anybody, and that are another's."""
    claimed = {one.session for one in store.invitations(study) if one.entry == DOOR and one.session is not None}
    if not claimed:
        return set()
    with store.reading() as db:
        taken = spoken_for(db, study)
    if space is not None and study in archive.studies_in(space):
        taken |= visitors(archive.read(study, space).only(claimed)).keys()
    return taken & claimed


def is_joined(one: Standing, taken: Collection[str]) -> bool:
    """Whether answers are looked at together with the visit that they are about."""
    claimed = one.invitation.entry == DOOR and one.invitation.session in taken
    return one.consents.get("joined") is not False and not claimed


def _ratings(answer: Answered, question: Question | None) -> Iterator[tuple[str, float | None]]:
    """What one answer is in the log: nothing where they would rather not say."""
    value, item = answer.value, answer.item
    match question.kind if question else "scale":
        case _ if value is None:
            return
        case "single" if question:
            numbers = {
                one.choice: place if one.value is None else one.value for place, one in enumerate(question.choices, 1)
            }
            yield item, float(numbers.get(str(value), 0))
        case "multiple" if question and isinstance(value, list):
            for one in question.choices:
                yield f"{item}_{one.choice}", float(one.choice in value)
        case "ranking" if question and isinstance(value, list):
            for place, name in enumerate(value, 1):
                yield f"{item}_{name}", float(place)
        case "consent":
            yield item, float(value == "yes")
        case "text":
            yield item, None
        case _:
            yield item, float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class Written:
    """What of the answers went into the log, and the sessions that it still has to hear of."""

    sentences: int
    waiting: list[str]


def write_to_log(store: Store, study: str, space: Workspace) -> Written:
    """Put the answers beside the sessions they are about, each answer once however often this is called.

    Answers about a session that the log does not hold yet wait until it does.
    """
    heard = archive.read(study, space) if study in archive.studies_in(space) else Log.together([])
    there = set(heard.sessions["session"].to_pylist())
    case = dict(zip(heard.sentences["session"].to_pylist(), heard.sentences["case"].to_pylist(), strict=True))
    already = {(s.session, s.about) for s in heard.said() if s.verb == "rates"}
    named = {one.session for one in store.invitations(study) if one.session is not None}
    log = _sat_through(rated(store, study, space), heard)
    waiting = sorted({s.session for s in log.said() if s.session in named - there})
    fresh = [
        replace(s, case=case.get(s.session, s.session))
        for s in log.said()
        if s.session not in waiting and (s.session, s.about) not in already
    ]
    rows = [row for row in log.heard() if row.session in {s.session for s in fresh}]
    if fresh:
        # A session that the log holds keeps the row it has there: who heard it, and what they were able to hear.
        whole = Log.of(fresh, rows)
        archive.seal(replace(whole, sessions=_but(whole, there)), study, space)
    return Written(len(fresh), waiting)


def _sat_through(log: Log, heard: Log) -> Log:
    """The answers, the rehearsed ones not before what they rate is over.

    A conversation that a robot walks is heard at its own pace and played at once: its end is still to come when the
    robot answers. It rates a second later, as somebody who had sat through it would.
    """
    robots = [row.session for row in log.heard() if row.source == "robot"]
    over: dict[str, datetime] = {}
    for one in heard.only(robots).said():
        if one.verb != "rates":
            over[one.session] = max(over.get(one.session, one.when), one.until or one.when)
    early = {
        row.session: over[row.session] + timedelta(seconds=1) - row.started
        for row in log.heard()
        if row.session in over and row.started <= over[row.session]
    }
    said = [replace(s, when=s.when + early[s.session]) if s.session in early else s for s in log.said()]
    return Log.of(said, log.heard())


def _but(log: Log, there: set[str]) -> Any:
    return Log.of([], [row for row in log.heard() if row.session not in there]).sessions


def _group(asked: Instrument, group: Sequence[Said], confidence: float) -> dict[str, Any]:
    persons: dict[str, list[float]] = {one.invitation.participant: [] for one in group}
    for one in group:
        if one.score is not None:
            persons[one.invitation.participant].append(one.score)
    # One value a person, or the interval would take two answers of one person for two persons.
    values = [fmean(given) for given in persons.values() if given]
    figures = mean_with_interval(values=values, confidence=confidence)
    rows = [one.responses for one in group if one.score is not None]
    return {
        **figures,
        "range": list(asked.scoring.range),
        "missing": len(persons) - len(values),
        **standing(asked, figures["mean"]),
        **beyond_the_mean(asked, rows, confidence),
    }


def _caveats(asked: Instrument, spoken: list[str], rehearsed: bool, left_out: int, flagged: int) -> list[str]:
    says = []
    if rehearsed:
        says.append(_("These are rehearsed answers, given by a robot, not people's."))
    if left_out:
        says.append(
            _("Rehearsed answers and people's are never counted together: {n} are left out.").format(n=left_out)
        )
    if flagged:
        says.append(
            _(
                "{n} of the answers counted are odd (too fast, all alike, sent twice, kept in part): see them before "
                "you believe them."
            ).format(n=flagged)
        )
    says += caveats(asked, spoken)
    return list(dict.fromkeys(says))
