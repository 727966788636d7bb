"""What did they say, all together? Stored answers as scores with n, and as `citizen rates` sentences in the log."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from studies import archive
from studies.events import Sentence, Session
from studies.log import Log
from studies.store import Answered, Invitation, Store
from studies.words import _
from studies.workspace import Workspace
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named
from surveys.scoring import mean_with_interval, person_score, standing


@dataclass(frozen=True, slots=True)
class Said:
    """One instrument as one participant answered it, about one session or none."""

    invitation: Invitation
    responses: tuple[int | None, ...]  # in the instrument's order
    score: float | None  # None: too much was left out, or the page was never sent off
    language: str


def said(store: Store, study: str, instrument: str, space: Workspace | None = None) -> list[Said]:
    """Everyone who answered anything of an instrument, in the order they were invited."""
    asked = instrument_named(instrument, space)
    done = store.sent_off(study)
    by_token: dict[str, dict[str, Answered]] = defaultdict(dict)
    for answer in store.answers(study):
        by_token[answer.token][answer.item] = answer
    every = []
    for invitation in store.invitations(study):
        given = by_token[invitation.token]
        responses = tuple(int(given[item].value) if item in given else None for item in asked.ids())
        started = any(value is not None for value in responses) or (invitation.token, instrument) in done
        if instrument not in invitation.instruments or not started:
            continue
        score = person_score(asked, responses) if (invitation.token, instrument) in done else None
        spoken = Counter(given[item].language for item in asked.ids() if item in given)
        language = spoken.most_common(1)[0][0] if spoken else invitation.language or "en"
        every.append(Said(invitation, responses, score, language))
    return every


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
    and `rehearsed` says which. `missing` counts who answered something and yet has no score.
    """
    asked = instrument_named(instrument, space)
    every = said(store, study, instrument, space)
    if rehearsed is None:
        rehearsed = bool(every) and all(one.invitation.rehearsed for one in every)
    counted = [one for one in every if one.invitation.rehearsed == rehearsed]
    conditions = dict.fromkeys(one.invitation.condition for one in counted if one.invitation.condition is not None)
    spoken = Counter(one.language for one in counted if one.score is not None)
    return {
        "study": study,
        "instrument": instrument,
        "measures": asked.measures,
        "better": asked.better,
        **_group(asked, counted, confidence),
        "confidence": confidence,
        "by_condition": {
            name: _group(asked, [one for one in counted if one.invitation.condition == name], confidence)
            for name in conditions
        },
        "rehearsed": rehearsed,
        "left_out": len(every) - len(counted),
        "languages": dict(spoken),
        "validated": {language: asked.said_in(language).validated for language in spoken},
        "caveats": _caveats(asked, list(spoken), rehearsed, len(every) - len(counted)),
    }


def by_session(store: Store, study: str, instrument: str = "sus", space: Workspace | None = None) -> dict[str, float]:
    """The score that was given to each session, to be joined with what was measured there."""
    given: dict[str, list[float]] = defaultdict(list)
    for one in said(store, study, instrument, space):
        if one.invitation.session is not None and one.score is not None:
            given[one.invitation.session].append(one.score)
    return {session: fmean(values) for session, values in given.items()}


def rated(store: Store, study: str, space: Workspace | None = None) -> Log:
    """The answers that participants sent off, as sentences: `citizen rates sus_1`, in the session they are about."""
    def place_of(answer: Answered) -> int:
        ids = instrument_named(answer.page, space).ids()
        return ids.index(answer.item) if answer.item in ids else len(ids)

    done = store.sent_off(study)
    invitations = {one.token: one for one in store.invitations(study)}
    by_sitting: dict[str, list[tuple[Invitation, Answered]]] = defaultdict(list)
    for answer in store.answers(study):
        if (answer.token, answer.page) in done:
            invitation = invitations[answer.token]
            by_sitting[invitation.session or _sitting(invitation)].append((invitation, answer))
    sentences, sessions = [], []
    for session, given in by_sitting.items():
        first = given[0][0]
        given.sort(key=lambda pair: (pair[1].received, place_of(pair[1])))
        times = [answer.received for _invitation, answer in given]
        sentences += [
            Sentence(session, a.received, "citizen", "rates", a.item, seq=place, value=a.value)
            for place, (_invitation, a) in enumerate(given)
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
    log = rated(store, study, space)
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


def _but(log: Log, there: set[str]) -> Any:
    return Log.of([], [row for row in log.heard() if row.session not in there]).sessions


def _sitting(invitation: Invitation) -> str:
    # Not the token: whoever reads the log must not be able to open the survey.
    return f"survey-{hashlib.sha256(invitation.token.encode()).hexdigest()[:12]}"


def _group(asked: Instrument, group: Sequence[Said], confidence: float) -> dict[str, Any]:
    persons: dict[str, list[float]] = {one.invitation.participant: [] for one in group}
    for one in group:
        if one.score is not None:
            persons[one.invitation.participant].append(one.score)
    # One value a person, or the interval would take two answers of one person for two persons.
    values = [fmean(given) for given in persons.values() if given]
    figures = mean_with_interval(values=values, confidence=confidence)
    return {**figures, "missing": len(persons) - len(values), **standing(asked, figures["mean"])}


def _caveats(asked: Instrument, spoken: list[str], rehearsed: bool, left_out: int) -> list[str]:
    says = []
    if rehearsed:
        says.append(_("These are rehearsed answers, given by a robot, not people's."))
    if left_out:
        says.append(
            _("Rehearsed answers and people's are never counted together: {n} are left out.").format(n=left_out)
        )
    for language in spoken:
        wording = asked.said_in(language)
        if not wording.validated:
            says.append(_("The wording in “{language}” is not validated.").format(language=language))
        if language != "en":
            says.append(_("Grade, percentile and adjective come from studies mainly in English."))
    says.append(_("The percentile is interpolated; the adjective is the one with the nearest published mean."))
    return list(dict.fromkeys(says))
