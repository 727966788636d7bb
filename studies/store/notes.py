"""What moderators remarked, as it was pressed: kept before it is acknowledged, each press once, the words only here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sql

from studies.store import Store, tables
from studies.store.kept import utc

_notes = tables.notes.c


@dataclass(frozen=True, slots=True)
class Note:
    """One press of a moderator's: which tag, when by the lab's clock, in whose session, and what they wrote to it.

    A later `version` of the same `key` adds words, or takes the note back (`undone`).
    """

    key: str
    study: str
    session: str
    rater: str
    tag: str
    at: datetime
    version: int = 1
    participant: str | None = None
    task: str | None = None
    condition: str | None = None
    text: str | None = None
    undone: bool = False
    id: int = 0
    sealed: datetime | None = None

    def json(self) -> dict[str, Any]:
        """The note as it is listed."""
        return {
            "key": self.key, "session": self.session, "participant": self.participant, "task": self.task,
            "rater": self.rater, "tag": self.tag, "at": self.at.isoformat(), "text": self.text,
            "undone": self.undone, "in_log": self.sealed is not None,
        }  # fmt: skip


def keep_notes(store: Store, notes: Sequence[Note]) -> None:
    """Keep presses, on disk when this returns. One that is there changes only for a later version of itself.

    What is in the log already takes further words, but is not taken back.
    """
    if not notes:
        return
    now = store.clock()
    store.add_study(notes[0].study)
    with store.writing() as db:
        for note in notes:
            mine = _notes.key == note.key
            there = db.execute(sql.select(_notes.version, _notes.sealed).where(mine).with_for_update()).first()
            if there is None:
                told = {name: getattr(note, name) for name in _SAID}
                db.execute(tables.notes.insert().values(**told, received=now))
            elif there.version < note.version:
                change: dict[str, Any] = {"version": note.version, "text": note.text}
                if there.sealed is None:
                    change["undone"] = note.undone
                    if note.undone:  # what somebody said goes with it
                        change["text"] = None
                db.execute(tables.notes.update().where(mine).values(**change))


def notes_of(store: Store, study: str, session: str | None = None) -> list[Note]:
    """The notes of a study, or of one of its sessions, in the order of their moments, those taken back too."""
    which = _notes.study == study
    if session is not None:
        which &= _notes.session == session
    return _found(store, which)


def waiting_notes(store: Store, study: str | None = None) -> list[Note]:
    """The notes that are not in the log yet."""
    which = _notes.sealed.is_(None)
    return _found(store, which if study is None else which & (_notes.study == study))


def mark_sealed(store: Store, ids: Collection[int]) -> None:
    """Say that these notes are in the log."""
    with store.writing() as db:
        db.execute(tables.notes.update().where(_notes.id.in_(list(ids))).values(sealed=store.clock()))


_SAID = (
    "key", "version", "study", "session", "participant", "task", "condition", "rater", "tag", "at", "text", "undone",
)  # fmt: skip


def _found(store: Store, which: sql.ColumnElement[bool]) -> list[Note]:
    with store.reading() as db:
        rows = db.execute(sql.select(tables.notes).where(which).order_by(_notes.at, _notes.id)).mappings().all()
    return [
        Note(**{name: row[name] for name in (*_SAID, "id")} | {
            "at": utc(row["at"]), "sealed": utc(row["sealed"]) if row["sealed"] else None})
        for row in rows
    ]  # fmt: skip
