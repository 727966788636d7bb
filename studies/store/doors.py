"""What is asked, kept word for word, and the doors through which whoever comes is asked it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from studies.store import CLOSED, Store, tables


@dataclass(frozen=True, slots=True)
class Door:
    """A link for anybody: into which study it leads, what is asked there, and whether it is closed."""

    door: str
    study: str
    questionnaire: str
    condition: str | None
    closed: bool


def keep_questionnaire(store: Store, asked: Mapping[str, Any]) -> str:
    """Keep what is asked; gives its checksum, the same for the same words."""
    digest = hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    column = tables.questionnaires.c.digest
    with store.writing() as db:
        if db.scalar(sql.select(column).where(column == digest)) is None:
            db.execute(tables.questionnaires.insert().values(digest=digest, body=dict(asked)))
    return digest


def questionnaire_kept(store: Store, digest: str) -> dict[str, Any] | None:
    """What was asked, by its checksum."""
    table = tables.questionnaires.c
    with store.reading() as db:
        found = db.scalar(sql.select(table.body).where(table.digest == digest))
    return None if found is None else dict(found)


def open_door(store: Store, study: str, questionnaire: str, condition: str | None = None) -> str:
    """A link for anybody into a study; the same again for the same questionnaire and condition."""
    store.add_study(study)
    table = tables.doors.c
    same = (table.study == study) & (table.questionnaire == questionnaire)
    same &= table.condition.is_(None) if condition is None else table.condition == condition
    with store.writing() as db:
        there = db.scalar(sql.select(table.door).where(same))
        if there is not None:
            return str(there)
        row = {"door": secrets.token_urlsafe(9), "study": study, "questionnaire": questionnaire}
        db.execute(tables.doors.insert().values(**row, condition=condition, made=store.clock()))
        return row["door"]


def door(store: Store, name: str) -> Door | None:
    """Where a link for anybody leads; None when it leads nowhere."""
    wanted = sql.select(tables.doors, tables.studies.c.state).join(tables.studies).where(tables.doors.c.door == name)
    with store.reading() as db:
        row = db.execute(wanted).first()
    if row is None:
        return None
    return Door(row.door, row.study, row.questionnaire, row.condition, row.state == CLOSED)
