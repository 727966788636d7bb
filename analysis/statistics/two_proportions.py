"""Did more citizens get there in one service than in the other? Shares of two groups, or of the same people twice."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from analysis.statistics import Figures, nothing
from analysis.statistics.completion import wilson_ci
from studies.words import _


def n_minus_1_two_proportion_test(*, successes_a: int, trials_a: int, successes_b: int, trials_b: int) -> Figures:
    """Could two independent shares differ this much by chance? The N - 1 chi-squared test. Campbell 2007.

    To be used when every expected count is 1 or more, else Fisher's; no Yates correction.
    """
    names = ("z", "chi_square", "p_value")
    if trials_a < 1 or trials_b < 1:
        return nothing(*names, because=_("a group without trials"))
    n, pooled = trials_a + trials_b, (successes_a + successes_b) / (trials_a + trials_b)
    if pooled in (0.0, 1.0):
        return nothing(*names, because=_("everybody got there, or nobody did"))
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials_a + 1 / trials_b))
    z = (successes_a / trials_a - successes_b / trials_b) * math.sqrt((n - 1) / n) / error
    return {"z": z, "chi_square": z * z, "p_value": float(2 * stats.norm.sf(abs(z)))}


def fisher_exact_test(*, successes_a: int, trials_a: int, successes_b: int, trials_b: int) -> Figures:
    """Could two independent shares differ this much by chance? The sum of all tables no likelier. Fisher 1935."""
    table = [[successes_a, trials_a - successes_a], [successes_b, trials_b - successes_b]]
    if min(min(row) for row in table) < 0 or trials_a < 1 or trials_b < 1:
        return nothing("p_value", because=_("a group without trials"))
    return {"p_value": float(stats.fisher_exact(np.array(table), alternative="two-sided").pvalue)}


def mcnemar_exact_test(*, both_pass: int, only_a_pass: int, only_b_pass: int, neither_pass: int) -> Figures:
    """Did the same people get there more often in one of two services? Only those who did in one alone can tell.

    The exact test and its mid-p (which is less strict and closer to its level): Fagerland, Lydersen & Laake 2013. Who
    passed both or neither does not enter.
    """
    told = only_a_pass + only_b_pass
    if told == 0:
        return {"p_value": 1.0, "mid_p_value": 1.0}
    fewer = min(only_a_pass, only_b_pass)
    exact = min(1.0, float(2 * stats.binom.cdf(fewer, told, 0.5)))
    return {"p_value": exact, "mid_p_value": exact - float(stats.binom.pmf(fewer, told, 0.5))}


def newcombe_difference_ci(
    *, successes_a: int, trials_a: int, successes_b: int, trials_b: int, confidence: float = 0.95
) -> Figures:
    """By how much one share exceeds another, for two independent groups. Newcombe 1998, method 10 (Wilson's limits)."""
    if trials_a < 1 or trials_b < 1:
        return nothing("difference", "ci_low", "ci_high", because=_("a group without trials"))
    a = wilson_ci(successes=successes_a, trials=trials_a, confidence=confidence)
    b = wilson_ci(successes=successes_b, trials=trials_b, confidence=confidence)
    of_a, of_b = a["proportion"], b["proportion"]
    difference = of_a - of_b
    low = difference - math.hypot(of_a - a["ci_low"], b["ci_high"] - of_b)
    high = difference + math.hypot(a["ci_high"] - of_a, of_b - b["ci_low"])
    return {"difference": difference, "ci_low": max(-1.0, low), "ci_high": min(1.0, high)}


def agresti_caffo_difference_ci(
    *, successes_a: int, trials_a: int, successes_b: int, trials_b: int, confidence: float = 0.95
) -> Figures:
    """By how much one share exceeds another, one success and one failure added to each group. Agresti & Caffo 2000."""
    if trials_a < 1 or trials_b < 1:
        parts = ("difference", "adjusted_difference", "ci_low", "ci_high")
        return nothing(*parts, because=_("a group without trials"))
    a, b = (successes_a + 1) / (trials_a + 2), (successes_b + 1) / (trials_b + 2)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    margin = z * math.sqrt(a * (1 - a) / (trials_a + 2) + b * (1 - b) / (trials_b + 2))
    return {
        "difference": successes_a / trials_a - successes_b / trials_b,
        "adjusted_difference": a - b,
        "ci_low": max(-1.0, a - b - margin),
        "ci_high": min(1.0, a - b + margin),
    }


def bonett_price_paired_difference_ci(
    *, both_pass: int, only_a_pass: int, only_b_pass: int, neither_pass: int, confidence: float = 0.95
) -> Figures:
    """By how much more of the same people got there in A than in B, the adjusted Wald way. Bonett & Price 2012."""
    n = both_pass + only_a_pass + only_b_pass + neither_pass
    if n < 1:
        parts = ("difference", "adjusted_difference", "ci_low", "ci_high")
        return nothing(*parts, because=_("there are no pairs"))
    a, b = (only_a_pass + 1) / (n + 2), (only_b_pass + 1) / (n + 2)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    margin = z * math.sqrt((a + b - (a - b) ** 2) / (n + 2))
    return {
        "difference": (only_a_pass - only_b_pass) / n,
        "adjusted_difference": a - b,
        "ci_low": max(-1.0, a - b - margin),
        "ci_high": min(1.0, a - b + margin),
    }


def newcombe_paired_difference_ci(
    *, both_pass: int, only_a_pass: int, only_b_pass: int, neither_pass: int, confidence: float = 0.95
) -> Figures:
    """By how much more of the same people got there in A than in B, from Wilson's limits. Newcombe 1998b, method 10.

    phi, how much the two go together, is corrected for continuity only when it is positive.
    """
    n = both_pass + only_a_pass + only_b_pass + neither_pass
    if n < 1:
        return nothing("difference", "ci_low", "ci_high", because=_("there are no pairs"))
    a = wilson_ci(successes=both_pass + only_a_pass, trials=n, confidence=confidence)
    b = wilson_ci(successes=both_pass + only_b_pass, trials=n, confidence=confidence)
    of_a, of_b = a["proportion"], b["proportion"]
    margins = (both_pass + only_a_pass) * (only_b_pass + neither_pass) * (both_pass + only_b_pass)
    margins *= only_a_pass + neither_pass
    together = float(both_pass * neither_pass - only_a_pass * only_b_pass)
    together = max(together - n / 2, 0.0) if together > 0 else together
    phi = together / math.sqrt(margins) if margins else 0.0
    difference = (only_a_pass - only_b_pass) / n
    down, up = (
        _spread(of_a - a["ci_low"], b["ci_high"] - of_b, phi),
        _spread(a["ci_high"] - of_a, of_b - b["ci_low"], phi),
    )
    return {"difference": difference, "ci_low": max(-1.0, difference - down), "ci_high": min(1.0, difference + up)}


def _spread(first: float, second: float, phi: float) -> float:
    return math.sqrt(max(0.0, first**2 - 2 * phi * first * second + second**2))
