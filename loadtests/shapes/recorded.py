"""A day that really was, played again: as busy at each part of the time as that day was, in proportion."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.shapes import Shape


def of_day(day: Sequence[float]) -> Shape:
    """The shape of a day that was so busy in each of its parts, the busiest of them at the height."""
    top = max(day)

    def height(t: float, most: float, seconds: float) -> float:
        """The part of the day that the moment falls into, as a share of the busiest."""
        if not 0 <= t < seconds:
            return 0
        return most * day[min(int(len(day) * t / seconds), len(day) - 1)] / top

    return height
