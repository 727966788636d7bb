"""What the store's tables hold, and the one place that knows which database they are in.

The schema has a version of its own (`versions`); a store made by a newer lab is refused rather than misread.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sql

from studies.troubles import Failed, WrongInput

VERSION: Final = 1

Moment = sql.DateTime(timezone=True)
all_tables = sql.MetaData()

versions = sql.Table("versions", all_tables, sql.Column("version", sql.Integer, primary_key=True))

studies = sql.Table(
    "studies",
    all_tables,
    sql.Column("study", sql.String(200), primary_key=True),
    sql.Column("state", sql.String(20), nullable=False),
    sql.Column("made", Moment, nullable=False),
)

participants = sql.Table(
    "participants",
    all_tables,
    sql.Column("study", sql.ForeignKey("studies.study"), primary_key=True),
    sql.Column("participant", sql.String(200), primary_key=True),  # a pseudonym
    sql.Column("rehearsed", sql.Boolean, nullable=False),
    sql.Column("made", Moment, nullable=False),
)

invitations = sql.Table(
    "invitations",
    all_tables,
    sql.Column("token", sql.String(64), primary_key=True),
    sql.Column("study", sql.String(200), nullable=False, index=True),
    sql.Column("participant", sql.String(200), nullable=False),
    sql.Column("instruments", sql.JSON, nullable=False),
    sql.Column("session", sql.String(200)),
    sql.Column("condition", sql.String(200)),
    sql.Column("language", sql.String(20)),
    sql.Column("state", sql.String(20), nullable=False),
    sql.Column("made", Moment, nullable=False),
    sql.ForeignKeyConstraint(["study", "participant"], ["participants.study", "participants.participant"]),
)

consents = sql.Table(
    "consents",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("token", sql.ForeignKey("invitations.token"), nullable=False, index=True),
    sql.Column("purpose", sql.String(100), nullable=False),
    sql.Column("agreed", sql.Boolean, nullable=False),
    sql.Column("language", sql.String(20), nullable=False),
    sql.Column("wording", sql.String(100), nullable=False),  # which text was agreed to
    sql.Column("at", Moment, nullable=False),
)

submissions = sql.Table(
    "submissions",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("key", sql.String(100), nullable=False, unique=True),
    sql.Column("token", sql.ForeignKey("invitations.token"), nullable=False, index=True),
    sql.Column("page", sql.String(100), nullable=False),
    sql.Column("language", sql.String(20), nullable=False),
    sql.Column("complete", sql.Boolean, nullable=False),
    sql.Column("received", Moment, nullable=False),
)

answers = sql.Table(
    "answers",
    all_tables,
    sql.Column("submission", sql.ForeignKey("submissions.id"), primary_key=True),
    sql.Column("item", sql.String(100), primary_key=True),
    sql.Column("value", sql.Float, nullable=False),
)


# A recorder's sittings, and what it delivered of each, as it came.
sittings = sql.Table(
    "sittings",
    all_tables,
    sql.Column("session", sql.String(100), primary_key=True),
    sql.Column("study", sql.String(200), nullable=False, index=True),
    sql.Column("source", sql.String(20), nullable=False),
    sql.Column("participant", sql.String(200)),
    sql.Column("condition", sql.String(200)),
    sql.Column("device", sql.String(100)),
    sql.Column("mobile", sql.Boolean, nullable=False),
    sql.Column("latest", Moment, nullable=False),
    sql.Column("bytes", sql.Integer, nullable=False),
    sql.Column("sealed", sql.Integer, nullable=False),  # how often: whoever comes back later begins another session
    sql.Column("sealed_to", sql.Float),  # epoch ms by the participant's clock: everything up to here is in the log
    sql.Column("newest", sql.Integer, nullable=False),  # its latest batch
    sql.Column("sealed_batch", sql.Integer, nullable=False),  # the latest batch that was there when it was sealed
    sql.Column("sealing", Moment),  # since when somebody is about to
)

batches = sql.Table(
    "batches",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("session", sql.ForeignKey("sittings.session"), nullable=False),
    sql.Column("digest", sql.String(64), nullable=False),
    sql.Column("received", Moment, nullable=False),
    sql.Column("body", sql.Text, nullable=False),
    sql.UniqueConstraint("session", "digest"),
)


def said(cause: sql.exc.SQLAlchemyError) -> str:
    """The database's own words for what went wrong, on one line."""
    return str(getattr(cause, "orig", None) or cause).splitlines()[0].rstrip(".")


def engine(url: str) -> sql.Engine:
    """The database at an address: SQLite made safe, anything else as it is."""
    try:
        made = sql.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (sql.exc.ArgumentError, sql.exc.NoSuchModuleError) as cause:
        raise WrongInput(
            f"KHUTWA_DATABASE is no database address: {said(cause)}. "
            f"It looks like sqlite:////folder/store.sqlite or postgresql+psycopg://user@host/name."
        ) from cause
    except ImportError as cause:
        raise Failed(
            f"The database driver “{cause.name}” is not installed in the lab's .venv. Install it there."
        ) from cause
    if made.dialect.name == "sqlite":
        _harden_sqlite(made)
    return made


def _harden_sqlite(engine: sql.Engine) -> None:
    """The one place that knows SQLite: a commit is on disk when it returns, and writers queue instead of failing."""

    @sql.event.listens_for(engine, "connect")
    def _(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is too late for a writer's turn
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @sql.event.listens_for(engine, "begin")
    def _(connection: sql.Connection) -> None:
        # A writer takes its turn at once: two that had both begun to read could not both go on to write.
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
