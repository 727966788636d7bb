"""Somebody withdraws: what they said and what was heard of them is erased, and a receipt says so.

The answers go first, in one transaction with the receipt; the log follows. A program that dies in between, or a log
that is held by another, leaves the receipt pending, and the next look finishes it.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sql

from studies import archive
from studies.erasing.session import erase_sessions
from studies.log import Log
from studies.store import Store, tables
from studies.store.heard import CLAIM, DOOR, checksum, hear_no_more, spoken_for
from studies.store.kept import utc
from studies.workspace import Workspace

_TOLD: Final = ("submissions", "consents", "flags", "batches", "assignments", "notes")  # by a receipt
_ELSEWHERE: Final = "elsewhere"
_PENDING: Final = ("pending", "participant", "sealing")  # what a receipt holds until the log is cleared too


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a person holds who withdrew: a number to name, when it was, and how much was erased of what kind."""

    receipt: str
    study: str
    at: datetime
    erased: dict[str, int]
    pending: bool  # the log is still to be cleared
    elsewhere: bool = False  # the visit that their link names is somebody else's, and stays


def withdraw(store: Store, token: str, space: Workspace | None) -> Receipt | None:
    """Erase whatever is kept of a token's participant in its study, whatever else they were asked or given to do there.

    The same receipt again for who withdrew. None: unknown token. Of a visit that their link only names, nothing goes
    that is somebody else's.
    """
    others = _somebody_elses(store, token, space)
    with store.writing() as db:
        found = _receipt_of(db, token)
        mine = tables.invitations.c.token == token
        asked = db.execute(sql.select(tables.invitations).where(mine).with_for_update()).mappings().first()
        if found is None and asked is None:
            return None
        if found is None and asked is not None:
            _erase(db, token, _whole(db, asked["study"], asked["participant"], others), store.clock())
    if space is not None:
        finish(store, space)
    if store.engine.dialect.name == "sqlite":
        # What was erased must not live on in the journal beside the database.
        with store.engine.connect().execution_options(reads_only=True) as line:
            line.exec_driver_sql("COMMIT")
            line.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            line.exec_driver_sql("BEGIN")
    return receipt_of(store, token)


@dataclass(frozen=True, slots=True)
class _Whole:
    """One participant of a study: their links, the tasks that they were given, and the visits that are theirs."""

    study: str
    participant: str
    tokens: list[str]
    tasks: list[str]  # tokens
    sittings: list[str]
    visits: set[str]  # sessions that may be in the log
    silent: set[str]  # sessions that nothing more is to be kept of
    remarked: list[str]  # sessions in which somebody remarked on them
    elsewhere: bool  # whether a link of theirs names a visit that is not theirs
    sealing: datetime | None  # since when one of their sittings is being sealed


def _whole(db: sql.Connection, study: str, participant: str, others: set[str]) -> _Whole:
    """`others` are sessions of the log that are somebody else's."""
    c, asked, given, notes = tables.sittings.c, tables.invitations, tables.assignments, tables.notes
    links = db.execute(sql.select(asked).where(_theirs(asked, study, participant))).all()
    tasks = db.execute(sql.select(given).where(_theirs(given, study, participant))).all()
    by_lab = {row.session for row in links if row.session and row.entry != DOOR}
    # Whoever came by a link for anybody named a visit themselves: it goes where it is nobody's by any other word.
    claimed = {row.session for row in links if row.session and row.entry == DOOR}
    named = by_lab | (claimed - spoken_for(db, study) - others)
    own = (c.study == study) & ((c.participant == participant) | (c.session.in_(named) & (c.source == "participant")))
    sittings = db.execute(sql.select(c.session, c.sealing).where(own).with_for_update()).all()
    watched = sql.select(notes.c.session).where(_theirs(notes, study, participant)).distinct()
    own_sessions = {row.session for row in (*tasks, *sittings)}
    return _Whole(
        study, participant, [row.token for row in links], [row.token for row in tasks],
        [row.session for row in sittings], named | own_sessions, by_lab | own_sessions, list(db.scalars(watched)),
        bool(claimed - named), max((utc(row.sealing) for row in sittings if row.sealing is not None), default=None),
    )  # fmt: skip


