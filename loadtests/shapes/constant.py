"""What the service does while the same number of citizens is there all the time."""

from __future__ import annotations


def citizens(t: float, most: int, seconds: float) -> int:
    """All of them from the first moment to the last, nobody before or after."""
    return most if 0 <= t < seconds else 0
