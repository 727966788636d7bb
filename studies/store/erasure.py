"""One participant taken out of the store: what they were asked and said, what their browser delivered, that they were.

A receipt stays; nothing in it leads back to anybody.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from studies.store import Store, tables
from studies.store.heard import hear_no_more
from studies.store.withdrawal import sitting_name


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the store holds of a participant: names under which they may stand elsewhere, and a sum of what was said."""

    tokens: tuple[str, ...]
    sessions: tuple[str, ...]  # sittings of their own, and of their answers
    about: tuple[str, ...]  # sessions that they were asked about
    digest: str
    known: bool


def theirs(store: Store, study: str, participant: str) -> Theirs:
    """What the store holds of a participant in a study; `known` is False where there is nobody of that name."""
    with store.reading() as db:
        asked, sat = _asked(db, study, participant), _sat(db, study, participant)
        tokens = tuple(row["token"] for row in asked)
        told: list[Any] = [dict(row) for row in (*asked, *sat)]
        for table in (tables.submissions, tables.consents, tables.flags):
            told += [dict(r) for r in db.execute(sql.select(table).where(table.c.token.in_(tokens))).mappings()]
        remarks = list(db.execute(sql.select(tables.notes).where(_remarked(study, participant))).mappings())
        told += [dict(row) for row in remarks]
        mine = tables.batches.c.session.in_([row["session"] for row in sat])
        told += [dict(r) for r in db.execute(sql.select(tables.batches).where(mine)).mappings()]
        who = _who(study, participant)
        known = bool(
            asked
            or sat
            or remarks
            or db.scalar(sql.select(sql.func.count()).select_from(tables.participants).where(who))
        )
    named = {row["session"] for row in sat} | {sitting_name(token) for token in tokens}
    named |= {f"{row['session']}-desk" for row in remarks}  # where only the desk heard them
    text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
    about = tuple(sorted({row["session"] for row in asked if row["session"]}))
    return Theirs(tokens, tuple(sorted(named)), about, hashlib.sha256(text.encode()).hexdigest(), known)


def erase(store: Store, study: str, participant: str, receipt: str, erased: dict[str, Any]) -> dict[str, int]:
    """Take a participant out of every table, and write the receipt, in one transaction; how much went of what kind."""
    with store.writing() as db:
        tokens = [row["token"] for row in _asked(db, study, participant)]
        sat = [row["session"] for row in _sat(db, study, participant)]
        gone = {
            table.name: db.execute(table.delete().where(table.c.token.in_(tokens))).rowcount
            for table in (tables.submissions, tables.consents, tables.flags, tables.places, tables.invitations)
        }
        gone["batches"] = db.execute(tables.batches.delete().where(tables.batches.c.session.in_(sat))).rowcount
        gone["sittings"] = db.execute(tables.sittings.delete().where(tables.sittings.c.session.in_(sat))).rowcount
        given = tables.assignments.c
        mine = (given.study == study) & (given.participant == participant)
        tasks = [name for row in db.execute(sql.select(given.token, given.session).where(mine)) for name in row]
        gone["assignments"] = db.execute(tables.assignments.delete().where(mine)).rowcount
        gone["notes"] = db.execute(tables.notes.delete().where(_remarked(study, participant))).rowcount
        db.execute(tables.participants.delete().where(_who(study, participant)))
        told = {**erased, **{kind: n for kind, n in gone.items() if n}}
        row = {"receipt": receipt, "token": hashlib.sha256(receipt.encode()).hexdigest(), "study": study}
        db.execute(tables.receipts.insert().values(**row, at=store.clock(), erased=told))
        hear_no_more(db, [*sat, *tasks], receipt)  # a tab of theirs may still be open
    if store.engine.dialect.name == "sqlite":
        # What was erased must not live on in the journal beside the database, nor in its free pages.
        with store.engine.connect().execution_options(reads_only=True) as line:
            line.exec_driver_sql("COMMIT")
            line.exec_driver_sql("VACUUM")
            line.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            line.exec_driver_sql("BEGIN")
    return {kind: n for kind, n in gone.items() if n}


def _asked(db: sql.Connection, study: str, participant: str) -> list[Any]:
    c = tables.invitations.c
    mine = (c.study == study) & (c.participant == participant)
    return list(db.execute(sql.select(tables.invitations).where(mine)).mappings())


def _sat(db: sql.Connection, study: str, participant: str) -> list[Any]:
    c = tables.sittings.c
    mine = (c.study == study) & (c.participant == participant)
    return list(db.execute(sql.select(tables.sittings).where(mine)).mappings())


def _remarked(study: str, participant: str) -> sql.ColumnElement[bool]:
    c = tables.notes.c
    return (c.study == study) & (c.participant == participant)


def _who(study: str, participant: str) -> sql.ColumnElement[bool]:
    c = tables.participants.c
    return (c.study == study) & (c.participant == participant)