def _erase(db: sql.Connection, token: str, whole: _Whole, now: datetime) -> None:
    """Take a participant out of every table, with a receipt that tells what of the log is still to go."""
    erased = {
        table.name: db.execute(table.delete().where(table.c.token.in_(whole.tokens))).rowcount
        for table in (tables.submissions, tables.consents, tables.flags, tables.places, tables.invitations)
    }
    held = tables.batches.c.session.in_(whole.sittings)
    erased["batches"] = db.execute(tables.batches.delete().where(held)).rowcount
    db.execute(tables.sittings.delete().where(tables.sittings.c.session.in_(whole.sittings)))
    for table in (tables.assignments, tables.notes, tables.participants):
        mine = _theirs(table, whole.study, whole.participant)
        erased[table.name] = db.execute(table.delete().where(mine)).rowcount
    told: dict[str, Any] = {kind: n for kind, n in erased.items() if n and kind in _TOLD}
    told["pending"] = sorted(
        {*whole.visits, *map(sitting_name, whole.tokens), *(f"{name}-desk" for name in whole.remarked)}
    )
    if whole.elsewhere:
        told[_ELSEWHERE] = True
    told["participant"] = whole.participant
    if whole.sealing is not None and whole.sealing > now - CLAIM:
        told["sealing"] = True  # the log may get it after it was looked for there
    row = {"receipt": secrets.token_hex(6), "token": checksum(token), "study": whole.study}
    db.execute(tables.receipts.insert().values(**row, at=now, erased=told))
    # Their other links show the receipt too, and what an open tab still delivers is not kept.
    others = [name for name in whole.tokens if name != token]
    hear_no_more(db, [*others, *whole.tasks, *whole.silent], row["receipt"])


def finish(store: Store, space: Workspace) -> int:
    """Clear the log of whoever withdrew and is still in it; gives how many receipts are pending after that."""
    with store.reading() as db:
        rows = db.execute(sql.select(tables.receipts)).mappings().all()
    left = 0
    for row in rows:
        told = dict(row["erased"])
        names = told.pop("pending", [])
        if not names:
            continue
        gone = None
        if not told.get("sealing") or utc(row["at"]) < store.clock() - CLAIM:
            gone = erase_sessions(row["study"], names, space, told.get("participant"))
        if gone is None:
            left += 1
            continue
        for kind, n in asdict(gone).items():
            told[kind] = told.get(kind, 0) + n
        new = {kind: n for kind, n in told.items() if n and kind not in _PENDING}
        with store.writing() as db:
            mine = tables.receipts.c.receipt == row["receipt"]
            db.execute(tables.receipts.update().where(mine).values(erased=new))
    return left


def receipt_of(store: Store, token: str) -> Receipt | None:
    """The receipt of who withdrew with this token; None for anybody else."""
    with store.reading() as db:
        return _receipt_of(db, token)


def sitting_name(token: str) -> str:
    """The session of answers that are about no session. Not the token: who reads the log must not open the survey."""
    return f"survey-{checksum(token)[:12]}"


def _receipt_of(db: sql.Connection, token: str) -> Receipt | None:
    of, gone = tables.receipts.c, tables.withdrawn.c
    other = sql.select(gone.receipt).where(gone.name == checksum(token)).scalar_subquery()
    # The team's own receipts (`study erase`) are not for the participant's links: no token leads to them.
    row = db.execute(sql.select(tables.receipts).where((of.token == checksum(token)) | (of.receipt == other))).first()
    if row is None:
        return None
    erased = {kind: n for kind, n in row.erased.items() if kind not in (*_PENDING, _ELSEWHERE)}
    pending, elsewhere = bool(row.erased.get("pending")), bool(row.erased.get(_ELSEWHERE))
    return Receipt(row.receipt, row.study, utc(row.at), erased, pending, elsewhere)


def _somebody_elses(store: Store, token: str, space: Workspace | None) -> set[str]:
    """The visit that a link names, where the log says that it is another participant's."""
    asked = store.invitation(token)
    if asked is None or asked.session is None or space is None or asked.study not in archive.studies_in(space):
        return set()
    whose = visitors(archive.read(asked.study, space).only([asked.session]))
    return {session for session, participant in whose.items() if participant != asked.participant}


def visitors(log: Log) -> dict[str, str]:
    """Whose visit a session is, of those that were heard of a participant who is known."""
    return {row.session: row.participant for row in log.heard() if row.source == "participant" and row.participant}


def _theirs(table: sql.Table, study: str, participant: str) -> sql.ColumnElement[bool]:
    return (table.c.study == study) & (table.c.participant == participant)
