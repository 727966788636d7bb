"""How far off may it be? The intervals that a gate is judged by: of a share, of a percentile, of a pace, of a change.

Each gives the lower and the upper limit; None where so few were counted that there is no limit on that side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from loadtests.verdicts.evidence import Times
from studies.measuring.shares import adjusted_wald

Interval = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was measured, and between which limits the truth lies with the confidence asked for; `n` were counted."""

    value: float
    low: float | None
    high: float | None
    n: int


def share(part: int, whole: int, confidence: float) -> Estimate:
    """A share of all, judging by these: adjusted Wald (studies/measuring/shares.py)."""
    _middle, low, high = adjusted_wald(part, whole, confidence)
    return Estimate(part / whole, low, high, whole)


def percentile(times: Times, level: float, confidence: float) -> Estimate:
    """The time that this share of them did not exceed, between two order statistics; it assumes nothing of their form.

    Ranks l and u with P(l <= B < u) >= confidence, B binomial(n, level): Hahn & Meeker 1991, *Statistical Intervals*,
    section 5.2. Seventy-two times are the fewest that give a 95th percentile an upper limit (at 95 % confidence).
    """
    n = times.n
    tail = (1 - confidence) / 2
    lower = int(stats.binom.ppf(tail, n, level))
    upper = int(stats.binom.ppf(1 - tail, n, level)) + 1
    return Estimate(
        times.at_rank(max(1, math.ceil(round(level * n, 9)))),
        times.at_rank(lower) if lower >= 1 else None,
        times.at_rank(upper) if upper <= n else None,
        n,
    )


def pace(count: int, seconds: float, confidence: float) -> Estimate:
    """So many a second, judging by a count: Garwood's exact limits for a Poisson mean (1936, *Biometrika* 28)."""
    tail = (1 - confidence) / 2
    low = float(stats.chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Estimate(count / seconds, low / seconds, high / seconds, count)


def change(now: Estimate, then: Estimate, factor: float = 1.0) -> Estimate:
    """By how much more it is now than `factor` times what it was then.

    The two intervals are put together as Newcombe did for shares: MOVER, Zou & Donner 2008, *Statistics in
    Medicine* 27. A limit that is missing on the side that matters leaves the difference without one.
    """
    value, was = now.value, factor * then.value
    low = high = None
    if now.low is not None and then.high is not None:
        low = value - was - math.hypot(value - now.low, factor * then.high - was)
    if now.high is not None and then.low is not None:
        high = value - was + math.hypot(now.high - value, was - factor * then.low)
    return Estimate(value - was, low, high, now.n)
