"""Conversations brought in: turns made sentences, silence recomputed and set beside what the recording says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from studies.cases.moments import Clock, zone_named
from studies.events import Sentence, Session
from studies.importing import Imported, Tally
from studies.log import Log
from studies.topics import slug
from studies.troubles import WrongInput
from studies.turns.roles import read_speakers, roles_of
from studies.turns.telling import Told, told_of
from studies.turns.turn import Conversation, Turn
from studies.words import _

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Where a recording does not say when it was made, its times are counted from here, and the report says so.
UNTOLD: Final = datetime(2000, 1, 1, tzinfo=UTC)
#: Who begins so long before the other has ended breaks in; µs. Recordings overlap by less than that by themselves.
BROKE_IN: Final = 1_000_000
HEARS: Final = frozenset("begins acts asks gives leaves responds answers requests refuses hands_off concludes".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever brings the file says of it: who is who, when it began, whose service, by which channel."""

    speakers: dict[str, str]
    start: datetime | None = None
    agency: str | None = None
    channel: str | None = None


def asked_of(mapping: Path | None) -> Asked:
    """What a mapping says of conversations. Raises WrongInput where it cannot be read."""
    if mapping is None:
        return Asked({})
    speakers, told = read_speakers(mapping)
    start = told.get("start")
    if isinstance(start, str):
        try:
            start = datetime.fromisoformat(start)
        except ValueError as cause:
            why = _("{path}: start: {given} is no time; write 2026-03-01T08:00:00+03:00.")
            raise WrongInput(why.format(path=mapping, given=start)) from cause
    if isinstance(start, datetime) and start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    return Asked(speakers, start, told.get("agency"), told.get("channel"))


def clock_of(mapping: Path | None) -> Clock:
    """How a conversation's times are written, as far as a mapping says it: the `zone`, and `dates: day_first`."""
    if mapping is None:
        return Clock()
    _speakers, told = read_speakers(mapping)
    zone, dates = told.get("zone"), told.get("dates")
    return Clock(zone_named(str(zone)) if zone else None, None if dates is None else dates == "day_first")


def imported(conversations: Sequence[Conversation], asked: Asked, tally: Tally, rows: int) -> Imported:
    """The conversations as a log. Turns of whom nobody says who they are, or without a time, are left out, and told."""
    said: list[Sentence] = []
    sessions: list[Session] = []
    facts, notes = [], []
    marked: set[str] = set()
    for one in conversations:
        if one.mark and one.session in marked:
            tally.leave(_("conversations"), _("the file holds the same one before"))
            continue
        marked.add(one.session)
        roles = roles_of([turn.speaker for turn in one.turns], one.roles, asked.speakers)
        start = EPOCH if one.absolute else asked.start or UNTOLD
        turns = _known(one, roles, start, tally)
        if not turns:
            continue
        if not one.absolute and asked.start is None:
            notes.append(
                _("It does not say when it began: times are counted from 1 January 2000. Or start: in a mapping.")
            )
        channel = asked.channel or one.channel
        told = list(told_of(turns, roles))
        first, last = min(t.begins or 0 for t in turns), max(t.ends or t.begins or 0 for t in turns)
        opened = start + timedelta(microseconds=first if one.absolute else min(0, first))
        source = "chat" if channel == "chat" else "call"
        sessions.append(Session(one.session, opened, start + timedelta(microseconds=last), source=source, hears=HEARS))
        said += [_sentence(one, t, seq, start, channel, asked.agency) for seq, t in enumerate(told)]
        facts.append({"conversation": one.session, **_figures(turns, roles, told), "vendor": dict(one.told)})
    sides = [roles_of([t.speaker for t in one.turns], one.roles, asked.speakers) for one in conversations]
    if rows and not any(sides):
        notes.append(
            _("Nobody says who is the citizen: say it in a mapping, speakers: {Sara: service, Omar: citizen}.")
        )
    who = {name: side.get(name) for one, side in zip(conversations, sides, strict=True) for name in _speakers(one)}
    told_of_it = {"conversations": facts, "speakers": who}
    return Imported(Log.of(said, sessions), tally.told(), rows, tuple(dict.fromkeys(notes)), told_of_it)


def _speakers(one: Conversation) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in one.turns if turn.speaker))


def _known(one: Conversation, roles: dict[str, str], start: datetime, tally: Tally) -> list[Turn]:
    """The turns that can be told, in the order of their times."""
    known = []
    for turn in one.turns:
        if turn.speaker not in roles:
            who = turn.speaker or _("a speaker without a name")
            tally.leave(who, _("nobody says whether this is the citizen or the service"))
        elif turn.begins is None or not all(_in_calendar(start, us) for us in (turn.begins, turn.ends or 0)):
            tally.leave(turn.place, _("its time cannot be read, or is not told"))
        elif turn.ends is not None and turn.ends < turn.begins:
            tally.leave(turn.place, _("it ends before it begins; its begin was kept"))
            known.append(Turn(turn.speaker, turn.text, turn.begins, None, turn.place))
        else:
            known.append(turn)
    return sorted(known, key=lambda turn: turn.begins or 0)


def _in_calendar(start: datetime, us: int) -> bool:
    try:
        return bool(start + timedelta(microseconds=us))
    except OverflowError:
        return False


def _sentence(one: Conversation, told: Told, seq: int, start: datetime, channel: str, agency: str | None) -> Sentence:
    begins = start + timedelta(microseconds=told.turn.begins or 0)
    until = None if told.turn.ends is None else start + timedelta(microseconds=told.turn.ends)
    about = told.about or (None if told.verb != "begins" else slug(one.name) or None)
    lasting = until if until is not None and until > begins and told.verb != "begins" else None
    return Sentence(
        session=one.session, when=begins, until=lasting, actor=told.actor, verb=told.verb, about=about, seq=seq,
        channel=channel, agency=agency,
    )  # fmt: skip


def _figures(turns: Sequence[Turn], roles: dict[str, str], told: Sequence[Told]) -> dict[str, Any]:
    """Silence between turns, who talked how long, who broke in, and what had to be explained; seconds.

    A silence is announced when the turn before it said that somebody is at work; the citizen's own when they had been
    asked. Overlapping turns are silent nowhere.
    """
    verb_of = {id(t.turn): t.verb for t in told}
    silent = {"announced": 0, "unannounced": 0, "citizen": 0}
    reach, before = turns[0].begins or 0, turns[0]
    talk = {"citizen": 0, "service": 0}
    broke_in = {"citizen": 0, "service": 0}
    for turn in turns:
        begins, ends = turn.begins or 0, turn.ends if turn.ends is not None else turn.begins or 0
        side = roles[turn.speaker]
        talk[side] += ends - begins
        if begins > reach:
            silent[_kind(verb_of.get(id(before), ""), roles[before.speaker])] += begins - reach
        elif reach - begins >= BROKE_IN and roles[before.speaker] != side:
            broke_in[side] += 1
        if ends >= reach:
            reach, before = ends, turn
    spoken = sum(talk.values())
    return {
        "turns": len(turns),
        "silence_seconds": {kind: round(us / 1e6, 3) for kind, us in silent.items()},
        "talk_share": {side: round(us / spoken, 4) if spoken else None for side, us in talk.items()},
        "interruptions": broke_in,
        "clarifications": sum(t.verb == "asks" and t.about == "clarification" for t in told),
    }


def _kind(verb: str, side: str) -> str:
    if verb == "requests":
        return "citizen"
    return "announced" if verb == "responds" and side == "service" else "unannounced"
