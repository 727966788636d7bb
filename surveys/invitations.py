"""Who is asked: a link, and its QR code, that lets one participant in and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from studies.events import hint
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.instruments import instrument as instrument_named


def invite(
    store: Store,
    study: str,
    instrument: str | Sequence[str],
    session: str | None = None,
    condition: str | None = None,
    language: str | None = None,
    participant: str | None = None,
    rehearsed: bool = False,
    space: Workspace | None = None,
) -> str:
    """Ask one participant to answer one instrument or several, about one session or none; gives the token of the link.

    Raises WrongInput for an instrument that does not exist, or a language that it is not worded in.
    """
    wanted = [instrument] if isinstance(instrument, str) else list(instrument)
    if not wanted:
        raise WrongInput("An invitation needs an instrument to ask, such as sus.")
    for name in wanted:
        worded = list(instrument_named(name, space).wording)
        if language is not None and language not in worded:
            there = ", ".join(worded)
            raise WrongInput(f"{name} is not worded in “{language}”. It can be: {there}.{hint(language, worded)}")
    made = store.add_invitation(study, wanted, participant, session, condition, language, rehearsed)
    return made.token


def link(base_url: str, token: str) -> str:
    """The address at which a token lets its participant in."""
    return f"{base_url.rstrip('/')}/s/{token}"
