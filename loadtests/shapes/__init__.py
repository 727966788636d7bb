"""How many come at each moment of a load: one file a shape, found by listing this folder.

A shape is a pure function `height(t, most, seconds) -> float`: how many citizens are under way (or how many arrive a
second) `t` seconds into a load that lasts `seconds` and never has more than `most`. Those that are made of something
recorded have `of_day(day)` instead, which yields such a function. To add one, write a file; nothing else is touched.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row


class Shape(Protocol):
    """How many there are `t` seconds into a load of `seconds` that has `most` at its height."""

    def __call__(self, t: float, most: float, seconds: float) -> float: ...


@cache
def shapes() -> tuple[str, ...]:
    """The names of all shapes: the files of this folder."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def shape(name: str, day: Sequence[float] = (), levels: Sequence[float] = ()) -> Shape:
    """The shape of that name. Raises WrongInput with the nearest known name, or when it needs a recorded day.

    `levels` are the heights of a shape that has steps, where its own are not wanted.
    """
    if name not in shapes():
        known = in_a_row(shapes())
        message = _("There is no load shape “{name}”. There are: {known}.").format(name=name, known=known)
        raise WrongInput(message + hint(name, shapes()))
    module = importlib.import_module(f"{__name__}.{name}")
    if levels:
        if not hasattr(module, "of_levels"):
            raise WrongInput(_("The shape {name} has no levels: they are for --shape steps.").format(name=name))
        stepped: Shape = module.of_levels(tuple(levels))
        return stepped
    if not hasattr(module, "of_day"):
        found: Shape = module.height
        return found
    if not any(day):
        raise WrongInput(
            _("The shape {name} needs a day that was recorded: --day with a CSV or Parquet file, or a study.").format(
                name=name
            )
        )
    drawn: Shape = module.of_day(tuple(day))
    return drawn


def citizens(form: Shape, t: float, most: int, seconds: float) -> int:
    """How many citizens a closed load has at a moment: whole ones, at least one while it lasts, `most` at most."""
    if not 0 <= t < seconds:
        return 0
    return min(most, max(1, math.ceil(form(t, most, seconds) - 1e-9)))


def stretches(name: str, most: float, seconds: float, levels: Sequence[float] = ()) -> list[tuple[float, float]]:
    """The stretches of a stepped load in which it stays level; empty for a shape that has no steps."""
    module = importlib.import_module(f"{__name__}.{name}")
    edges = getattr(module, "edges", None)
    return list(edges(most, seconds, levels)) if edges else []
