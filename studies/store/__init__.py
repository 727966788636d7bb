"""What must not be lost while a study runs: who was invited, what they consented to, what they answered.

One SQL database behind one door: SQLite in the workspace by default, PostgreSQL by URL. Every method that writes
returns only when what it wrote is on disk; until then nothing is acknowledged. Answers are never overwritten: each
submission is kept as it came, and the latest answer to an item counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sql

from studies.events import hint
from studies.store import tables
from studies.store.kept import (
    CLOSED,
    DECLINED,
    FINISHED,
    OPEN,
    SEEN,
    Agreed,
    Answer,
    Answered,
    Arrived,
    Count,
    Decision,
    Entry,
    Invitation,
    Standing,
    Turn,
    invitation_of,
    utc,
)
from studies.store.turns import standings, take
from studies.troubles import Failed, WrongInput
from studies.words import N_, _

__all__ = [
    "CLOSED", "DECLINED", "FINISHED", "OPEN", "Answered", "Invitation", "Standing", "Store", "now",
]  # fmt: skip


def now() -> datetime:
    """The time that is stamped on what arrives."""
    return datetime.now(UTC)


class Store:
    """The database of one workspace. Safe to share between threads; several processes may open the same one."""

    def __init__(self, url: str, clock: Callable[[], datetime] = now) -> None:
        self.clock = clock
        self.engine = tables.engine(url)
        self._one_writer = Lock()  # fair turns within this process; other processes wait on the database itself
        try:
            with self.writing() as db:
                tables.prepare(db)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    # ---------------------------------------------------------------- studies and invitations

    def add_study(self, study: str) -> None:
        """Make a study known; one that is known stays as it is."""
        if not study.strip():
            raise WrongInput(_("A study needs a name."))
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
            for table in (tables.submissions, tables.consents, tables.flags, tables.places):
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
        questionnaire: str | None = None,
        entry: str | None = None,
        ending: str | None = None,
        token: str | None = None,
    ) -> Invitation:
        """Ask one participant (a new pseudonym unless one is named) and keep the token that lets them in.

        Whoever was first invited as rehearsed stays so, and the other way round: robots and people never share a name.
        A token that is given and known already lets in whom it let in before.
        """
        self.add_study(study)
        made = self.clock()
        name = participant or f"p-{secrets.token_hex(6)}"
        new = Invitation(
            token=token or secrets.token_urlsafe(16),
            study=study,
            participant=name,
            instruments=tuple(instruments),
            session=session,
            condition=condition,
            language=language,
            state=OPEN,
            made=made,
            rehearsed=rehearsed,
            questionnaire=questionnaire,
            entry=entry,
            ending=ending,
        )
        with self.writing() as db:
            if token is not None and (there := standings(db, [token], writing=True).get(token)):
                return there.invitation
            who = (tables.participants.c.study == study) & (tables.participants.c.participant == name)
            known = db.scalar(sql.select(tables.participants.c.rehearsed).where(who))
            if known is None:
                db.execute(
                    tables.participants.insert().values(study=study, participant=name, rehearsed=rehearsed, made=made)
                )
            elif known != rehearsed:
                kind = _("a robot") if known else _("a person")
                raise WrongInput(
                    _("Participant “{name}” of study “{study}” is {kind}. Give the other one its own name.").format(
                        name=name, study=study, kind=kind
                    )
                )
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

    def invitations_of(self, study: str, participant: str) -> list[Invitation]:
        """How one participant was asked in a study, in the order they were asked; none where they were not."""
        asked = tables.invitations.c
        return self._invitations((asked.study == study) & (asked.participant == participant))

    # ---------------------------------------------------------------- consent and answers

    def take(self, turns: Sequence[Turn]) -> list[Any]:
        """Several presses of a button in one transaction; gives what each is told once all of it is on disk."""
        with self.writing() as db:
            return take(db, turns, self.clock())

    def consent(self, token: str, purpose: str, agreed: bool, language: str, wording: str) -> None:
        """Keep what a participant agreed to, or did not, and which wording they had read."""

        def decide(standing: Standing | None, _count: Count, _now: datetime) -> Decision:
            over = standing is None or standing.invitation.state in (FINISHED, CLOSED)
            state = None if over or purpose != "answers" else OPEN if agreed else DECLINED
            return Decision(Entry("consent", language, state=state, agreed=Agreed({purpose: agreed}, wording)), None)

        self.take([Turn("", token, decide)])

    def submit(
        self,
        key: str,
        token: str,
        page: str,
        answers: Mapping[str, Answer],
        language: str,
        complete: bool,
        finished: bool = False,
    ) -> bool:
        """Keep what one press of a button sent, whole; False when this very submission had arrived before.

        `complete` says that the participant is done with the page, which is final then; `finished` that it was the
        last one. Raises WrongInput when the invitation or the page takes no more answers; nothing is stored then.
        """

        def decide(standing: Standing | None, _count: Count, _now: datetime) -> Decision:
            state = standing.invitation.state if standing else "unknown"
            if standing is None or state != OPEN:
                return Decision(None, WrongInput(_("This invitation takes no answers ({state}).").format(state=state)))
            if page in standing.pages:
                return Decision(
                    None,
                    WrongInput(
                        _("The page “{page}” has been sent off already, so its answers stay as they are.").format(
                            page=page
                        )
                    ),
                )
            values = {item: float(v) if isinstance(v, int) else v for item, v in answers.items()}
            return Decision(Entry(page, language, values, complete, FINISHED if finished else None), None)

        (told,) = self._once([Turn(key, token, decide)])
        if isinstance(told, WrongInput):
            raise told
        return told is not SEEN

    def _once(self, turns: Sequence[Turn]) -> list[Any]:
        try:
            return self.take(turns)
        except sql.exc.IntegrityError:  # the same submission twice at the same moment: it is there by now
            return self.take(turns)

    def standing(self, token: str) -> Standing | None:
        """Where one participant stands; None for a token that was never given out."""
        return self.standings([token]).get(token)

    def standings(self, tokens: Sequence[str]) -> dict[str, Standing]:
        """Where these participants stand, by token."""
        with self.reading() as db:
            return standings(db, tokens)

    def everyone(self, study: str) -> list[Standing]:
        """Where everyone stands who was asked in a study, in the order they were asked."""
        tokens = [one.token for one in self.invitations(study)]
        with self.reading() as db:
            found = {
                token: one
                for start in range(0, len(tokens), 500)
                for token, one in standings(db, tokens[start : start + 500]).items()
            }
        return [found[token] for token in tokens if token in found]

    def answers(self, study: str) -> list[Answered]:
        """The answers that count in a study, in the order they arrived."""
        self._known(study)
        sent, asked = tables.submissions, tables.invitations
        wanted = sql.select(sent).join(asked, asked.c.token == sent.c.token).where(asked.c.study == study)
        counts: dict[tuple[str, str], Answered] = {}
        with self.reading() as db:
            for row in db.execute(wanted.order_by(sent.c.id)):
                for item, value in row.said.items():
                    told = Answered(row.token, row.page, item, value, row.language, utc(row.received))
                    counts[row.token, item] = told
        return list(counts.values())

    def sent_off(self, study: str) -> set[tuple[str, str]]:
        """The pages that participants are done with, as (token, page)."""
        self._known(study)
        pages = sql.select(tables.submissions.c.token, tables.submissions.c.page).join(tables.invitations)
        with self.reading() as db:
            rows = db.execute(pages.where(tables.invitations.c.study == study, tables.submissions.c.complete))
            return {(row.token, row.page) for row in rows}

    def submissions(self, study: str) -> int:
        """How many submissions with answers a study holds."""
        self._known(study)
        count = sql.select(sql.func.count()).select_from(tables.submissions.join(tables.invitations))
        answered = (tables.invitations.c.study == study) & (tables.submissions.c.page != "consent")
        with self.reading() as db:
            return db.scalar(count.where(answered)) or 0

    def as_it_came(self, study: str) -> list[Arrived]:
        """Every submission of a study as it came, in the order of arrival; answers given later stand beside earlier."""
        self._known(study)
        sent, asked = tables.submissions, tables.invitations
        wanted = sql.select(sent).join(asked, asked.c.token == sent.c.token).where(asked.c.study == study)
        with self.reading() as db:
            rows = db.execute(wanted.order_by(sent.c.id)).all()
        return [Arrived(row.key, row.token, row.page, row.said, row.complete) for row in rows]

    def flagged(self, study: str) -> dict[str, list[str]]:
        """By token what makes somebody look twice, each kind once, in the order it was noticed."""
        self._known(study)
        wanted = sql.select(tables.flags.c.token, tables.flags.c.flag).join(tables.invitations)
        with self.reading() as db:
            rows = db.execute(wanted.where(tables.invitations.c.study == study).order_by(tables.flags.c.id)).all()
        found: dict[str, list[str]] = {}
        for token, flag in rows:
            if flag not in found.setdefault(token, []):
                found[token].append(flag)
        return found

    # ---------------------------------------------------------------- inside

    def _known(self, study: str) -> None:
        there = self.studies()
        if study not in there:
            raise WrongInput(
                _("There is no study “{study}” in the store. Studies: {there}.{hint}").format(
                    study=study, there=", ".join(there) or _("none yet"), hint=hint(study, list(there))
                )
            )

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
        return [invitation_of(dict(row)) for row in rows]

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A turn at writing: what is written in the `with` is on disk, whole, when it ends, or nothing of it is."""
        with self._in_words(N_("it cannot be written to")), self._one_writer, self.engine.connect() as db, db.begin():
            yield db

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """One moment of the database, for as long as the `with` lasts."""
        with (
            self._in_words(N_("it cannot be read")),
            self.engine.connect().execution_options(reads_only=True) as db,
            db.begin(),
        ):
            yield db

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except sql.exc.IntegrityError:
            raise  # not the database's trouble: what was to be written contradicts what is there
        except sql.exc.DBAPIError as cause:  # the disk is full, the file is gone or no database, the server went away
            raise Failed(
                _(
                    "The store {store}: {what} ({cause}). Is its folder there and writable, is there space, is the "
                    "server running? Nothing of this was kept."
                ).format(store=repr(self.engine.url), what=_(what), cause=tables.said(cause))
            ) from cause


def _row(invitation: Invitation) -> dict[str, Any]:
    told = {one.name: getattr(invitation, one.name) for one in fields(invitation) if one.name != "rehearsed"}
    return told | {"instruments": list(invitation.instruments)}
