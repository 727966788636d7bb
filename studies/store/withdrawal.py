"""Somebody withdraws: what they said and what was heard of them is erased, and a receipt says so.

The answers go first, in one transaction with the receipt; the log follows. A program that dies in between, or a log
that is held by another, leaves the receipt pending, and the next look finishes it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sql

from studies.erasing.session import erase_session
from studies.store import Store, tables
from studies.store.kept import utc
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a person holds who withdrew: a number to name, when it was, and how much was erased of what kind."""

    receipt: str
    study: str
    at: datetime
    erased: dict[str, int]
    pending: bool  # the log is still to be cleared


def withdraw(store: Store, token: str, space: Workspace | None) -> Receipt | None:
    """Erase whatever is kept of a token's participant; the same receipt again for who withdrew. None: unknown token."""
    with store.writing() as db:
        found = _receipt_of(db, token)
        mine = tables.invitations.c.token == token
        asked = db.execute(sql.select(tables.invitations).where(mine).with_for_update()).mappings().first()
        if found is None and asked is None:
            return None
        if found is None and asked is not None:
            erased = {
                table.name: db.execute(table.delete().where(table.c.token == token)).rowcount
                for table in (tables.submissions, tables.consents, tables.flags, tables.places)
            }
            db.execute(tables.invitations.delete().where(mine))
            erased["batches"] = _forget_sitting(db, asked["session"], asked["study"])
            remarks = (tables.notes.c.study == asked["study"]) & (tables.notes.c.participant == asked["participant"])
            watched = list(db.scalars(sql.select(tables.notes.c.session).where(remarks).distinct()))
            erased["notes"] = db.execute(tables.notes.delete().where(remarks)).rowcount
            others = sql.select(sql.func.count()).where(
                tables.invitations.c.study == asked["study"],
                tables.invitations.c.participant == asked["participant"],
            )
            if not db.scalar(others):
                who = tables.participants.c
                whose = (who.study == asked["study"]) & (who.participant == asked["participant"])
                db.execute(tables.participants.delete().where(whose))
            pending = [name for name in (asked["session"], sitting_name(token)) if name]
            pending += [f"{name}-desk" for name in watched]  # where only the desk heard them
            row = {"receipt": secrets.token_hex(6), "token": _sum(token), "study": asked["study"]}
            told = {key: n for key, n in erased.items() if n and key != "places"}
            db.execute(tables.receipts.insert().values(**row, at=store.clock(), erased={**told, "pending": pending}))
    if space is not None:
        finish(store, space)
    if store.engine.dialect.name == "sqlite":
        # What was erased must not live on in the journal beside the database.
        with store.engine.connect().execution_options(reads_only=True) as line:
            line.exec_driver_sql("COMMIT")
            line.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            line.exec_driver_sql("BEGIN")
    return receipt_of(store, token)


def finish(store: Store, space: Workspace) -> int:
    """Clear the log of whoever withdrew and is still in it; gives how many receipts are pending after that."""
    with store.reading() as db:
        rows = db.execute(sql.select(tables.receipts)).mappings().all()
    left = 0
    for row in rows:
        told = dict(row["erased"])
        names = told.pop("pending", [])
        still = []
        for session in names:
            gone = erase_session(row["study"], session, space)
            if gone is None:
                still.append(session)
                continue
            for kind, n in asdict(gone).items():
                told[kind] = told.get(kind, 0) + n
        if names:
            left += bool(still)
            new = {**told, "pending": still} if still else {k: n for k, n in told.items() if n}
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
    return f"survey-{_sum(token)[:12]}"


def _receipt_of(db: sql.Connection, token: str) -> Receipt | None:
    row = db.execute(sql.select(tables.receipts).where(tables.receipts.c.token == _sum(token))).first()
    if row is None:
        return None
    erased = {kind: n for kind, n in row.erased.items() if kind != "pending"}
    return Receipt(row.receipt, row.study, utc(row.at), erased, bool(row.erased.get("pending")))


def _forget_sitting(db: sql.Connection, session: str | None, study: str) -> int:
    if session is None:
        return 0
    whose = (tables.sittings.c.session == session) & (tables.sittings.c.study == study)
    if db.scalar(sql.select(tables.sittings.c.source).where(whose)) != "participant":
        return 0
    n = db.execute(tables.batches.delete().where(tables.batches.c.session == session)).rowcount
    db.execute(tables.sittings.delete().where(whose))
    return n


def _sum(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
