"""How long it takes: means, medians and, where some gave up, how long those who go on still wait."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from analysis.statistics import Figures, nothing
from studies.words import _, ngettext


def mean_ci(*, values: Sequence[float] | np.ndarray, confidence: float = 0.95) -> Figures:
    """The usual value and how far it may be off: the mean with its t interval (n - 1 degrees of freedom)."""
    given = np.asarray(values, float)
    n = len(given)
    if n == 0:
        return {"n": 0, **nothing("mean", "sd", "ci_low", "ci_high", because=_("there are no values"))}
    mean = float(given.mean())
    if n < 2:
        return {"n": n, **nothing("sd", "ci_low", "ci_high", because=_("one value has no interval")), "mean": mean}
    sd = float(given.std(ddof=1))
    margin = float(special.stdtrit(n - 1, 0.5 + confidence / 2)) * sd / math.sqrt(n)
    return {"n": n, "mean": mean, "sd": sd, "ci_low": mean - margin, "ci_high": mean + margin}


def geometric_mean_ci(*, times: Sequence[float], confidence: float = 0.95) -> Figures:
    """How long it usually takes, when a few take very long: the geometric mean with its t interval on the logarithms.

    Only successful attempts, all above zero. Sauro & Lewis 2010 (average task times in usability tests).
    """
    given = np.asarray(times, float)
    n = len(given)
    if n == 0 or (given <= 0).any():
        because = _("a geometric mean needs times, all above zero")
        return {"n": n, **nothing("geometric_mean", "ci_low", "ci_high", because=because)}
    logs = mean_ci(values=[float(x) for x in np.log(given)], confidence=confidence)
    if logs["ci_low"] is None:
        return {**logs, "geometric_mean": math.exp(logs["mean"]), "mean": None}
    low, high = math.exp(logs["ci_low"]), math.exp(logs["ci_high"])
    return {"n": n, "geometric_mean": math.exp(logs["mean"]), "ci_low": low, "ci_high": high}


def median_ci(*, values: Sequence[float], confidence: float = 0.95) -> Figures:
    """The middle value, with the order statistics that bracket it and the coverage that they really have.

    The largest rank r with 1 - 2 P(B <= r - 1) >= confidence, B binomial(n, 1/2). Five values or fewer have no 95 %
    interval.
    """
    given = np.sort(np.asarray(values, float))
    n = len(given)
    parts = ("ci_low", "ci_high", "lower_rank", "upper_rank", "coverage")
    if n == 0:
        return {"n": 0, **nothing("median", *parts, because=_("there are no values"))}
    median = float(np.median(given))
    # The binomial's cdf grows with r, so the ranks that hold enough are the first ones.
    ranks = np.arange(1, n // 2 + 1)
    coverage = 1 - 2 * special.bdtr(ranks - 1, n, 0.5)
    rank = int(np.count_nonzero(coverage >= confidence))
    if rank == 0:
        because = ngettext(
            "{n} value has no interval of its median",
            "{n} values have no interval of their median",
            n,
        )
        return {"n": n, "median": median, **nothing(*parts, because=because.format(n=n))}
    return {
        "n": n,
        "median": median,
        "ci_low": float(given[rank - 1]),
        "ci_high": float(given[n - rank]),
        "lower_rank": rank,
        "upper_rank": n - rank + 1,
        "coverage": float(coverage[rank - 1]),
    }


def kaplan_meier(*, durations: Sequence[float], completed: Sequence[int], confidence: float = 0.95) -> Figures:
    """What share is still at it after so long, those who gave up counted for as long as they stayed.

    Kaplan & Meier 1958. `completed` is 1 for who got there and 0 for who gave up or ran out of time, at the same time
    after those who got there. Greenwood's standard error; the interval is of log(-log S). The median is the first time
    with S <= 0.5. Who gives up would often have been slow, which the method must not know: show the share that gave up
    beside it.
    """
    times, risk, done = _table_of(durations, completed)
    if not len(times):
        parts = ("median_time",)
        because = _("nobody got there") if len(durations) else _("there are no values")
        empty: Figures = {"event_times": [], "survival": [], "standard_error": []}
        return {**empty, "ci_low_loglog": [], "ci_high_loglog": [], **nothing(*parts, because=because)}
    survival = np.cumprod(1 - done / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(done / (risk * (risk - done))))
        error = np.where(survival > 0, survival * spread, 0.0)
        z = special.ndtri(0.5 + confidence / 2)
        width = z * spread / np.abs(np.log(survival))
        low, high = survival ** np.exp(width), survival ** np.exp(-width)
    below = np.flatnonzero(survival <= 0.5 + 1e-12)
    return {
        "event_times": times.tolist(),
        "survival": survival.tolist(),
        "standard_error": [e if s > 0 else None for e, s in zip(error.tolist(), survival.tolist(), strict=True)],
        "ci_low_loglog": [x if s > 0 else None for x, s in zip(low.tolist(), survival.tolist(), strict=True)],
        "ci_high_loglog": [x if s > 0 else None for x, s in zip(high.tolist(), survival.tolist(), strict=True)],
        "median_time": float(times[below[0]]) if len(below) else None,
    }


def restricted_mean_time(*, durations: Sequence[float], completed: Sequence[int], tau: float) -> Figures:
    """How long it takes on average within the first `tau`: the area under the share that is still at it.

    Variance: sum of A² d / (n (n - d)), A being the area from each time to tau. Irwin 1949; Royston & Parmar 2013. tau
    may not pass the longest time observed.
    """
    if not len(durations) or tau <= 0 or tau > max(durations) + 1e-12:
        because = _("tau must lie within what was observed")
        return nothing("restricted_mean", "standard_error", because=because)
    times, risk, done = _table_of(durations, completed)
    within = times <= tau
    times, risk, done = times[within], risk[within], done[within]
    survival = np.concatenate([[1.0], np.cumprod(1 - done / risk)])
    edges = np.concatenate([[0.0], times, [tau]])
    areas = survival * np.diff(edges)
    left = np.cumsum(areas[::-1])[::-1][1:]  # the area from each event time to tau
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(left > 0, left**2 * done / (risk * (risk - done)), 0.0)
    return {"restricted_mean": float(areas.sum()), "standard_error": float(np.sqrt(parts.sum()))}


def _table_of(durations: Sequence[float], completed: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The times at which somebody got there, how many were still at it just before, and how many got there."""
    if len(durations) != len(completed):
        raise ValueError("as many durations as it is said whether they were completed")
    given, ended = np.asarray(durations, float), np.asarray(completed, bool)
    times, done = np.unique(given[ended], return_counts=True)
    risk = np.array([np.count_nonzero(given >= t) for t in times], float)
    return times, risk, done.astype(float)
