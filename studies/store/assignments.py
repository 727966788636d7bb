"""What each participant of a study is to do, in which order, and how far they are: begun, done, given up.

One row a task. All of a participant's share an itinerary, whose token is the one link that they are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sql

from studies.store import Store, tables
from studies.store.heard import hear_again
from studies.store.kept import utc

#: how a participant takes part: before the lab's own browser; on a site with the recorder's tag; on a site as it is
SEAT, TAG, BESIDE = "seat", "tag", "beside"
#: how far a task is: not begun, under way, recognised as done, said to be done, given up, cut off by the lab
WAITING, BEGUN, DONE, SAID_DONE, GAVE_UP, BROKE = "waiting", "begun", "done", "said_done", "gave_up", "broke"
ENDED: Final = (DONE, SAID_DONE, GAVE_UP, BROKE)

_c = tables.assignments.c


@dataclass(frozen=True, slots=True)
class Assignment:
    """One task of one participant. `told` holds its words, the details to use, where it begins, how it is judged."""

    token: str
    itinerary: str
    study: str
    participant: str
    session: str
    place: int  # from 1
    way: str
    language: str
    condition: str | None
    state: str = WAITING
    began: datetime | None = None
    ended: datetime | None = None
    sealed: bool = False  # whether it is in the log
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether it has ended, however."""
        return self.state in ENDED


def keep_assignments(store: Store, those: Iterable[Assignment]) -> None:
    """Keep a participant's tasks; what has begun already stays as it is, what has not is told anew."""
    with store.writing() as db:
        for one in those:
            row = {**asdict(one), "told": dict(one.told)}
            mine = _c.token == one.token
            state = db.scalar(sql.select(_c.state).where(mine))
            if state is None:
                hear_again(db, one.session)  # whoever sat here before withdrew
                db.execute(tables.assignments.insert().values(**row))
            elif state == WAITING:
                db.execute(tables.assignments.update().where(mine).values(way=one.way, told=dict(one.told)))


def assignment(store: Store, token: str) -> Assignment | None:
    """The task of a token; None for one that was never given out."""
    return next(iter(_found(store, _c.token == token)), None)


def assignment_of_session(store: Store, session: str) -> Assignment | None:
    """The task that a session is the way through; None where it is none of a study's."""
    return next(iter(_found(store, _c.session == session)), None)


def itinerary(store: Store, token: str) -> list[Assignment]:
    """All tasks of one participant, in order; empty for a token that was never given out."""
    return _found(store, _c.itinerary == token)


def assignments_of(store: Store, study: str) -> list[Assignment]:
    """Every task that was given out in a study."""
    return _found(store, _c.study == study)


def begin(store: Store, token: str) -> bool:
    """Say that a task is under way; False where it was already, or is over."""
    return _moved(store, token, (WAITING,), BEGUN, "began")


def end(store: Store, token: str, how: str) -> bool:
    """Say how a task has ended; the first word counts. False where it had not begun, or was over."""
    return _moved(store, token, (BEGUN,), how, "ended")


def to_seal(store: Store, since: timedelta) -> list[Assignment]:
    """Remote tasks that ended at least so long ago and are not in the log yet."""
    latest = store.clock() - since
    which = _c.state.in_(ENDED) & (_c.way != SEAT) & ~_c.sealed
    return [one for one in _found(store, which) if one.ended and one.ended <= latest]


def sealed(store: Store, token: str) -> None:
    """Say that a task is in the log."""
    with store.writing() as db:
        db.execute(tables.assignments.update().where(_c.token == token).values(sealed=True))


def itinerary_of(store: Store, study: str, participant: str) -> str | None:
    """The one link's token of a participant; None for whoever was given no task."""
    found = _found(store, (_c.study == study) & (_c.participant == participant))
    return found[0].itinerary if found else None


def _moved(store: Store, token: str, before: tuple[str, ...], after: str, stamp: str) -> bool:
    mine = (_c.token == token) & _c.state.in_(before)
    with store.writing() as db:
        moved = tables.assignments.update().where(mine).values(**{"state": after, stamp: store.clock()})
        return db.execute(moved).rowcount == 1


def _found(store: Store, which: sql.ColumnElement[bool]) -> list[Assignment]:
    with store.reading() as db:
        rows = db.execute(sql.select(tables.assignments).where(which).order_by(_c.participant, _c.place)).mappings()
        return [Assignment(**{**row, **{at: row[at] and utc(row[at]) for at in ("began", "ended")}}) for row in rows]


def reopen(store: Store, token: str) -> None:
    """Say that a task has not begun after all: the site was not there."""
    with store.writing() as db:
        mine = (_c.token == token) & (_c.state == BEGUN)
        db.execute(tables.assignments.update().where(mine).values(state=WAITING, began=None))
