"""What the store's tables hold, and the one place that knows which database they are in.

The schema has a version of its own (`versions`). A store made by an older lab is brought up to date when it is opened;
one made by a newer lab is refused rather than misread.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import sqlalchemy as sql

from studies.troubles import Failed, WrongInput
from studies.words import _

VERSION: Final = 4

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

# What was asked, word for word, under the checksum of it: a wording changed later changes nothing for who was asked.
questionnaires = sql.Table(
    "questionnaires",
    all_tables,
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("body", sql.JSON, nullable=False),
)

# A link for whoever comes: a poster, a kiosk, the last page of a service.
doors = sql.Table(
    "doors",
    all_tables,
    sql.Column("door", sql.String(64), primary_key=True),
    sql.Column("study", sql.ForeignKey("studies.study"), nullable=False, index=True),
    sql.Column("questionnaire", sql.ForeignKey("questionnaires.digest"), nullable=False),
    sql.Column("condition", sql.String(200)),
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
    sql.Column("questionnaire", sql.String(64)),  # none: made by an older lab, and asks its instruments
    sql.Column("entry", sql.String(20)),  # by which door they came: none is a link of their own
    sql.Column("ending", sql.String(20)),  # how the journey ended that they are asked about
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

# Each submission as it came, with all of its answers, so that one row is one page.
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
    sql.Column("said", sql.JSON, nullable=False),
)

# What makes somebody look twice at a submission; the submission itself is kept.
flags = sql.Table(
    "flags",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("token", sql.ForeignKey("invitations.token"), nullable=False, index=True),
    sql.Column("page", sql.String(100), nullable=False),
    sql.Column("flag", sql.String(40), nullable=False),
    sql.Column("at", Moment, nullable=False),
)

# Who holds a place of a quota.
places = sql.Table(
    "places",
    all_tables,
    sql.Column("token", sql.ForeignKey("invitations.token"), primary_key=True),
    sql.Column("quota", sql.String(100), primary_key=True),
    sql.Column("study", sql.String(200), nullable=False, index=True),
)

# What is left of who withdrew: that something was erased, and how much. Nothing here leads back to a person.
receipts = sql.Table(
    "receipts",
    all_tables,
    sql.Column("receipt", sql.String(40), primary_key=True),
    sql.Column("token", sql.String(64), nullable=False, unique=True),  # its checksum
    sql.Column("study", sql.String(200), nullable=False),
    sql.Column("at", Moment, nullable=False),
    sql.Column("erased", sql.JSON, nullable=False),
)

# Under which names nothing is heard any more, as checksums: of whoever withdrew, and whose tab may still deliver.
withdrawn = sql.Table(
    "withdrawn",
    all_tables,
    sql.Column("name", sql.String(64), primary_key=True),
    sql.Column("receipt", sql.ForeignKey("receipts.receipt"), nullable=False),
)

# What a participant of a study is to do, in order, and how far they are; `told` is what they read and how it is judged.
assignments = sql.Table(
    "assignments",
    all_tables,
    sql.Column("token", sql.String(64), primary_key=True),
    sql.Column("itinerary", sql.String(64), nullable=False, index=True),  # one for all of a participant's
    sql.Column("study", sql.String(200), nullable=False, index=True),
    sql.Column("participant", sql.String(200), nullable=False),
    sql.Column("session", sql.String(100), nullable=False, index=True),
    sql.Column("place", sql.Integer, nullable=False),
    sql.Column("way", sql.String(20), nullable=False),  # seat, tag, beside
    sql.Column("language", sql.String(20), nullable=False),
    sql.Column("condition", sql.String(200)),
    sql.Column("state", sql.String(20), nullable=False),
    sql.Column("began", Moment),
    sql.Column("ended", Moment),
    sql.Column("sealed", sql.Boolean, nullable=False),
    sql.Column("told", sql.JSON, nullable=False),
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


# What moderators remarked while they watched. The words stay here: the log holds the tag and the moment only.
notes = sql.Table(
    "notes",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("key", sql.String(64), nullable=False, unique=True),  # made where it was pressed: sent twice is one
    sql.Column("version", sql.Integer, nullable=False),  # words added and what was taken back count on
    sql.Column("study", sql.String(200), nullable=False, index=True),
    sql.Column("session", sql.String(200), nullable=False, index=True),
    sql.Column("participant", sql.String(200)),
    sql.Column("task", sql.String(200)),
    sql.Column("condition", sql.String(200)),
    sql.Column("rater", sql.String(100), nullable=False),
    sql.Column("tag", sql.String(60), nullable=False),
    sql.Column("at", Moment, nullable=False),
    sql.Column("text", sql.Text),
    sql.Column("undone", sql.Boolean, nullable=False),
    sql.Column("received", Moment, nullable=False),
    sql.Column("sealed", Moment),  # since when it is in the log
)

# A link to a checklist for visitors of one service, and what they tapped, as it came.
visit_doors = sql.Table(
    "visit_doors",
    all_tables,
    sql.Column("door", sql.String(64), primary_key=True),
    sql.Column("study", sql.ForeignKey("studies.study"), nullable=False, index=True),
    sql.Column("kind", sql.String(60), nullable=False),
    sql.Column("service", sql.String(200), nullable=False),
    sql.Column("condition", sql.String(200)),
    sql.Column("made", Moment, nullable=False),
)

visits = sql.Table(
    "visits",
    all_tables,
    sql.Column("visit", sql.String(40), primary_key=True),
    sql.Column("door", sql.ForeignKey("visit_doors.door"), nullable=False, index=True),
    sql.Column("checklist", sql.ForeignKey("questionnaires.digest"), nullable=False),  # as the visitor saw it
    sql.Column("name", sql.String(100), nullable=False),  # two raters on one visit give it one name
    sql.Column("rater", sql.String(100), nullable=False),
    sql.Column("language", sql.String(20), nullable=False),
    sql.Column("ahead", sql.Float, nullable=False),  # ms by which the visitor's clock ran ahead of the lab's
    sql.Column("latest", Moment, nullable=False),
    sql.Column("sealed", Moment),
)

taps = sql.Table(
    "taps",
    all_tables,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("visit", sql.ForeignKey("visits.visit"), nullable=False),
    sql.Column("n", sql.Integer, nullable=False),
    sql.Column("body", sql.JSON, nullable=False),
    sql.UniqueConstraint("visit", "n"),
)


def prepare(db: sql.Connection) -> None:
    """Make the tables that are missing, and bring an older store up to date. Raises Failed for a newer lab's store."""
    if db.dialect.name == "postgresql":
        # Two programs that open a new store at the same moment would both make its tables.
        db.exec_driver_sql("SELECT pg_advisory_xact_lock(5267)")
    versions.create(db, checkfirst=True)
    version = db.scalar(sql.select(sql.func.max(versions.c.version)))
    if version is not None and version > VERSION:
        raise Failed(
            _(
                "The store was made by a newer version of the lab (its version is {version}, this lab "
                "knows {known}). Update the lab, or name another store in KHUTWA_DATABASE."
            ).format(version=version, known=VERSION)
        )
    if version == VERSION:
        return
    if version == 1:
        _second(db)
    all_tables.create_all(db)
    db.execute(versions.insert().values(version=VERSION))


