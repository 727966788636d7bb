"""Which share of all citizens it would be, judging by these few: the one interval that every room says a share with."""

from __future__ import annotations

import math
from statistics import NormalDist


def adjusted_wald(count: int, n: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """The share to expect of all, and its lower and upper limit, each of one; `n` is not 0.

    Agresti & Coull 1998, *The American Statistician* 52(2): z²/2 successes and z²/2 failures are added.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    around = n + z * z
    middle = (count + z * z / 2) / around
    margin = z * math.sqrt(middle * (1 - middle) / around)
    # None of them, or all: the truth may be that very share, which rounding must not take out of the interval.
    return middle, min(count / n, max(0.0, middle - margin)), max(count / n, min(1.0, middle + margin))
