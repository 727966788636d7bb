"""The last day on which an application counts: it begins like any day, rises ever faster, and stops at the stroke.

An assumption about people, not a finding: the pressure doubles with each eighth of the time that is left to lose.
What a service's own last day was like is told by the shape `recorded`.
"""

from __future__ import annotations

from typing import Final

CALM: Final = 0.05  # of the height, at first
DOUBLINGS: Final = 8  # how often the pressure doubles until the deadline
DEADLINE: Final = 0.9  # the share of the time at which it passes; some who did not hear of it come afterwards
LATE: Final = 0.1  # of the height


def height(t: float, most: float, seconds: float) -> float:
    """Doubles with each eighth of the time to the deadline, and falls to a tenth when it has passed."""
    if not 0 <= t < seconds:
        return 0
    at = t / (DEADLINE * seconds)
    return LATE * most if at >= 1 else most * max(CALM, 2.0 ** (DOUBLINGS * (at - 1)))
