"""How a load citizen's requests go over the wire: one file a client, found by listing this folder."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any, Final

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

#: The fastest of those that send what a browser sends (tests/test_parity.py).
DEFAULT: Final = "lean"


@cache
def clients() -> tuple[str, ...]:
    """The names of all clients."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def client_named(name: str) -> Any:
    """What makes clients of this name, the default where none is named. Raises WrongInput with the nearest known."""
    name = name or DEFAULT
    if name not in clients():
        message = _("There is no client “{name}”. There are: {known}.")
        raise WrongInput(message.format(name=name, known=in_a_row(clients())) + hint(name, clients()))
    return importlib.import_module(f"{__name__}.{name}").client
