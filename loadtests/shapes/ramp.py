"""From how many citizens on the service gets slow: few at first, then ever more until all are there."""

from __future__ import annotations


def height(t: float, most: float, seconds: float) -> float:
    """Rises evenly, so that every level is seen for as long as the others."""
    return most * t / seconds if 0 <= t < seconds else 0
