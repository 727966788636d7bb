"""By what is known whether anything was written about a study's answers since they were last counted."""

from __future__ import annotations

import sqlalchemy as sql

from studies.store import Store, tables


def mark(store: Store) -> str:
    """A mark that changes with whatever is submitted, agreed to, flagged or erased; quick however much is there."""
    sent, count = tables.submissions.c, sql.func.count()
    with store.reading() as db:
        marks = [
            *db.execute(sql.select(count, sql.func.max(sent.id), sql.func.max(sent.received))).one(),
            *db.execute(sql.select(count, sql.func.max(tables.consents.c.id)).select_from(tables.consents)).one(),
            db.scalar(sql.select(count).select_from(tables.flags)),
            db.scalar(sql.select(count).select_from(tables.receipts)),
            db.scalar(sql.select(count).select_from(tables.invitations)),
        ]
    return " ".join(str(one) for one in marks)
