"""How many of all citizens would get there, judging by these few."""

from __future__ import annotations

from typing import Literal

from scipy import stats

from analysis.statistics import Figures, nothing
from studies.measuring.shares import adjusted_wald
from studies.words import _


def adjusted_wald_ci(*, successes: int, trials: int, confidence: float = 0.95) -> Figures:
    """The share of successes with the interval that serves small samples best.

    Agresti & Coull 1998; Sauro & Lewis 2005. z²/2 successes and z²/2 failures are added: 2 and 4 are right at
    95 % only, and only roughly.
    """
    if wrong := _impossible(successes, trials):
        return nothing("proportion", "adjusted_proportion", "ci_low", "ci_high", because=wrong)
    adjusted, low, high = adjusted_wald(successes, trials, confidence)
    return {
        "proportion": successes / trials,
        "adjusted_proportion": adjusted,
        "ci_low": low,
        "ci_high": high,
    }


def wilson_ci(*, successes: int, trials: int, confidence: float = 0.95) -> Figures:
    """The share of successes with Wilson's score interval, without continuity correction. Newcombe 1998."""
    return _binomial(successes, trials, confidence, "wilson")


def clopper_pearson_ci(*, successes: int, trials: int, confidence: float = 0.95) -> Figures:
    """The share of successes with the exact interval, each tail holding half at most. Clopper & Pearson 1934."""
    return _binomial(successes, trials, confidence, "exact")


def laplace_estimate(*, successes: int, trials: int) -> Figures:
    """The share to expect when all or none of a few got there: (x + 1) / (n + 2). Lewis & Sauro 2006.

    To be shown beside the observed share, not instead of it.
    """
    if trials < 0 or not 0 <= successes <= trials:
        return nothing("laplace", because=_impossible(successes, trials))
    return {"laplace": (successes + 1) / (trials + 2)}


def _binomial(successes: int, trials: int, confidence: float, method: Literal["wilson", "exact"]) -> Figures:
    if wrong := _impossible(successes, trials):
        return nothing("proportion", "ci_low", "ci_high", because=wrong)
    low, high = stats.binomtest(successes, trials).proportion_ci(confidence, method=method)
    return {"proportion": successes / trials, "ci_low": max(0.0, float(low)), "ci_high": min(1.0, float(high))}


def _impossible(successes: int, trials: int) -> str:
    if trials < 1:
        return _("there are no trials")
    return "" if 0 <= successes <= trials else _("there are more successes than trials, or fewer than none")
