"""What must not be lost while a study runs: who was invited, what they consented to, what they answered.

One SQL database behind one door: SQLite in the workspace by default, PostgreSQL by URL. Every method that writes
returns only when what it wrote is on disk; until then nothing is acknowledged. Answers are never overwritten: each
submission is kept as it came, and the latest answer to an item counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sql

from studies import store_tables as tables
from studies.events import hint
from studies.troubles import Failed, WrongInput

OPEN, DECLINED, FINISHED, CLOSED = "open", "declined", "finished", "closed"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One participant asked to answer these instruments, about one session or about none."""

    token: str
    study: str
    participant: str
    instruments: tuple[str, ...]
    session: str | None
    condition: str | None
    language: str | None
    state: str  # open, declined, finished; closed when the study is
    made: datetime
    rehearsed: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that counts to one item: the latest one given."""

    token: str
    page: str
    item: str
    value: float
    language: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one participant has come: whether they agreed, the pages they sent off, every answer so far."""

    agreed: bool | None
    pages: frozenset[str]
    answers: Mapping[str, float]


def now() -> datetime:
    """The time that is stamped on what arrives."""
    return datetime.now(UTC)


class Store:
    """The database of one workspace. Safe to share between threads; several processes may open the same one."""

    def __init__(self, url: str, clock: Callable[[], datetime] = now) -> None:
        self.clock = clock
        self._engine = tables.engine(url)
        self._one_writer = Lock()  # fair turns within this process; other processes wait on the database itself
        self._prepare()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    # ---------------------------------------------------------------- studies and invitations

    def add_study(self, study: str) -> None:
        """Make a study known; one that is known stays as it is."""
        if not study.strip():
            raise WrongInput("A study needs a name.")
        with self.writing() as db:
            if db.scalar(sql.select(tables.studies.c.study).where(tables.studies.c.study == study)) is None:
                db.execute(tables.studies.insert().values(study=study, state=OPEN, made=self.clock()))

    def studies(self) -> dict[str, str]:
        """Every study with its state, open or closed."""
        with self.reading() as db:
            return {
                row.study: row.state for row in db.execute(sql.select(tables.studies).order_by(tables.studies.c.study))
            }

    def close_study(self, study: str, closed: bool = True) -> None:
        """Take no more answers to a study, or take them again."""
        self._known(study)
        with self.writing() as db:
            db.execute(
                tables.studies.update().where(tables.studies.c.study == study).values(state=CLOSED if closed else OPEN)
            )

    def forget_rehearsed(self, study: str) -> None:
        """Take out what was rehearsed in a study, so that it can be rehearsed anew; what people said stays."""
        who = tables.participants.c
        with self.writing() as db:
            robots = sql.select(who.participant).where((who.study == study) & who.rehearsed)
            mine = (tables.invitations.c.study == study) & tables.invitations.c.participant.in_(robots)
            tokens = sql.select(tables.invitations.c.token).where(mine)
            sent = sql.select(tables.submissions.c.id).where(tables.submissions.c.token.in_(tokens))
            db.execute(tables.answers.delete().where(tables.answers.c.submission.in_(sent)))
            for table in (tables.submissions, tables.consents):
                db.execute(table.delete().where(table.c.token.in_(tokens)))
            db.execute(tables.invitations.delete().where(mine))
            db.execute(tables.participants.delete().where((who.study == study) & who.rehearsed))

    def add_invitation(
        self,
        study: str,
        instruments: Sequence[str],
        participant: str | None = None,
        session: str | None = None,
        condition: str | None = None,
        language: str | None = None,
        rehearsed: bool = False,
    ) -> Invitation:
        """Ask one participant (a new pseudonym unless one is named) and keep the token that lets them in.

        Whoever was first invited as rehearsed stays so, and the other way round: robots and people never share a name.
        """
        self.add_study(study)
        made = self.clock()
        name = participant or f"p-{secrets.token_hex(6)}"
        new = Invitation(
            token=secrets.token_urlsafe(16),
            study=study,
            participant=name,
            instruments=tuple(instruments),
            session=session,
            condition=condition,
            language=language,
            state=OPEN,
            made=made,
            rehearsed=rehearsed,
        )
        with self.writing() as db:
            who = (tables.participants.c.study == study) & (tables.participants.c.participant == name)
            known = db.scalar(sql.select(tables.participants.c.rehearsed).where(who))
            if known is None:
                db.execute(
                    tables.participants.insert().values(study=study, participant=name, rehearsed=rehearsed, made=made)
                )
            elif known != rehearsed:
                kind = "a robot" if known else "a person"
                raise WrongInput(f"Participant “{name}” of study “{study}” is {kind}. Give the other one its own name.")
            db.execute(tables.invitations.insert().values(**_row(new)))
        return new

    def invitation(self, token: str) -> Invitation | None:
        """Whom a token lets in; None for a token that was never given out."""
        found = self._invitations(tables.invitations.c.token == token)
        return found[0] if found else None

    def invitations(self, study: str) -> list[Invitation]:
        """Everyone who was asked in a study, in the order they were asked."""
        self._known(study)
        return self._invitations(tables.invitations.c.study == study)

    def speak_to(self, token: str, language: str) -> None:
        """Remember the language that a participant chose."""
        with self.writing() as db:
            db.execute(tables.invitations.update().where(tables.invitations.c.token == token).values(language=language))

    # ---------------------------------------------------------------- consent and answers

    def consent(self, token: str, purpose: str, agreed: bool, language: str, wording: str) -> None:
        """Keep what a participant agreed to, or did not, and which wording they had read."""
        with self.writing() as db:
            db.execute(
                tables.consents.insert().values(
                    token=token, purpose=purpose, agreed=agreed, language=language, wording=wording, at=self.clock()
                )
            )
            mine = (tables.invitations.c.token == token) & (tables.invitations.c.state != FINISHED)
            db.execute(tables.invitations.update().where(mine).values(state=OPEN if agreed else DECLINED))

    def submit(
        self,
        key: str,
        token: str,
        page: str,
        answers: Mapping[str, float],
        language: str,
        complete: bool,
        finished: bool = False,
    ) -> bool:
        """Keep what one press of a button sent, whole; False when this very submission had arrived before.

        `complete` says that the participant is done with the page, which is final then; `finished` that it was the
        last one. Raises WrongInput when the invitation or the page takes no more answers; nothing is stored then.
        """
        try:
            with self.writing() as db:
                if db.scalar(sql.select(tables.submissions.c.id).where(tables.submissions.c.key == key)) is not None:
                    return False
                self._takes_answers(db, token, page)
                row = {"key": key, "token": token, "page": page, "language": language, "complete": complete}
                done = db.execute(tables.submissions.insert().values(**row, received=self.clock()))
                number = done.inserted_primary_key[0] if done.inserted_primary_key else None
                if answers:
                    given = [{"submission": number, "item": i, "value": float(v)} for i, v in answers.items()]
                    db.execute(tables.answers.insert(), given)
                if finished:
                    db.execute(
                        tables.invitations.update().where(tables.invitations.c.token == token).values(state=FINISHED)
                    )
        except sql.exc.IntegrityError:
            if self._seen(key):  # the same submission twice at the same moment
                return False
            raise
        return True

    def progress(self, token: str) -> Progress:
        """How far one participant has come."""
        with self.reading() as db:
            consents = (
                sql.select(tables.consents.c.agreed)
                .where(tables.consents.c.token == token)
                .order_by(tables.consents.c.id.desc())
            )
            agreed = db.scalar(consents.limit(1))
            pages = sql.select(tables.submissions.c.page).where(
                tables.submissions.c.token == token, tables.submissions.c.complete
            )
            sent = frozenset(db.scalars(pages))
            values = {row.item: row.value for row in db.execute(_latest().where(tables.submissions.c.token == token))}
        return Progress(agreed, sent, values)

    def answers(self, study: str) -> list[Answered]:
        """The answers that count in a study, in the order they arrived."""
        self._known(study)
        wanted = _latest().join(tables.invitations, tables.invitations.c.token == tables.submissions.c.token)
        with self.reading() as db:
            rows = db.execute(wanted.where(tables.invitations.c.study == study)).all()
        counts = {(r.token, r.item): r for r in rows}
        return [Answered(r.token, r.page, r.item, r.value, r.language, _utc(r.received)) for r in counts.values()]

    def sent_off(self, study: str) -> set[tuple[str, str]]:
        """The pages that participants are done with, as (token, page)."""
        self._known(study)
        pages = sql.select(tables.submissions.c.token, tables.submissions.c.page).join(tables.invitations)
        with self.reading() as db:
            rows = db.execute(pages.where(tables.invitations.c.study == study, tables.submissions.c.complete))
            return {(row.token, row.page) for row in rows}

    def submissions(self, study: str) -> int:
        """How many submissions a study holds."""
        self._known(study)
        count = sql.select(sql.func.count()).select_from(tables.submissions.join(tables.invitations))
        with self.reading() as db:
            return db.scalar(count.where(tables.invitations.c.study == study)) or 0

    # ---------------------------------------------------------------- inside

    def _prepare(self) -> None:
        with self.writing() as db:
            tables.versions.create(db, checkfirst=True)
            version = db.scalar(sql.select(sql.func.max(tables.versions.c.version)))
            if version is not None and version > tables.VERSION:
                raise Failed(
                    f"The store was made by a newer version of the lab (its version is {version}, this lab knows "
                    f"{tables.VERSION}). Update the lab, or name another store in KHUTWA_DATABASE."
                )
            tables.all_tables.create_all(db)
            if version is None:
                db.execute(tables.versions.insert().values(version=tables.VERSION))

    def _takes_answers(self, db: sql.Connection, token: str, page: str) -> None:
        found = (
            sql.select(tables.invitations.c.state, tables.studies.c.state.label("study"))
            .select_from(tables.invitations.join(tables.participants).join(tables.studies))
            .where(tables.invitations.c.token == token)
        )
        # Where there are several writers (PostgreSQL), an invitation's submissions take turns.
        states = db.execute(found.with_for_update(of=tables.invitations)).first()
        if states is None or states.state != OPEN or states.study != OPEN:
            why = "unknown" if states is None else CLOSED if states.study != OPEN else states.state
            raise WrongInput(f"This invitation takes no answers: it is {why}.")
        mine = (tables.submissions.c.token == token) & (tables.submissions.c.page == page)
        if (
            db.scalar(sql.select(tables.submissions.c.id).where(mine, tables.submissions.c.complete).limit(1))
            is not None
        ):
            raise WrongInput(f"The page “{page}” has been sent off already, so its answers stay as they are.")

    def _known(self, study: str) -> None:
        there = self.studies()
        if study not in there:
            raise WrongInput(
                f"There is no study “{study}” in the store. Studies: {', '.join(there) or 'none yet'}."
                f"{hint(study, list(there))}"
            )

    def _seen(self, key: str) -> bool:
        with self.reading() as db:
            return db.scalar(sql.select(tables.submissions.c.id).where(tables.submissions.c.key == key)) is not None

    def _invitations(self, which: sql.ColumnElement[bool]) -> list[Invitation]:
        wanted = sql.select(
            tables.invitations, tables.participants.c.rehearsed, tables.studies.c.state.label("study_state")
        )
        wanted = wanted.select_from(tables.invitations.join(tables.participants).join(tables.studies))
        with self.reading() as db:
            rows = (
                db.execute(wanted.where(which).order_by(tables.invitations.c.made, tables.invitations.c.token))
                .mappings()
                .all()
            )
        return [_invitation(dict(row)) for row in rows]

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A turn at writing: what is written in the `with` is on disk, whole, when it ends, or nothing of it is."""
        with self._in_words("written"), self._one_writer, self._engine.connect() as db, db.begin():
            yield db

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """One moment of the database, for as long as the `with` lasts."""
        with self._in_words("read"), self._engine.connect().execution_options(reads_only=True) as db, db.begin():
            yield db

    @contextmanager
    def _in_words(self, done: str) -> Iterator[None]:
        try:
            yield
        except sql.exc.IntegrityError:
            raise  # not the database's trouble: what was to be written contradicts what is there
        except sql.exc.DBAPIError as cause:  # the disk is full, the file is gone or no database, the server went away
            raise Failed(
                f"The store {self._engine.url!r} cannot be {done}: {tables.said(cause)}. Is its folder there and "
                f"writable, is there space, is the server running? Nothing of this was kept."
            ) from cause


def _latest() -> sql.Select[Any]:
    # In the order of arrival: whoever folds the rows into a mapping keeps the latest answer to each item.
    return (
        sql.select(
            tables.submissions.c.token,
            tables.submissions.c.page,
            tables.answers.c.item,
            tables.answers.c.value,
            tables.submissions.c.language,
            tables.submissions.c.received,
        )
        .select_from(tables.answers)
        .join(tables.submissions, tables.submissions.c.id == tables.answers.c.submission)
        .order_by(tables.submissions.c.id, tables.answers.c.item)
    )


def _row(invitation: Invitation) -> dict[str, Any]:
    names = (column.name for column in tables.invitations.columns)
    return {name: getattr(invitation, name) for name in names} | {"instruments": list(invitation.instruments)}


def _invitation(row: dict[str, Any]) -> Invitation:
    study_state = row.pop("study_state")
    found = Invitation(**row | {"instruments": tuple(row["instruments"]), "made": _utc(row["made"])})
    return replace(found, state=CLOSED) if study_state == CLOSED and found.state == OPEN else found


def _utc(moment: datetime) -> datetime:
    # SQLite keeps no zone; what went in was UTC.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
