"""What may still be claimed when several comparisons are shown together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from analysis.statistics import Figures
from analysis.statistics.means import welch_t_test


def holm_adjustment(*, p_values: Sequence[float | None]) -> Figures:
    """p values as they count within their family, in the order given; one that is None stays so. Holm 1979.

    Step-down with a running maximum. The family is all comparisons that are shown together.
    """
    told = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(told):
        highest = max(highest, min(1.0, (len(told) - rank) * p))
        adjusted[place] = highest
    return {"adjusted": adjusted}


def pairwise_welch_holm(*, groups: Mapping[str, Sequence[float]]) -> Figures:
    """Which of several groups differ: Welch's test of each pair, adjusted by Holm, as `first|second` in their order."""
    pairs = list(combinations(groups, 2))
    tests = [welch_t_test(group_a=groups[a], group_b=groups[b])["p_value"] for a, b in pairs]
    adjusted = holm_adjustment(p_values=tests)["adjusted"]
    return {f"{a}|{b}": p for (a, b), p in zip(pairs, adjusted, strict=True)}
