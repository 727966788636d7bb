"""What can be claimed from what was counted: each statistic a function of its published name, a family a file.

Every function takes keyword arguments and gives a dictionary. What is undefined is None with a `reason`, never NaN and
never 0. Nothing is rounded: rounding is for whoever shows a number. Intervals of a share stay within 0 and 1, those of
a difference of shares within -1 and 1; tests are two-sided; z is the normal quantile, never 1.96 / 2.
"""

from __future__ import annotations

from typing import Any

#: What a statistic gives: its outputs by name.
Figures = dict[str, Any]


def nothing(*names: str, because: str) -> Figures:
    """The outputs that cannot be said, and why."""
    return {**dict.fromkeys(names), "reason": because}
