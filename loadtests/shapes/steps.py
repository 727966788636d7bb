"""How much the service carries: level after level, each held, so that its capacity can be read from them.

The first level is one citizen, since a service's own pace is only seen where nobody queues; from there each level is
the same number of times the one before, since what matters lies around a knee that nobody knows beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from loadtests.shapes import Shape

#: How many levels there are, where there is room for so many; fitting a capacity takes at least six.
LEVELS: Final = 8


def levels(most: float) -> list[float]:
    """The heights of the levels, from 1 (less when `most` is) to `most`, without repeats."""
    if most <= 1:
        return [most]
    heights = [round(most ** (i / (LEVELS - 1)), 6) for i in range(LEVELS)]
    if heights[1] - heights[0] >= 1:
        return heights
    # Whole citizens: where the first levels lie within one of each other, they go up one by one.
    whole = sorted({float(max(i + 1, round(h))) for i, h in enumerate(heights) if max(i + 1, round(h)) <= most})
    return whole if whole[-1] == most else [*whole[:-1], most] if len(whole) == LEVELS else [*whole, most]


def edges(most: float, seconds: float, given: Sequence[float] = ()) -> list[tuple[float, float]]:
    """When each level begins and ends, in seconds of the load: all are held for as long."""
    many = len(given or levels(most))
    return [(seconds * i / many, seconds * (i + 1) / many) for i in range(many)]


def height(t: float, most: float, seconds: float) -> float:
    """The level of the moment."""
    if not 0 <= t < seconds:
        return 0
    return _of(levels(most), t, seconds)


def of_levels(given: Sequence[float]) -> Shape:
    """Steps of these heights, none above the height of the load."""

    def stepped(t: float, most: float, seconds: float) -> float:
        """The level of the moment."""
        return min(most, _of(given, t, seconds)) if 0 <= t < seconds else 0

    return stepped


def _of(heights: Sequence[float], t: float, seconds: float) -> float:
    return heights[min(int(len(heights) * t / seconds), len(heights) - 1)]
