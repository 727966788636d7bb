"""What the service does while the same number of citizens is there all the time."""

from __future__ import annotations


def height(t: float, most: float, seconds: float) -> float:
    """All of them from the first moment to the last, nobody before or after."""
    return most if 0 <= t < seconds else 0
