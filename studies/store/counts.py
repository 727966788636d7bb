"""How many were asked in a study and how far they are, and who was asked last: counted by the database, not read."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sql

from studies.store import Store, tables

_asked = tables.invitations.c


def states_of(store: Store, study: str, instrument: str) -> dict[str, int]:
    """How many of those who were asked an instrument in a study are in which state."""
    wanted = (
        sql.select(_asked.state, _asked.instruments, sql.func.count())
        .where(_asked.study == study)
        .group_by(_asked.state, _asked.instruments)
    )
    if store.engine.dialect.name == "postgresql":  # which does not group by JSON as it stands
        text = sql.cast(_asked.instruments, sql.Text)
        wanted = (
            sql.select(_asked.state, sql.cast(text, sql.JSON), sql.func.count())
            .where(_asked.study == study)
            .group_by(_asked.state, text)
        )
    found: Counter[str] = Counter()
    with store.reading() as db:
        for state, instruments, many in db.execute(wanted):
            if instrument in instruments:
                found[state] += many
    return dict(found)


def latest_people(store: Store, study: str, most: int) -> list[str]:
    """The people who were asked last in a study, so many at most; rehearsed ones are left out."""
    who = tables.participants.c
    wanted = (
        sql.select(who.participant)
        .where((who.study == study) & ~who.rehearsed)
        .order_by(who.made.desc(), who.participant)
        .limit(most)
    )
    with store.reading() as db:
        return list(db.scalars(wanted))
