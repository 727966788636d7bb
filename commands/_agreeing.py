"""What the commands share that keep what a leader agrees on: the store, and a day as people write it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer

from studies.store import Store
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

Since = Annotated[str | None, typer.Option(metavar="DAY", help="Since which day, as 2026-03-01; default: today.")]


@contextmanager
def opened(space: Workspace) -> Iterator[Store]:
    """The store of the workspace, for as long as the `with` lasts."""
    store = Store(space.database_url)
    try:
        yield store
    finally:
        store.close()


def day(text: str | None) -> date | None:
    """A day. Raises WrongInput for what is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInput(_("--since {text}: write a day such as 2026-03-01.").format(text=text)) from None
