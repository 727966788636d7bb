"""Many participants' submissions in one transaction: each decided on what stands at that moment, none kept twice.

What one of them is told depends on what is already there (sent off, closed, a quota full), so reading, deciding and
writing are one transaction. Fifty citizens who press a button at the same moment cost one commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sql

from studies.store import tables
from studies.store.kept import (
    CLOSED,
    OPEN,
    SEEN,
    Answer,
    Decision,
    Entry,
    Invitation,
    Standing,
    Turn,
    invitation_of,
    utc,
)

AGAIN: Final = "sent_again"  # the flag of a submission that had arrived before

_asked, _sent, _said = tables.invitations.c, tables.submissions.c, tables.consents.c
_invited = sql.select(
    tables.invitations, tables.participants.c.rehearsed, tables.studies.c.state.label("study_state")
).select_from(tables.invitations.join(tables.participants).join(tables.studies))
_tokens: Any = sql.bindparam("tokens", expanding=True)
_who = _invited.where(_asked.token.in_(_tokens)).order_by(_asked.token)
_who_writes = _who.with_for_update(of=tables.invitations)
_agreed = (
    sql.select(_said.token, _said.purpose, _said.agreed, _said.at).where(_said.token.in_(_tokens)).order_by(_said.id)
)
_told = (
    sql.select(_sent.token, _sent.page, _sent.complete, _sent.received, _sent.said)
    .where(_sent.token.in_(_tokens))
    .order_by(_sent.id)
)
_keys = sql.select(_sent.key).where(_sent.key.in_(sql.bindparam("keys", expanding=True)))


def standings(db: sql.Connection, tokens: Sequence[str], writing: bool = False) -> dict[str, Standing]:
    """Where these participants stand; a token that nobody has is left out. Who is written to is held meanwhile."""
    some = {"tokens": sorted(set(tokens))}
    # Where there are several writers (PostgreSQL), an invitation's submissions take turns.
    rows = db.execute(_who_writes if writing else _who, some).mappings().all()
    if not rows:
        return {}
    consents: dict[str, dict[str, bool]] = defaultdict(dict)
    pages: dict[str, set[str]] = defaultdict(set)
    answers: dict[str, dict[str, Answer]] = defaultdict(dict)
    latest: dict[str, datetime] = {}
    for token, purpose, agreed, at in db.execute(_agreed, some):
        consents[token][purpose] = agreed
        latest[token] = at
    for token, page, complete, received, said in db.execute(_told, some):
        if complete:
            pages[token].add(page)
        answers[token].update(said)
        latest[token] = received
    return {
        token: Standing(
            invitation_of(dict(row)),
            consents.get(token, {}),
            frozenset(pages.get(token, ())),
            answers.get(token, {}),
            utc(latest[token]) if token in latest else None,
        )
        for row in rows
        for token in (row["token"],)
    }


def take(db: sql.Connection, turns: Sequence[Turn], now: datetime) -> list[Any]:
    """Decide on each in its order, write what is to be written, and give what each is told."""
    there = standings(db, [turn.token for turn in turns], writing=True)
    # Looked up only now that nobody else writes to these invitations: another process may just have had the same one.
    seen = set(db.scalars(_keys, {"keys": [turn.key for turn in turns]}))
    writing = _Writing(db, now)
    told = []
    for turn in turns:
        standing = there.get(turn.token)
        if turn.key in seen:
            if standing is not None:
                writing.flag(turn.token, "", AGAIN)
            told.append(SEEN)
            continue
        decided = turn.decide(standing, writing.counting(standing), now)
        told.append(decided.then)
        if decided.entry is not None and standing is not None:
            seen |= {turn.key} if decided.entry.said is not None else set()
            there[turn.token] = writing.write(turn, decided, standing)
    writing.done()
    return told


class _Writing:
    """What is gathered for a few statements at the end of the transaction."""

    def __init__(self, db: sql.Connection, now: datetime) -> None:
        self.db, self.now = db, now
        self.submissions: list[dict[str, Any]] = []
        self.consents: list[dict[str, Any]] = []
        self.flags: list[dict[str, Any]] = []
        self.states: list[dict[str, Any]] = []
        self.locked: set[str] = set()

    def counting(self, standing: Standing | None) -> Any:
        study = standing.invitation.study if standing else ""

        def count(quota: str) -> int:
            place = tables.places.c
            if study not in self.locked:  # nobody else takes a place of this study until this is over
                mine = sql.select(tables.studies.c.study).where(tables.studies.c.study == study)
                self.db.execute(mine.with_for_update())
                self.locked.add(study)
            held = sql.select(sql.func.count()).where(place.study == study, place.quota == quota)
            return self.db.scalar(held) or 0

        return count

    def flag(self, token: str, page: str, flag: str) -> None:
        self.flags.append({"token": token, "page": page, "flag": flag, "at": self.now})

    def write(self, turn: Turn, decided: Decision, standing: Standing) -> Standing:
        entry = decided.entry
        assert entry is not None
        token, asked = turn.token, standing.invitation
        for flag in entry.flags:
            self.flag(token, entry.page, flag)
        if entry.said is not None:
            row = {"key": turn.key, "token": token, "page": entry.page, "language": entry.language}
            self.submissions.append({**row, "complete": entry.complete, "received": self.now, "said": entry.said})
        if entry.agreed is not None:
            who = {"token": token, "language": entry.language, "wording": entry.agreed.wording, "at": self.now}
            self.consents += [{**who, "purpose": p, "agreed": a} for p, a in entry.agreed.purposes.items()]
        if entry.state is not None or entry.speak is not None:
            asked = replace(asked, state=entry.state or asked.state, language=entry.speak or asked.language)
            kept = OPEN if asked.state == CLOSED else asked.state  # closed is the study's state, not the invitation's
            self.states.append({"of": token, "to": kept, "speaking": asked.language})
        if entry.places:
            self._hold(token, asked.study, entry.places)
        return after(standing, entry, self.now, asked)

    def _hold(self, token: str, study: str, quotas: Sequence[str]) -> None:
        place = tables.places.c
        held = set(self.db.scalars(sql.select(place.quota).where(place.token == token)))
        rows = [{"token": token, "quota": q, "study": study} for q in quotas if q not in held]
        if rows:
            self.db.execute(tables.places.insert(), rows)

    def done(self) -> None:
        for table, rows in (
            (tables.submissions, self.submissions),
            (tables.consents, self.consents),
            (tables.flags, self.flags),
        ):
            if rows:
                self.db.execute(table.insert(), rows)
        if self.states:
            mine = _asked.token == sql.bindparam("of")
            new: dict[str, Any] = {"state": sql.bindparam("to"), "language": sql.bindparam("speaking")}
            self.db.execute(tables.invitations.update().where(mine).values(**new), self.states)


def after(standing: Standing, entry: Entry, now: datetime, asked: Invitation | None = None) -> Standing:
    """Where somebody stands once this is written."""
    said = entry.said
    return Standing(
        asked or standing.invitation,
        {**standing.consents, **entry.agreed.purposes} if entry.agreed else standing.consents,
        standing.pages | {entry.page} if entry.complete and said is not None else standing.pages,
        {**standing.answers, **said} if said else standing.answers,
        now if said is not None or entry.agreed else standing.latest,
    )
