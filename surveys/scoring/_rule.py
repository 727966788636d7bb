"""How an instrument's answers become figures: for one person, for a group, and beside published studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surveys.instruments import Instrument

Responses = Sequence[Any]  # one person's answers in the instrument's order, None where there is none


def _nothing_more(_instrument: Instrument, _rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    return {}


def _no_standing(_mean: float | None) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of scoring, named in an instrument's `scoring.rule`."""

    person: Callable[[Instrument, Responses], dict[str, float | None]]
    group: Callable[[Instrument, Sequence[Responses], float], dict[str, Any]] = _nothing_more
    standing: Callable[[float | None], dict[str, Any]] = _no_standing
    consistent: Mapping[str, Sequence[int]] | None = None  # item numbers that measure one thing; None: all of them
