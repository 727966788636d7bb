"""Who is asked: a link, and its QR code, that lets one participant in and nobody else; or a door for whoever comes."""

from __future__ import annotations

from collections.abc import Sequence

from studies.events import hint
from studies.store import Store
from studies.store.doors import open_door
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import keep, of_instruments

#: how a journey can have ended that somebody is asked about, whatever its end
ENDINGS = ("concluded", "refused", "left", "broken", "handed_off", "open")


def invite(
    store: Store,
    study: str,
    instrument: str | Sequence[str] | Questionnaire,
    session: str | None = None,
    condition: str | None = None,
    language: str | None = None,
    participant: str | None = None,
    rehearsed: bool = False,
    space: Workspace | None = None,
    ending: str | None = None,
    entry: str | None = None,
    token: str | None = None,
) -> str:
    """Ask one participant instruments or a questionnaire, about one session or none; gives the token of the link.

    Raises WrongInput for an instrument that does not exist, or a language that it is not worded in.
    """
    asked = asked_of(instrument, space)
    if language is not None and language not in asked.languages:
        there, what = ", ".join(asked.languages), ", ".join(asked.instruments) or asked.questionnaire
        raise WrongInput(
            _("{what} is not worded in “{language}”. It can be: {there}.{hint}").format(
                what=what, language=language, there=there, hint=hint(language, asked.languages)
            )
        )
    made = store.add_invitation(
        study, asked.instruments, participant, session, condition, language, rehearsed,
        questionnaire=keep(store, asked), ending=ending, entry=entry, token=token,
    )  # fmt: skip
    return made.token


def asked_of(what: str | Sequence[str] | Questionnaire, space: Workspace | None = None) -> Questionnaire:
    """What is asked, of one instrument, of several, or of a questionnaire that is one already."""
    if isinstance(what, Questionnaire):
        return what
    return of_instruments([what] if isinstance(what, str) else list(what), space)


def door_to(
    store: Store,
    study: str,
    what: str | Sequence[str] | Questionnaire,
    condition: str | None = None,
    space: Workspace | None = None,
) -> str:
    """A link's name for whoever comes: a poster's code, a kiosk, the last page of a service."""
    return open_door(store, study, keep(store, asked_of(what, space)), condition)


def link(base_url: str, token: str) -> str:
    """The address at which a token lets its participant in."""
    return f"{base_url.rstrip('/')}/s/{token}"


def door_link(base_url: str, door: str, kiosk: bool = False) -> str:
    """The address of a door: for whoever comes, or for a kiosk that stands there."""
    return f"{base_url.rstrip('/')}/{'k' if kiosk else 'j'}/{door}"
