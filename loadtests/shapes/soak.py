"""Whether the service tires: a gentle rise, then the same for hours, so that what leaks has time to run out."""

from __future__ import annotations

from typing import Final

RISE: Final = 0.05  # the share of the time until all are there


def height(t: float, most: float, seconds: float) -> float:
    """Rises through the first twentieth of the time, then stays."""
    return most * min(1.0, t / (RISE * seconds)) if 0 <= t < seconds else 0
