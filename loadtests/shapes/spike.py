"""What a sudden rush does, and whether the service recovers: a tenth, then all at once, then a tenth again."""

from __future__ import annotations

from typing import Final

CALM: Final = 0.1  # of the height
RUSH: Final = (0.4, 0.6)  # from when to when, as shares of the time


def height(t: float, most: float, seconds: float) -> float:
    """A tenth before and after the rush, which takes the middle fifth of the time."""
    if not 0 <= t < seconds:
        return 0
    return most if RUSH[0] <= t / seconds < RUSH[1] else CALM * most
