"""What recorders delivered of participants' sittings, as it came: kept before it is acknowledged, each batch once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sql

from studies.store import Store, tables

DOOR: Final = "door"  # the entry of whoever came by a link for anybody: the session that it names is their word alone
CLAIM: Final = timedelta(minutes=5)  # after which whoever was about to seal a sitting is taken for dead
_sittings, _batches = tables.sittings.c, tables.batches.c
_BY_LAB: Final = sql.func.coalesce(tables.invitations.c.entry, "") != DOOR


@dataclass(frozen=True, slots=True)
class Sitting:
    """One participant's sitting, as a recorder delivers it."""

    session: str
    study: str
    participant: str | None = None
    condition: str | None = None
    device: str | None = None
    mobile: bool = False
    source: str = "participant"
    latest: datetime | None = None  # when something last came
    bytes: int = 0
    sealed: int = 0  # how often: whoever comes back later begins another session of the same case
    sealed_to: float | None = None  # epoch ms by the participant's clock
    newest: int = 0  # its latest batch
    sealed_batch: int = 0  # the latest batch that was there when it was sealed
    sealing: datetime | None = None


def keep_batch(store: Store, sitting: Sitting, body: str, most: int) -> bool:
    """Keep one batch, on disk when this returns; one that is there already stays as it is.

    False when the sitting would hold more than `most` bytes: then nothing is kept. Nor is anything of whoever withdrew,
    and that is True: there is nothing to send again.
    """
    content = body.encode()
    digest, now, mine = hashlib.sha256(content).hexdigest(), store.clock(), _sittings.session == sitting.session
    with store.writing() as db:
        held = db.execute(sql.select(_sittings.bytes).where(mine).with_for_update()).scalar_one_or_none()
        if held is None and _is_withdrawn(db, sitting.session):
            return True
        if held is None and len(content) <= most:
            fresh = {"latest": now, "bytes": 0, "sealed": 0, "newest": 0, "sealed_batch": 0, "mobile": sitting.mobile}
            said = ("session", "study", "source", "participant", "condition", "device")
            told = {name: getattr(sitting, name) for name in said}
            db.execute(tables.sittings.insert().values(**fresh, **told))
        same = (_batches.session == sitting.session) & (_batches.digest == digest)
        if held is not None and db.scalar(sql.select(_batches.id).where(same)) is not None:
            return True
        if (held or 0) + len(content) > most:
            return False
        row = {"session": sitting.session, "digest": digest, "received": now, "body": body}
        done = db.execute(tables.batches.insert().values(**row)).inserted_primary_key
        total = {"bytes": _sittings.bytes + len(content), "newest": done[0] if done else 0}
        db.execute(tables.sittings.update().where(mine).values(latest=now, **total))
    return True


def hear_no_more(db: sql.Connection, names: Iterable[str], receipt: str) -> None:
    """From now on nothing is kept of these sessions, and of what is delivered under these tokens."""
    for name in sorted(set(names)):
        if not _is_withdrawn(db, name):
            db.execute(tables.withdrawn.insert().values(name=checksum(name), receipt=receipt))


def hear_again(db: sql.Connection, name: str) -> None:
    """A session of this name was given out anew, to somebody else."""
    db.execute(tables.withdrawn.delete().where(tables.withdrawn.c.name == checksum(name)))


def is_withdrawn(store: Store, name: str) -> bool:
    """Whether nothing is heard any more of a session, or under a token: they withdrew."""
    with store.reading() as db:
        return _is_withdrawn(db, name)


def _is_withdrawn(db: sql.Connection, name: str) -> bool:
    gone = tables.withdrawn.c.name
    return db.scalar(sql.select(gone).where(gone == checksum(name))) is not None


def checksum(name: str) -> str:
    """What is kept of a name that is to be known again, and told to nobody."""
    return hashlib.sha256(name.encode()).hexdigest()


def spoken_for(db: sql.Connection, study: str) -> set[str]:
    """The sessions of a study that are somebody's: the way through a task given out, or heard of a participant.

    Whoever comes by a link for anybody may name any session; that makes none of these theirs.
    """
    given = tables.assignments.c
    return {
        *db.scalars(sql.select(given.session).where(given.study == study)),
        *db.scalars(sql.select(_sittings.session).where(_sittings.study == study, _sittings.participant.is_not(None))),
    }