def _second(db: sql.Connection) -> None:
    """From the first version to the second: a submission's answers move into its row."""
    for table, column in (
        ("invitations", "questionnaire VARCHAR(64)"),
        ("invitations", "entry VARCHAR(20)"),
        ("invitations", "ending VARCHAR(20)"),
        ("submissions", "said JSON"),
    ):
        db.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    said: dict[int, dict[str, float]] = {}
    for number, item, value in db.execute(sql.text("SELECT submission, item, value FROM answers ORDER BY item")):
        said.setdefault(number, {})[item] = value
    for (number,) in db.execute(sql.text("SELECT id FROM submissions")).all():
        db.execute(
            sql.text("UPDATE submissions SET said = :said WHERE id = :id"),
            {"said": json.dumps(said.get(number, {})), "id": number},
        )
    db.exec_driver_sql("DROP TABLE answers")


def said(cause: sql.exc.SQLAlchemyError) -> str:
    """The database's own words for what went wrong, on one line."""
    lines = str(getattr(cause, "orig", None) or cause).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(cause).__name__


def engine(url: str) -> sql.Engine:
    """The database at an address: SQLite made safe, PostgreSQL as it is (its commits are on disk as it ships)."""
    try:
        made = sql.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (sql.exc.ArgumentError, sql.exc.NoSuchModuleError) as cause:
        raise WrongInput(
            _(
                "KHUTWA_DATABASE is no database address: {cause}. It looks like "
                "sqlite:////folder/store.sqlite or postgresql+psycopg://user@host/name."
            ).format(cause=said(cause))
        ) from cause
    except ImportError as cause:
        raise Failed(
            _(
                "The database driver “{name}” is not installed in the lab's .venv. Get it with: "
                "{python} -m pip install {name}"
            ).format(name=cause.name, python=sys.executable)
        ) from cause
    if made.dialect.name == "sqlite":
        _harden_sqlite(made)
    elif made.dialect.name == "postgresql":
        _harden_postgresql(made)
    return made


def _harden_sqlite(engine: sql.Engine) -> None:
    """The one place that knows SQLite: a commit is on disk when it returns, and writers queue instead of failing."""

    @sql.event.listens_for(engine, "connect")
    def _(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is too late for a writer's turn
        wanted = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
        for pragma in wanted:
            connection.execute(f"PRAGMA {pragma}").close()

    @sql.event.listens_for(engine, "begin")
    def _(connection: sql.Connection) -> None:
        # A writer takes its turn at once: two that had both begun to read could not both go on to write.
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _harden_postgresql(engine: sql.Engine) -> None:
    """A commit is on disk when it returns, even where the server as a whole was told that it need not be."""

    @sql.event.listens_for(engine, "connect")
    def _(connection: Any, record: object) -> None:
        with connection.cursor() as line:
            line.execute("SET synchronous_commit = on")
            line.execute("SET TIME ZONE 'UTC'")
        connection.commit()
