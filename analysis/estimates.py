"""How sure are we? Estimates with intervals, and what an interval says about a difference.

The only door to SciPy in this room. Each function takes keyword arguments and gives a dictionary; what is
undefined is None with a `reason`, never NaN. Nothing is rounded: rounding is for whoever shows a number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

Figures = dict[str, Any]


def mean_ci(values: Sequence[float], confidence: float = 0.95) -> Figures:
    """The usual value and how far it may be off: the mean with its t interval (n - 1 degrees of freedom)."""
    given = np.asarray(values, float)
    n = len(given)
    if n == 0:
        return {"n": 0, "mean": None, "sd": None, "ci_low": None, "ci_high": None, "reason": "there are no values"}
    mean = float(given.mean())
    if n < 2:
        reason = "one value has no interval"
        return {"n": n, "mean": mean, "sd": None, "ci_low": None, "ci_high": None, "reason": reason}
    sd = float(given.std(ddof=1))
    margin = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * sd / math.sqrt(n)
    return {"n": n, "mean": mean, "sd": sd, "ci_low": mean - margin, "ci_high": mean + margin}


def geometric_mean_ci(times: Sequence[float], confidence: float = 0.95) -> Figures:
    """How long it usually takes, when a few take very long: the geometric mean with its t interval on the logarithms.

    Only successful attempts, all above zero. Sauro & Lewis 2010 (average task times in usability tests).
    """
    given = np.asarray(times, float)
    if len(given) == 0 or (given <= 0).any():
        reason = "a geometric mean needs times, all above zero"
        return {"n": len(given), "geometric_mean": None, "ci_low": None, "ci_high": None, "reason": reason}
    logs = mean_ci([float(x) for x in np.log(given)], confidence)
    low, high = logs["ci_low"], logs["ci_high"]
    found = {
        "n": len(given),
        "geometric_mean": math.exp(logs["mean"]),
        "ci_low": None if low is None else math.exp(low),
        "ci_high": None if high is None else math.exp(high),
    }
    return found if low is not None else {**found, "reason": logs["reason"]}


def median_ci(values: Sequence[float], confidence: float = 0.95) -> Figures:
    """The middle value, with the order statistics that bracket it and the coverage that they really have.

    The largest rank r with 1 - 2 P(B <= r - 1) >= confidence, B binomial(n, 1/2). Five values or fewer have no 95 %
    interval.
    """
    given = np.sort(np.asarray(values, float))
    n = len(given)
    nothing = {"ci_low": None, "ci_high": None, "lower_rank": None, "upper_rank": None, "coverage": None}
    if n == 0:
        return {"n": 0, "median": None, **nothing, "reason": "there are no values"}
    median = float(np.median(given))
    ranks = [r for r in range(1, n // 2 + 1) if 1 - 2 * stats.binom.cdf(r - 1, n, 0.5) >= confidence]
    if not ranks:
        reason = f"{n} values are too few for an interval of the median"
        return {"n": n, "median": median, **nothing, "reason": reason}
    rank = max(ranks)
    return {
        "n": n,
        "median": median,
        "ci_low": float(given[rank - 1]),
        "ci_high": float(given[n - rank]),
        "lower_rank": rank,
        "upper_rank": n - rank + 1,
        "coverage": float(1 - 2 * stats.binom.cdf(rank - 1, n, 0.5)),
    }


def adjusted_wald_ci(successes: int, trials: int, confidence: float = 0.95) -> Figures:
    """How many of all citizens would get there, judging by these few. Agresti & Coull 1998; Sauro & Lewis 2005."""
    if trials < 1:
        nothing = {"proportion": None, "adjusted_proportion": None, "ci_low": None, "ci_high": None}
        return {**nothing, "reason": "there are no trials"}
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    n = trials + z * z
    adjusted = (successes + z * z / 2) / n
    margin = z * math.sqrt(adjusted * (1 - adjusted) / n)
    return {
        "proportion": successes / trials,
        "adjusted_proportion": adjusted,
        "ci_low": max(0.0, adjusted - margin),
        "ci_high": min(1.0, adjusted + margin),
    }


def newcombe_difference_ci(
    successes_a: int, trials_a: int, successes_b: int, trials_b: int, confidence: float = 0.95
) -> Figures:
    """By how much one share exceeds another, for two independent groups. Newcombe 1998, method 10 (Wilson's limits)."""
    if trials_a < 1 or trials_b < 1:
        return {"difference": None, "ci_low": None, "ci_high": None, "reason": "a group without trials"}
    a, b = successes_a / trials_a, successes_b / trials_b
    a_low, a_high = _wilson(successes_a, trials_a, confidence)
    b_low, b_high = _wilson(successes_b, trials_b, confidence)
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return {"difference": a - b, "ci_low": max(-1.0, low), "ci_high": min(1.0, high)}


def _wilson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    found = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def welch_t_test(group_a: Sequence[float], group_b: Sequence[float], confidence: float = 0.95) -> Figures:
    """By how much one group's mean exceeds another's, spreads allowed to differ: first - second. Welch 1947."""
    a, b = np.asarray(group_a, float), np.asarray(group_b, float)
    difference = float(a.mean() - b.mean()) if len(a) and len(b) else None
    if difference is None or min(len(a), len(b)) < 2:
        return _no_test(difference, "two values a group are needed")
    if _alike(a) and _alike(b):
        return _no_test(difference, "the values of each group are all alike")
    of_a, of_b = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (of_a + of_b) ** 2 / (of_a**2 / (len(a) - 1) + of_b**2 / (len(b) - 1))
    return _test(difference, math.sqrt(of_a + of_b), float(df), confidence)


def paired_t_test(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Figures:
    """By how much the same people differ between two occasions: first - second, pair by pair. Student 1908."""
    if len(first) != len(second):
        return _no_test(None, "pairs are needed: as many first values as second ones")
    each = np.asarray(first, float) - np.asarray(second, float)
    difference = float(each.mean()) if len(each) else None
    if difference is None or len(each) < 2:
        return _no_test(difference, "two pairs are needed")
    if _alike(each):
        return _no_test(difference, "the differences are all alike")
    return _test(difference, float(each.std(ddof=1)) / math.sqrt(len(each)), len(each) - 1, confidence)


def _alike(values: np.ndarray) -> bool:
    """Do the values differ by no more than a computer's own last digits?"""
    return bool(np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())))


def _test(difference: float, error: float, df: float, confidence: float) -> Figures:
    t = difference / error
    margin = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
    return {
        "difference": difference,
        "t": t,
        "df": df,
        "p_value": float(2 * stats.t.sf(abs(t), df)),
        "ci_low": difference - margin,
        "ci_high": difference + margin,
    }


def _no_test(difference: float | None, why: str) -> Figures:
    nothing = {"t": None, "df": None, "p_value": None, "ci_low": None, "ci_high": None}
    return {"difference": difference, **nothing, "reason": why}
