"""What people agreed about services and findings: targets, volumes, owners, states. Every word stays, with who said it.

The latest word about a thing counts. A table of its own in the store, made when somebody first agrees on something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakSet

import sqlalchemy as sql

from studies.store import Store
from studies.store.kept import utc
from studies.store.tables import Moment

_own = sql.MetaData()
_agreed = sql.Table(
    "agreed",
    _own,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("kind", sql.String(40), nullable=False, index=True),
    sql.Column("about", sql.String(300), nullable=False, index=True),
    sql.Column("said", sql.JSON, nullable=False),
    sql.Column("who", sql.String(200), nullable=False),
    sql.Column("at", Moment, nullable=False),
)
_there: WeakSet[sql.Engine] = WeakSet()  # databases that are known to have the table


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said about one thing, and when."""

    about: str
    said: Mapping[str, Any]
    who: str
    at: datetime


def agree(store: Store, kind: str, about: str, said: Mapping[str, Any], who: str) -> Word:
    """Keep a word; when this returns it is on disk, and the latest about its thing."""
    at = store.clock()
    with store.writing() as db:
        if store.engine not in _there:
            if db.dialect.name == "postgresql":
                # Two programs that agree on the first thing at the same moment would both make the table.
                db.exec_driver_sql("SELECT pg_advisory_xact_lock(5268)")
            _own.create_all(db)
        db.execute(_agreed.insert().values(kind=kind, about=about, said=dict(said), who=who, at=at))
    _there.add(store.engine)
    return Word(about, dict(said), who, at)


def standing(store: Store, kind: str) -> dict[str, Word]:
    """The word that counts about each thing of a kind."""
    return {word.about: word for word in _words(store, _agreed.c.kind == kind)}


def history(store: Store, kind: str, about: str | None = None) -> list[Word]:
    """Everything that was ever said about a thing (None: about each thing of the kind), the earliest first."""
    return _words(store, (_agreed.c.kind == kind) & (sql.true() if about is None else _agreed.c.about == about))


def _words(store: Store, which: sql.ColumnElement[bool]) -> list[Word]:
    with store.reading() as db:
        if store.engine not in _there:
            if not sql.inspect(db).has_table(_agreed.name):
                return []
            _there.add(store.engine)
        rows = db.execute(sql.select(_agreed).where(which).order_by(_agreed.c.id)).all()
    return [Word(row.about, row.said, row.who, utc(row.at)) for row in rows]
