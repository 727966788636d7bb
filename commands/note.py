"""The command that keeps an observer's remark, lists what was remarked, and says how far observers agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def note(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study.")],
    session: Annotated[str | None, typer.Option(help="The session that is remarked on; alone: its remarks.")] = None,
    tag: Annotated[str | None, typer.Option(help="assist, confusion, quote, error, note, or one of your own.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When: ISO, or +SECONDS since the session began.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Words to it. They stay in the store and out of the log.")] = None,
    rater: Annotated[str, typer.Option(help="Who remarks.")] = "cli",
    participant: Annotated[str | None, typer.Option(help="Whose session it is, by pseudonym.")] = None,
    undo: Annotated[
        str | None, typer.Option(metavar="KEY", help="Take a remark back that is not in the log yet.")
    ] = None,
    json: Json = False,
) -> None:
    """Keep a remark on a session, or list the remarks there are."""
    from analysis.observers import of_notes
    from studies import notes
    from studies.desk import listed, taken_back
    from studies.store import Store
    from studies.store.notes import Note, notes_of
    from studies.troubles import WrongInput
    from studies.words import _

    space = workspace()
    with one_document(json) as show:
        store = Store(space.database_url)
        try:
            if undo is not None:
                taken_back(store, study, undo)
            elif tag is not None:
                if session is None:
                    raise WrongInput(_("A remark needs the session it is about: --session NAME."))
                when = notes.moment_told(at, study, session, space, datetime.now(UTC))
                notes.note_now(
                    store, Note("", study, session, rater, tag, when, participant=participant, text=text or None)
                )
                notes.into_the_log(store, study, space, session=session)
            elif any(one is not None for one in (at, text)):
                raise WrongInput(_("A remark needs a tag: --tag assist, confusion, quote, error, note or your own."))
            there = notes_of(store, study, session)
            sessions = dict.fromkeys(one.session for one in there)
            agreed = {
                name: [row.json() for row in of_notes([one for one in there if one.session == name])]
                for name in sessions
            }
            document = {
                "study": study,
                "notes": [one.json() for one in there],
                "agreement": {name: rows for name, rows in agreed.items() if rows},
            }
            show(document, listed(there))
        finally:
            store.close()
