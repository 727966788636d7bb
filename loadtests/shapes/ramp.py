"""From how many citizens on the service gets slow: one at first, then one more at a time until all are there."""

from __future__ import annotations


def citizens(t: float, most: int, seconds: float) -> int:
    """Every level from 1 to `most` for an equal part of the time, so that each is seen for as long as the others."""
    if not 0 <= t < seconds:
        return 0
    return min(most, 1 + int(most * t / seconds))
