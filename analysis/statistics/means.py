"""Do groups differ on average? Means of two groups, of the same people twice, and of several groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import special

from analysis.statistics import Figures, nothing
from studies.words import _

_TEST = ("t", "df", "p_value", "ci_low", "ci_high")


def welch_t_test(*, group_a: Sequence[float], group_b: Sequence[float], confidence: float = 0.95) -> Figures:
    """By how much one group's mean exceeds another's, spreads allowed to differ: first - second. Welch 1947."""
    a, b = np.asarray(group_a, float), np.asarray(group_b, float)
    difference = float(a.mean() - b.mean()) if len(a) and len(b) else None
    if difference is None or min(len(a), len(b)) < 2:
        return _no_test(difference, _("two values a group are needed"))
    if alike(a) and alike(b):
        return _no_test(difference, _("the values of each group are all alike"))
    of_a, of_b = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (of_a + of_b) ** 2 / (of_a**2 / (len(a) - 1) + of_b**2 / (len(b) - 1))
    return _tested(difference, math.sqrt(of_a + of_b), float(df), confidence)


def paired_t_test(*, first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Figures:
    """By how much the same people differ between two occasions: first - second, pair by pair. Student 1908."""
    if len(first) != len(second):
        return _no_test(None, _("pairs are needed: as many first values as second ones"))
    each = np.asarray(first, float) - np.asarray(second, float)
    difference = float(each.mean()) if len(each) else None
    if difference is None or len(each) < 2:
        return _no_test(difference, _("two pairs are needed"))
    if alike(each):
        return _no_test(difference, _("the differences are all alike"))
    return _tested(difference, float(each.std(ddof=1)) / math.sqrt(len(each)), len(each) - 1, confidence)


def one_way_anova(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do several groups differ on average, spreads alike? Eta squared is the share of the spread that they explain."""
    given = [np.asarray(values, float) for values in groups.values()]
    names = ("f", "df_between", "df_within", "p_value", "eta_squared")
    if len(given) < 2 or min(len(g) for g in given) < 1 or sum(map(len, given)) <= len(given):
        return nothing(*names, because=_("two groups with values are needed"))
    everyone = np.concatenate(given)
    between = sum(len(g) * (g.mean() - everyone.mean()) ** 2 for g in given)
    within = sum(((g - g.mean()) ** 2).sum() for g in given)
    if within <= 1e-12 * max(1.0, float((everyone**2).sum())):
        return nothing(*names, because=_("the values of each group are all alike"))
    df_between, df_within = len(given) - 1, len(everyone) - len(given)
    f = float((between / df_between) / (within / df_within))
    p = float(special.fdtrc(df_between, df_within, f))
    eta = float(between / (between + within))
    return {"f": f, "df_between": df_between, "df_within": df_within, "p_value": p, "eta_squared": eta}


def welch_anova(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do several groups differ on average, spreads allowed to differ? Welch 1951."""
    given = [np.asarray(values, float) for values in groups.values()]
    names = ("f", "df_between", "df_within", "p_value")
    if len(given) < 2 or min(len(g) for g in given) < 2:
        return nothing(*names, because=_("two values a group are needed"))
    if any(alike(g) for g in given):
        return nothing(*names, because=_("the values of a group are all alike"))
    k = len(given)
    n = np.array([len(g) for g in given])
    means = np.array([g.mean() for g in given])
    weights = n / np.array([g.var(ddof=1) for g in given])
    mean = (weights * means).sum() / weights.sum()
    spread = ((1 - weights / weights.sum()) ** 2 / (n - 1)).sum()
    f = ((weights * (means - mean) ** 2).sum() / (k - 1)) / (1 + 2 * (k - 2) / (k * k - 1) * spread)
    within = (k * k - 1) / (3 * spread)
    p = float(special.fdtrc(k - 1, within, f))
    return {"f": float(f), "df_between": k - 1, "df_within": float(within), "p_value": p}


def alike(values: np.ndarray) -> bool:
    """Do the values differ by no more than a computer's own last digits?"""
    return bool(np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())))


def _tested(difference: float, error: float, df: float, confidence: float) -> Figures:
    t = difference / error
    margin = float(special.stdtrit(df, 0.5 + confidence / 2)) * error
    return {
        "difference": difference,
        "t": t,
        "df": df,
        "p_value": float(2 * special.stdtr(df, -abs(t))),
        "ci_low": difference - margin,
        "ci_high": difference + margin,
    }


def _no_test(difference: float | None, why: str) -> Figures:
    return {"difference": difference, **nothing(*_TEST, because=why)}
