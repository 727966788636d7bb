"""How many citizens are on their way at each moment of a load: one file a shape, found by listing this folder.

A shape is a pure function `citizens(t, most, seconds) -> int`: how many are under way `t` seconds into a load that
lasts `seconds` and never has more than `most`. To add one, write a file; nothing else is touched.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _


class Shape(Protocol):
    """How many citizens are under way `t` seconds into a load of `seconds` that has `most` at its height."""

    def __call__(self, t: float, most: int, seconds: float) -> int: ...


@cache
def shapes() -> tuple[str, ...]:
    """The names of all shapes: the files of this folder."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def shape(name: str) -> Shape:
    """The shape of that name. Raises WrongInput with the nearest known name."""
    if name not in shapes():
        known = ", ".join(shapes())
        message = _("There is no load shape “{name}”. There are: {known}.").format(name=name, known=known)
        raise WrongInput(message + hint(name, shapes()))
    found: Shape = importlib.import_module(f"{__name__}.{name}").citizens
    return found
