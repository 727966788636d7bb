"""Field visits as they were tapped: the links that lead to a checklist, and each tap kept once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sql

from studies.store import CLOSED, Store, tables
from studies.store.kept import utc

_doors, _visits, _taps = tables.visit_doors.c, tables.visits.c, tables.taps.c


@dataclass(frozen=True, slots=True)
class VisitDoor:
    """A link for visitors: into which study, with which checklist, to which service."""

    door: str
    study: str
    kind: str
    service: str
    condition: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One rater's visit: what of it is kept, and whether it is in the log."""

    visit: str
    door: VisitDoor
    checklist: str
    name: str
    rater: str
    language: str
    ahead: float
    latest: datetime
    sealed: datetime | None
    taps: tuple[Mapping[str, Any], ...] = ()


def open_visit_door(store: Store, study: str, kind: str, service: str, condition: str | None = None) -> str:
    """A link to a checklist; the same again for the same study, kind, service and condition."""
    store.add_study(study)
    same = (_doors.study == study) & (_doors.kind == kind) & (_doors.service == service)
    same &= _doors.condition.is_(None) if condition is None else _doors.condition == condition
    with store.writing() as db:
        if (there := db.scalar(sql.select(_doors.door).where(same))) is not None:
            return str(there)
        row = {"door": secrets.token_urlsafe(9), "study": study, "kind": kind, "service": service}
        db.execute(tables.visit_doors.insert().values(**row, condition=condition, made=store.clock()))
        return row["door"]


def visit_door(store: Store, name: str) -> VisitDoor | None:
    """Where a link for visitors leads; None when it leads nowhere."""
    found = _doors_found(store, _doors.door == name)
    return found[0] if found else None


def visit_doors(store: Store, study: str) -> list[VisitDoor]:
    """The links for visitors of a study, in the order they were made."""
    return _doors_found(store, _doors.study == study)


def keep_taps(store: Store, visit: Visit, taps: Sequence[Mapping[str, Any]]) -> list[int]:
    """Keep taps of a visit, each number once, on disk when this returns; gives the numbers that are kept now."""
    now, mine = store.clock(), _visits.visit == visit.visit
    with store.writing() as db:
        known = db.scalar(sql.select(_visits.visit).where(mine).with_for_update())
        if known is None:
            row = {name: getattr(visit, name) for name in ("visit", "checklist", "name", "rater", "language", "ahead")}
            db.execute(tables.visits.insert().values(**row, door=visit.door.door, latest=now))
        there = set(db.scalars(sql.select(_taps.n).where(_taps.visit == visit.visit)))
        for tap in taps:
            if tap["n"] not in there:
                db.execute(tables.taps.insert().values(visit=visit.visit, n=tap["n"], body=dict(tap)))
                there.add(tap["n"])
        db.execute(tables.visits.update().where(mine).values(latest=now))
    return [int(tap["n"]) for tap in taps]


def visits_of(store: Store, study: str | None = None, unsealed: bool = False) -> list[Visit]:
    """The visits of a study (None: of all) with their taps, in the order they first arrived."""
    wanted = sql.select(tables.visits, *_about_door())
    wanted = wanted.select_from(tables.visits.join(tables.visit_doors).join(tables.studies))
    if study is not None:
        wanted = wanted.where(_doors.study == study)
    if unsealed:
        wanted = wanted.where(_visits.sealed.is_(None))
    with store.reading() as db:
        rows = db.execute(wanted.order_by(_visits.latest, _visits.visit)).mappings().all()
        mine = sql.select(tables.taps).where(_taps.visit.in_([row["visit"] for row in rows])).order_by(_taps.n)
        said: dict[str, list[Mapping[str, Any]]] = {}
        for tap in db.execute(mine).mappings():
            said.setdefault(tap["visit"], []).append(tap["body"])
    return [
        Visit(
            row["visit"], _door(dict(row)), row["checklist"], row["name"], row["rater"], row["language"], row["ahead"],
            utc(row["latest"]), utc(row["sealed"]) if row["sealed"] else None, tuple(said.get(row["visit"], ())),
        )
        for row in rows
    ]  # fmt: skip


def visit_sealed(store: Store, visit: str) -> None:
    """Say that a visit is in the log."""
    with store.writing() as db:
        db.execute(tables.visits.update().where(_visits.visit == visit).values(sealed=store.clock()))


def _about_door() -> list[Any]:
    return [_doors.study, _doors.kind, _doors.service, _doors.condition, tables.studies.c.state]


def _door(row: Mapping[str, Any]) -> VisitDoor:
    told = (row["door"], row["study"], row["kind"], row["service"], row["condition"])
    return VisitDoor(*told, closed=row["state"] == CLOSED)


def _doors_found(store: Store, which: sql.ColumnElement[bool]) -> list[VisitDoor]:
    wanted = sql.select(_doors.door, *_about_door()).select_from(tables.visit_doors.join(tables.studies))
    with store.reading() as db:
        rows = db.execute(wanted.where(which).order_by(_doors.made, _doors.door)).mappings().all()
    return [_door(dict(row)) for row in rows]
