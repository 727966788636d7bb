"""Which services may be told apart: a funnel plot's limits, more spread than chance, ranks and their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy import special, stats

from analysis.statistics import Figures, nothing
from analysis.statistics.families import holm_adjustment
from studies.words import _


def funnel_limits_exact(
    *,
    target_proportion: float,
    denominators: Sequence[int],
    probabilities: Sequence[float] = (0.001, 0.025, 0.975, 0.999),
) -> Figures:
    """Where a service of so many cases would stand by chance alone: binomial limits, interpolated. Spiegelhalter 2005.

    A row a denominator, a limit a probability: r = ppf(p), alpha = (F(r) - p) / (F(r) - F(r - 1)), (r - alpha) / n.
    """
    if not 0 < target_proportion < 1 or min(denominators, default=0) < 1:
        return nothing("limits", because=_("a share between 0 and 1 and cases are needed"))
    n, p = np.asarray(denominators)[:, None], np.asarray(probabilities)[None, :]
    r = stats.binom.ppf(p, n, target_proportion)
    at, before = (stats.binom.cdf(x, n, target_proportion) for x in (r, r - 1))
    rows = np.clip((r - (at - p) / (at - before)) / n, 0.0, 1.0).tolist()
    return {"limits": rows}


def funnel_limits_normal(
    *, target_proportion: float, denominators: Sequence[int], z_values: Sequence[float], phi: float = 1.0
) -> Figures:
    """The limits by the normal curve, widened by an overdispersion phi; not cut off, so that rough ones show."""
    if not 0 < target_proportion < 1 or min(denominators, default=0) < 1 or phi < 0:
        return nothing("limits", because=_("a share between 0 and 1 and cases are needed"))
    one = math.sqrt(phi * target_proportion * (1 - target_proportion))
    return {"limits": [[target_proportion + z * one / math.sqrt(n) for z in z_values] for n in denominators]}


def funnel_overdispersion(
    *, numerators: Sequence[int], denominators: Sequence[int], winsorise: float = 0.1, transform: str = "none"
) -> Figures:
    """Do services differ more than chance would have it? Spiegelhalter 2005.

    phi is the mean of squared z after the outermost share on either side is pulled in (`winsorise`; quantile type 7);
    tau² is the services' own variance, 0 where chance suffices. z is of shares, or of their arcsine roots.
    """
    names = ("target", "z_scores", "phi", "tau_squared")
    x, n = np.asarray(numerators, float), np.asarray(denominators, float)
    if len(x) < 2 or len(x) != len(n) or n.min() < 1:
        return nothing(*names, because=_("two services with cases are needed"))
    target = float(x.sum() / n.sum())
    if not 0 < target < 1:
        return nothing(*names, because=_("everybody got there, or nobody did"))
    match transform:
        case "none":
            error = np.sqrt(target * (1 - target) / n)
            z = (x / n - target) / error
        case "arcsine":
            error = 1 / (2 * np.sqrt(n))
            z = (np.arcsin(np.sqrt(x / n)) - math.asin(math.sqrt(target))) / error
        case _:
            raise ValueError(f"{transform} is no transform; there are none and arcsine")
    low, high = np.quantile(z, [winsorise, 1 - winsorise])
    phi = float((np.clip(z, low, high) ** 2).mean())
    count, weights = len(z), 1 / error**2
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    tau = (count * phi - (count - 1)) / spread if count * phi > count - 1 else 0.0
    return {"target": target, "z_scores": z.tolist(), "phi": phi, "tau_squared": float(tau)}


def expected_ranks_beta(*, events: Sequence[int], trials: Sequence[int]) -> Figures:
    """Where each service would stand on average, rank 1 the lowest rate: 1 + sum of P(another's rate is lower).

    Independent Beta(x + 1, n - x + 1). Goldstein & Spiegelhalter 1996; Marshall & Spiegelhalter 1998. By quadrature.
    """
    x, n = np.asarray(events, float), np.asarray(trials, float)
    if len(x) == 0 or len(x) != len(n) or (n < x).any() or x.min() < 0:
        return nothing("expected_ranks", because=_("services with cases are needed"))
    a, b = x + 1, n - x + 1
    shares = (np.arange(400) + 0.5) / 400
    ranks = []
    for i in range(len(x)):
        rates = special.betaincinv(a[i], b[i], shares)
        lower = special.betainc(a[:, None], b[:, None], rates[None, :]).mean(1)
        ranks.append(float(1 + lower.sum() - lower[i]))
    return {"expected_ranks": ranks}


def rank_intervals_pairwise(
    *,
    estimates: Sequence[float],
    standard_errors: Sequence[float],
    higher_is_better: bool = True,
    confidence: float = 0.95,
) -> Figures:
    """Between which ranks each service may stand: 1 + those significantly better, to all less those worse.

    z tests of all pairs, adjusted by Holm; services that cannot be told apart share places.
    """
    count = len(estimates)
    pairs = list(combinations(range(count), 2))
    if count < 1 or len(standard_errors) != count or min(standard_errors) < 0:
        return nothing("rank_low", "rank_high", because=_("an estimate and its standard error a service are needed"))
    p_values = []
    for i, j in pairs:
        error, apart = math.hypot(standard_errors[i], standard_errors[j]), abs(estimates[i] - estimates[j])
        p_values.append(float(2 * stats.norm.sf(apart / error)) if error else float(apart == 0))
    better, worse = [0] * count, [0] * count
    for (i, j), p in zip(pairs, holm_adjustment(p_values=p_values)["adjusted"], strict=True):
        if p < 1 - confidence:
            ahead, behind = (i, j) if (estimates[i] > estimates[j]) == higher_is_better else (j, i)
            better[behind] += 1
            worse[ahead] += 1
    return {"rank_low": [1 + k for k in better], "rank_high": [count - k for k in worse]}
