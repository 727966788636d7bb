"""Responses that were collected elsewhere, put into the store beside those that were given here.

All of a file in one transaction: it is in, whole, or nothing of it is. What the study holds already is not taken
again, so bringing the same file twice changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sql

from studies.store import FINISHED, OPEN, Store, tables
from studies.store.kept import Answer
from studies.workspace import Workspace

ENTRY: Final = "import"  # by which door they came
AT_ONCE: Final = 500
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One participant of a survey held elsewhere, under a pseudonym made from whatever told them apart there."""

    response: str  # the pseudonym of this one response
    participant: str  # may have given several
    instruments: tuple[str, ...]
    pages: Mapping[str, Mapping[str, Answer]]
    language: str
    complete: bool
    session: str | None = None
    condition: str | None = None
    when: datetime | None = None  # None: not told in a way that can be read


def pseudonym(space: Workspace, *told_apart_by: str) -> str:
    """The same name for the same response each time its file is read here.

    Made with a key that never leaves the workspace: nobody who sees the name can try out whose it is.
    """
    path = space.root / "pseudonyms.key"
    if not path.exists():
        space.root.mkdir(parents=True, exist_ok=True)
        made_first = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        made_first.touch(mode=0o600)
        made_first.write_bytes(secrets.token_bytes(32))
        with suppress(FileExistsError):  # another process was faster: its key is the one
            os.link(made_first, path)
        made_first.unlink()
    made = hashlib.blake2b(repr(told_apart_by).encode(), key=path.read_bytes(), digest_size=8)
    return f"i-{made.hexdigest()}"


def take_in(store: Store, study: str, everyone: Sequence[Elsewhere]) -> int:
    """Keep responses from elsewhere; gives how many were new."""
    store.add_study(study)
    now = store.clock()
    with store.writing() as db:
        sent, asked = tables.submissions.c, tables.invitations.c
        mine = sql.select(sent.key).join(tables.invitations, asked.token == sent.token)
        keys = db.scalars(mine.where(asked.study == study, asked.entry == ENTRY))
        held = {key.split(" ")[1] for key in keys}
        fresh = list({one.response: one for one in everyone if one.response not in held}.values())
        # Without a time of their own they are a microsecond apart, so that they stay in the order of their file.
        fresh = [one if one.when else replace(one, when=now + n * MICROSECOND) for n, one in enumerate(fresh)]
        _introduce(db, study, {one.participant for one in fresh}, now)
        for start in range(0, len(fresh), AT_ONCE):
            _write(db, study, fresh[start : start + AT_ONCE], now)
    return len(fresh)


def _introduce(db: sql.Connection, study: str, participants: set[str], now: datetime) -> None:
    who = tables.participants.c
    new = sorted(participants - set(db.scalars(sql.select(who.participant).where(who.study == study))))
    if new:
        db.execute(
            tables.participants.insert(),
            [{"study": study, "participant": one, "rehearsed": False, "made": now} for one in new],
        )


def _write(db: sql.Connection, study: str, some: Sequence[Elsewhere], now: datetime) -> None:
    tokens = [secrets.token_urlsafe(16) for _one in some]
    invited = [
        {
            "token": token,
            "study": study,
            "participant": one.participant,
            "instruments": list(one.instruments),
            "session": one.session,
            "condition": one.condition,
            "language": one.language[:20],
            "state": FINISHED if one.complete else OPEN,
            "made": one.when or now,
            "entry": ENTRY,
        }
        for token, one in zip(tokens, some, strict=True)
    ]
    db.execute(tables.invitations.insert(), invited)
    sent = [
        {
            "key": f"{ENTRY} {one.response} {page}",
            "token": token,
            "page": page,
            "language": one.language[:20],
            "complete": one.complete,
            "received": one.when or now,
            "said": dict(said),
        }
        for token, one in zip(tokens, some, strict=True)
        for page, said in one.pages.items()
    ]
    if sent:
        db.execute(tables.submissions.insert(), sent)
