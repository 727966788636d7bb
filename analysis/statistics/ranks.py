"""Do groups differ, when only the order of the values may be trusted? Ratings and skewed times, by their ranks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from analysis.statistics import Figures, nothing
from studies.words import _

METHODS = ("exact", "asymptotic", "asymptotic_continuity")


def mann_whitney_test(*, group_a: Sequence[float], group_b: Sequence[float], method: str = "exact") -> Figures:
    """How often one of group a exceeds one of group b, and could that be chance? Mann & Whitney 1947.

    U of group a; U / (mn) is the probability of superiority, ties counted half. `exact` counts all ways to share out
    the ranks, ties included; the asymptotic variance is corrected for ties. It is no test of medians.
    """
    _known(method)
    a, b = np.asarray(group_a, float), np.asarray(group_b, float)
    m, n = len(a), len(b)
    if not m or not n:
        parts = ("u_statistic", "p_value", "probability_of_superiority")
        return nothing(*parts, because=_("a group without values"))
    ranks = stats.rankdata(np.concatenate([a, b]))
    u = float(ranks[:m].sum() - m * (m + 1) / 2)
    p: float | None
    if method == "exact":
        p = _exact(np.rint(2 * ranks).astype(int), round(2 * float(ranks[:m].sum())), chosen=m)
    else:
        _values, ties = np.unique(ranks, return_counts=True)
        total = m + n
        variance = m * n / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1)))
        p = _normal(u - m * n / 2, float(variance), method)
    found = {"u_statistic": u, "p_value": p, "probability_of_superiority": u / (m * n)}
    return found if p is not None else {**found, "reason": _("all values are alike")}


def wilcoxon_signed_rank_test(*, first: Sequence[float], second: Sequence[float], method: str = "exact") -> Figures:
    """Did the same people rate higher the first time than the second? V is the sum of the positive ranks.

    Wilcoxon 1945. Pairs without a difference are dropped. Differences are rounded to ten decimals, since float noise
    breaks ties.
    """
    _known(method)
    names = ("v_statistic", "p_value")
    if len(first) != len(second):
        return {
            **nothing(*names, because=_("pairs are needed: as many first values as second ones")),
            "n_nonzero": None,
        }
    each = np.round(np.asarray(first, float) - np.asarray(second, float), 10)
    each = each[each != 0]
    n = len(each)
    if n == 0:
        return {**nothing(*names, because=_("no pair differs")), "n_nonzero": 0}
    ranks = stats.rankdata(np.abs(each))
    v = float(ranks[each > 0].sum())
    p: float | None
    if method == "exact":
        p = _exact(np.rint(2 * ranks).astype(int), round(2 * v))
    else:
        p = _normal(v - n * (n + 1) / 4, float((ranks**2).sum()) / 4, method)
    return {"v_statistic": v, "n_nonzero": n, "p_value": p}


def kruskal_wallis(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do several groups differ by the ranks of their values? Corrected for ties. Kruskal & Wallis 1952."""
    given = [list(values) for values in groups.values()]
    if len(given) < 2 or min(len(g) for g in given) < 1:
        return nothing("h", "df", "p_value", because=_("two groups with values are needed"))
    if len({value for g in given for value in g}) < 2:
        return nothing("h", "df", "p_value", because=_("all values are alike"))
    found = stats.kruskal(*given)
    return {"h": float(found.statistic), "df": len(given) - 1, "p_value": float(found.pvalue)}


def kendall_tau(*, first: Sequence[float], second: Sequence[float]) -> Figures:
    """Do two orders agree? Tau-b: 1 the same order, -1 the opposite one; ties are allowed for. Kendall 1945.

    p is exact without ties and for few pairs, else by the normal approximation.
    """
    names = ("tau", "p_value")
    if len(first) != len(second) or len(first) < 2:
        return {**nothing(*names, because=_("two or more pairs are needed")), "n": min(len(first), len(second))}
    if len(set(first)) < 2 or len(set(second)) < 2:
        return {**nothing(*names, because=_("all values are alike")), "n": len(first)}
    found = stats.kendalltau(np.asarray(first, float), np.asarray(second, float), variant="b")
    return {"tau": float(found.statistic), "p_value": float(found.pvalue), "n": len(first)}


def _known(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"{method} is no method; there are {', '.join(METHODS)}")


def _normal(distance: float, variance: float, method: str) -> float | None:
    if variance <= 0:
        return None
    step = 0.5 if method == "asymptotic_continuity" else 0.0
    return min(1.0, float(2 * stats.norm.sf(max(0.0, abs(distance) - step) / math.sqrt(variance))))


def _exact(ranks: np.ndarray, total: int, chosen: int | None = None) -> float:
    """How likely a sum of ranks is at least as far out, over all choices of so many (or of any number) of them.

    Ranks are doubled, so that those of ties are whole. Counting is by sums, in floats: the shares are what matters.
    """
    most = int(ranks.sum())
    rows = 1 if chosen is None else chosen + 1
    ways = np.zeros((rows, most + 1))
    ways[0, 0] = 1.0
    for done, rank in enumerate(ranks, start=1):
        if chosen is None:
            ways[0, rank:] = ways[0, rank:] + ways[0, :-rank]
        else:
            for k in range(min(done, chosen), 0, -1):
                ways[k, rank:] += ways[k - 1, :-rank]
        ways /= ways.max()  # so that 2^n stays within a float
    shares = ways[-1] / ways[-1].sum()
    below, above = shares[: total + 1].sum(), shares[total:].sum()
    return min(1.0, float(2 * min(below, above)))
