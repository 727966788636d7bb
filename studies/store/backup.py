"""The store written down and put back, whichever database it is in: one moment of it, table by table, row by row.

A line is one row as JSON. What was written down from SQLite can be put into PostgreSQL, and the other way round.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sql

from studies.store import Store, tables
from studies.store.kept import utc
from studies.troubles import Failed
from studies.words import _, in_a_row

AT_ONCE: Final = 5_000  # rows read or written together


def version() -> int:
    """The version of the tables that this lab knows."""
    return tables.VERSION


def is_file(url: str) -> bool:
    """Whether the store is a file of the workspace rather than a server's."""
    return url.startswith("sqlite")


def write_down(url: str, folder: Path, tell: Callable[[int, int], None]) -> dict[str, int]:
    """Every table as it is at one moment, a file each; others may write meanwhile. Gives the rows of each table."""
    store = Store(url)
    counted: dict[str, int] = {}
    try:
        with store.reading() as db:
            if db.dialect.name == "postgresql":
                # The whole transaction sees one moment; SQLite's does so by itself.
                db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            known = tables.all_tables.sorted_tables
            if strange := {*sql.inspect(db).get_table_names()} - {table.name for table in known}:
                raise Failed(
                    _("The store has tables that this lab does not know: {names}. Update the lab first.").format(
                        names=in_a_row(sorted(strange))
                    )
                )
            of, done = sum(_count(db, table) for table in known), 0
            for table in known:
                counted[table.name] = 0
                with gzip.open(folder / f"{table.name}.jsonl.gz", "wt", encoding="utf-8", compresslevel=3) as out:
                    for row in _rows(db, table):
                        out.write(row + "\n")
                        counted[table.name] += 1
                        done += 1
                        if done % AT_ONCE == 0:
                            tell(done, of)
    finally:
        store.close()
    return counted


def put_back(url: str, folder: Path, counted: Mapping[str, int], tell: Callable[[int, int], None]) -> None:
    """Fill an empty store with what was written down, in one transaction. Raises Failed when it is not empty."""
    store = Store(url)
    try:
        with store.writing() as db:
            of, done = sum(counted.values()), 0
            for table in tables.all_tables.sorted_tables:
                if table is tables.versions:
                    continue
                if _count(db, table):
                    raise Failed(
                        _("The store {url} is not empty: table {table} has rows. Name an empty one.").format(
                            url=f"{store.engine.url!r}", table=table.name
                        )
                    )
                for rows in _read(folder / f"{table.name}.jsonl.gz", table):
                    db.execute(table.insert(), rows)
                    done += len(rows)
                    tell(done, of)
                _go_on_counting(db, table)
    finally:
        store.close()


def is_empty(url: str) -> bool:
    """Whether a store has no rows."""
    store = Store(url)
    try:
        with store.reading() as db:
            return not any(
                _count(db, table) for table in tables.all_tables.sorted_tables if table is not tables.versions
            )
    finally:
        store.close()


def holds(url: str, folder: Path) -> bool:
    """Whether a store holds exactly what was written down: a restore that was cut off after it was filled."""
    store = Store(url)
    try:
        with store.reading() as db:
            for table in tables.all_tables.sorted_tables:
                kept, written = hashlib.sha256(), hashlib.sha256()
                for row in _rows(db, table):
                    kept.update(row.encode() + b"\n")
                if table is not tables.versions and (folder / f"{table.name}.jsonl.gz").exists():
                    with gzip.open(folder / f"{table.name}.jsonl.gz", "rb") as file:
                        for line in file:
                            written.update(line)
                    if kept.digest() != written.digest():
                        return False
    finally:
        store.close()
    return True


def _count(db: sql.Connection, table: sql.Table) -> int:
    return db.scalar(sql.select(sql.func.count()).select_from(table)) or 0


def _rows(db: sql.Connection, table: sql.Table) -> Iterator[str]:
    ordered = sql.select(table).order_by(*table.primary_key.columns)
    found = db.execute(ordered, execution_options={"yield_per": AT_ONCE})
    for row in found.mappings():
        yield json.dumps(dict(row), default=_plain, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return utc(value).isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be written down")


def _read(path: Path, table: sql.Table) -> Iterator[list[dict[str, Any]]]:
    """A table's rows; one that an older lab did not have has none, and a column that it did not have stays empty."""
    if not path.exists():
        return
    moments = [column.name for column in table.columns if isinstance(column.type, sql.DateTime)]
    waiting: list[dict[str, Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if strange := row.keys() - {column.name for column in table.columns}:
                raise Failed(
                    _("The backup has what this lab has no place for: {names} of {table}. Update the lab.").format(
                        names=in_a_row(sorted(strange)), table=table.name
                    )
                )
            for name in moments:
                if row.get(name) is not None:
                    row[name] = datetime.fromisoformat(row[name])
            waiting.append(row)
            if len(waiting) == AT_ONCE:
                yield waiting
                waiting = []
    if waiting:
        yield waiting


def _go_on_counting(db: sql.Connection, table: sql.Table) -> None:
    """PostgreSQL counts by itself, and would begin at 1 again."""
    if db.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, sql.Integer) and len(table.primary_key.columns) == 1:
            name = db.scalar(sql.text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name})
            if name:
                highest = sql.select(sql.func.max(column))
                if (top := db.scalar(highest)) is not None:
                    db.execute(sql.text("SELECT setval(:s, :n)"), {"s": name, "n": top})