def batches_of(store: Store, session: str) -> list[str]:
    """The batches of a sitting, in the order in which they came."""
    with store.reading() as db:
        return list(db.scalars(sql.select(_batches.body).where(_batches.session == session).order_by(_batches.id)))


def clock_ahead(store: Store, session: str) -> float:
    """By how many ms a participant's clock runs ahead of this one: the latest word of the batch that was quickest here.

    Under ten seconds it is taken for the way that a batch takes.
    """
    wanted = sql.select(_batches.body, _batches.received).where(_batches.session == session)
    with store.reading() as db:
        rows = db.execute(wanted.order_by(_batches.id).limit(200)).all()
    ahead: list[float] = []
    for row in rows:
        told = [m["t"] for m in json.loads(row.body) if isinstance(m, dict) and isinstance(m.get("t"), int | float)]
        received = _utc(row.received)
        if told and received is not None:
            ahead.append(max(told) - received.timestamp() * 1000)
    found = max(ahead, default=0.0)
    return found if abs(found) > 10_000 else 0.0


def sitting_of(store: Store, session: str) -> Sitting | None:
    """What is known of a session's sitting; None when nothing was delivered of it."""
    found = _found(store, _sittings.session == session)
    return found[0] if found else None


def expected(store: Store, session: str) -> Sitting | None:
    """The sitting of a participant whom the lab invited to speak about this session; None when nobody was."""
    asked = tables.invitations.c
    wanted = sql.select(asked.study, asked.participant, asked.condition).where(asked.session == session, _BY_LAB)
    with store.reading() as db:
        row = db.execute(wanted.order_by(asked.made).limit(1)).first()
    return Sitting(session, row.study, row.participant, row.condition) if row else None


def unsealed(store: Store, quiet: timedelta, study: str | None = None) -> list[Sitting]:
    """The sittings of a study (None: of all) that hold what is not sealed, and from which nothing came for so long."""
    which = _sittings.newest > _sittings.sealed_batch
    if study is not None:
        which &= _sittings.study == study
    latest = store.clock() - quiet
    return [s for s in _found(store, which) if s.latest and s.latest <= latest]


def unsealed_of(store: Store, study: str, participant: str) -> str | None:
    """The session of a participant that something came from and that is not sealed, the latest; None where none is."""
    mine = (_sittings.study == study) & (_sittings.participant == participant)
    found = _found(store, mine & (_sittings.newest > _sittings.sealed_batch))
    return max(found, key=lambda s: s.newest).session if found else None


def studies_heard(store: Store) -> list[str]:
    """The studies that something was delivered for."""
    with store.reading() as db:
        return list(db.scalars(sql.select(_sittings.study).distinct().order_by(_sittings.study)))


def claim(store: Store, sitting: Sitting) -> bool:
    """Say that one is about to seal a sitting; False when somebody else is, or has."""
    now = store.clock()
    free = _sittings.sealing.is_(None) | (_sittings.sealing < now - CLAIM)
    mine = (_sittings.session == sitting.session) & (_sittings.sealed == sitting.sealed) & free
    with store.writing() as db:
        return db.execute(tables.sittings.update().where(mine).values(sealing=now)).rowcount == 1


def release(store: Store, sitting: Sitting, sealed: int, sealed_to: float | None, sealed_batch: int) -> None:
    """Say how a claim ended: how often the sitting is sealed now, and up to where."""
    done = {"sealing": None, "sealed": sealed, "sealed_to": sealed_to, "sealed_batch": sealed_batch}
    with store.writing() as db:
        db.execute(tables.sittings.update().where(_sittings.session == sitting.session).values(**done))


def _found(store: Store, which: sql.ColumnElement[bool]) -> list[Sitting]:
    with store.reading() as db:
        rows = db.execute(sql.select(tables.sittings).where(which).order_by(_sittings.session)).mappings().all()
    return [Sitting(**dict(row) | {key: _utc(row[key]) for key in ("latest", "sealing")}) for row in rows]


def _utc(moment: datetime | None) -> datetime | None:
    # SQLite keeps no zone; what went in was UTC.
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
