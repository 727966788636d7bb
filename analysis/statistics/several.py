"""Does anything differ at all among three conditions or more? One question before any pair is looked at.

p is found by shuffling who met what (999 times, seeded), which keeps its level with few people whatever the shape; with
many, from the statistic's own distribution. Shuffling a statistic that allows for spreads: Chung & Romano 2013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy import stats

from analysis.statistics import Figures, nothing
from analysis.statistics.means import welch_anova
from studies.words import _

SHUFFLES: Final = 999
#: values in all, beyond which a statistic's own distribution is near enough
MANY: Final = 300


def friedman_test(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do the same people rank several conditions differently? Friedman 1937, corrected for ties."""
    rows = _people(groups)
    if rows is None:
        return nothing("chi_square", "df", "p_value", because=_("two people or more in every condition are needed"))
    ranks = np.apply_along_axis(stats.rankdata, 1, rows)
    if not ranks.var(1).any():
        return nothing("chi_square", "df", "p_value", because=_("all values are alike"))
    return _of_the_same(ranks)


def cochran_q_test(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do the same people get there more often under one of several conditions? Cochran 1950; values are 0 and 1."""
    rows = _people(groups)
    if rows is None:
        return nothing("chi_square", "df", "p_value", because=_("two people or more in every condition are needed"))
    if not rows.var(1).any():
        return nothing("chi_square", "df", "p_value", because=_("everybody fared alike under every condition"))
    return _of_the_same(rows)


def same_people_means(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do the means of several conditions differ that the same people met? Each compared with their own level.

    Ordered as by the F of repeated measures; shuffled within each person, so that no sphericity is assumed. With many
    people the distribution is that of Friedman's statistic of the values instead of their ranks.
    """
    rows = _people(groups)
    if rows is None:
        return nothing("chi_square", "df", "p_value", because=_("two people or more in every condition are needed"))
    if not rows.var(1).any():
        return nothing("chi_square", "df", "p_value", because=_("all values are alike"))
    return _of_the_same(rows)


def several_shares_test(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do shares of several groups differ? Pearson's chi-squared with N - 1; values are 0 and 1. Campbell 2007."""
    return _of_others(groups, ranked=False)


def several_ranks_test(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do several groups differ by the ranks of their values? Kruskal & Wallis 1952, shuffled where there are few."""
    return _of_others(groups, ranked=True)


def several_means_test(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Do means of several groups differ, spreads allowed to? Welch's F (1951), shuffled where there are few."""
    found = welch_anova(groups=groups)
    sizes = [len(values) for values in groups.values()]
    if found["p_value"] is None or sum(sizes) > MANY:
        return found
    seen = float(found["f"])
    pooled = np.concatenate([np.asarray(values, float) for values in groups.values()])
    shuffled = np.random.default_rng(len(pooled)).permuted(np.tile(pooled, (SHUFFLES, 1)), axis=1)
    return {**found, "p_value": _share_as_far_out(_welch_f(shuffled, sizes), seen)}


def _welch_f(rows: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    parts = np.split(rows, np.cumsum(sizes)[:-1], axis=1)
    n, k = np.array(sizes, float), len(sizes)
    means = np.stack([part.mean(1) for part in parts], 1)
    spreads = np.stack([part.var(1, ddof=1) for part in parts], 1)
    weights = n / np.maximum(spreads, 1e-12)
    whole = weights.sum(1, keepdims=True)
    middle = (weights * means).sum(1, keepdims=True) / whole
    between = (weights * (means - middle) ** 2).sum(1) / (k - 1)
    unsure = ((1 - weights / whole) ** 2 / (n - 1)).sum(1)
    return np.asarray(between / (1 + 2 * (k - 2) / (k * k - 1) * unsure))


def _of_the_same(rows: np.ndarray) -> Figures:
    """(k - 1) times the spread of the conditions' sums over the mean spread within a person."""
    people, k = rows.shape
    centred = rows - rows.mean(1, keepdims=True)
    scale = (centred**2).sum() / (k - 1)
    q = float((centred.sum(0) ** 2).sum() / scale)
    found = {"chi_square": q, "df": k - 1, "p_value": float(stats.chi2.sf(q, k - 1))}
    if rows.size > MANY:
        return found
    rng = np.random.default_rng(people)
    shuffled = rng.permuted(np.tile(centred, (SHUFFLES, 1, 1)), axis=2)
    return {**found, "p_value": _share_as_far_out((shuffled.sum(1) ** 2).sum(1) / scale, q)}


def _of_others(groups: Mapping[str, Sequence[float]], ranked: bool) -> Figures:
    given = [np.asarray(values, float) for values in groups.values()]
    if len(given) < 2 or min(map(len, given)) < 1:
        return nothing("chi_square", "df", "p_value", because=_("two groups with values are needed"))
    pooled = np.concatenate(given)
    if np.ptp(pooled) == 0:
        return nothing("chi_square", "df", "p_value", because=_("all values are alike"))
    values = stats.rankdata(pooled) if ranked else pooled
    values = values - values.mean()
    scale = float((values**2).sum()) / (len(values) - 1)
    sizes = [len(one) for one in given]

    def spread(rows: np.ndarray) -> np.ndarray:
        parts = np.split(rows, np.cumsum(sizes)[:-1], axis=1)
        sums = [part.sum(1) ** 2 / n for part, n in zip(parts, sizes, strict=True)]
        return np.asarray(np.sum(sums, axis=0) / scale)

    h = float(spread(values[None, :])[0])
    found = {"chi_square": h, "df": len(given) - 1, "p_value": float(stats.chi2.sf(h, len(given) - 1))}
    if len(values) > MANY:
        return found
    shuffled = np.random.default_rng(len(values)).permuted(np.tile(values, (SHUFFLES, 1)), axis=1)
    return {**found, "p_value": _share_as_far_out(spread(shuffled), h)}


def _share_as_far_out(shuffled: np.ndarray, seen: float) -> float:
    """What was seen counts as one of the shuffles, so that p is never nothing. Phipson & Smyth 2010."""
    return float((1 + (shuffled >= seen * (1 - 1e-9)).sum()) / (1 + len(shuffled)))


def _people(groups: Mapping[str, Sequence[float]]) -> np.ndarray | None:
    """A row a person, a column a condition; None where that cannot be."""
    sizes = {len(values) for values in groups.values()}
    if len(groups) < 2 or len(sizes) != 1 or sizes.pop() < 2:
        return None
    return np.column_stack([np.asarray(values, float) for values in groups.values()])
