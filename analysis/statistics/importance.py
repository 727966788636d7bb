"""Which of several things goes along with satisfaction most. Association: not what to mend first."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from math import factorial
from typing import Final

import numpy as np

from analysis.statistics import Figures, nothing
from studies.words import _

#: Up to how many predictors all their orders are averaged; beyond, so many orders are drawn.
ALL_ORDERS: Final = 15
DRAWN: Final = 2000


def lmg_relative_importance(
    *, response: Sequence[float], predictors: Mapping[str, Sequence[float]], seed: int = 0
) -> Figures:
    """How much of R² each predictor brings, averaged over all orders of bringing them in.

    Lindeman, Merenda & Gold 1980. The parts sum to R².
    """
    names = list(predictors)
    r = _correlations(response, predictors)
    if r is None:
        return nothing("r_squared", "lmg", because=_("values that differ are needed, more of them than predictors"))

    @cache
    def explained(chosen: frozenset[int]) -> float:
        if not chosen:
            return 0.0
        places = sorted(chosen)
        within, with_response = r[np.ix_(places, places)], r[places, -1]
        return float(with_response @ np.linalg.lstsq(within, with_response, rcond=None)[0])

    p = len(names)
    brings = np.zeros(p)
    if p <= ALL_ORDERS:
        for k in range(p):
            others = [i for i in range(p) if i != k]
            for m in range(p):
                weight = factorial(m) * factorial(p - 1 - m) / factorial(p)
                for chosen in combinations(others, m):
                    before = frozenset(chosen)
                    brings[k] += weight * (explained(before | {k}) - explained(before))
    else:
        draw = random.Random(seed)
        for _order in range(DRAWN):
            before = frozenset[int]()
            for k in draw.sample(range(p), p):
                brings[k] += (explained(before | {k}) - explained(before)) / DRAWN
                before |= {k}
    everything = explained(frozenset(range(p)))
    return {"r_squared": everything, "lmg": dict(zip(names, brings.tolist(), strict=True))}


def johnson_relative_weights(*, response: Sequence[float], predictors: Mapping[str, Sequence[float]]) -> Figures:
    """How much of R² each predictor brings, by way of their nearest uncorrelated likenesses. Johnson 2000.

    L is the symmetric root of the predictors' correlations (not Cholesky's), w = L² (L⁻¹ r)². The parts sum to R².
    """
    names = list(predictors)
    r = _correlations(response, predictors)
    because = _("values that differ are needed, more of them than predictors")
    if r is None:
        return nothing("r_squared", "weights", because=because)
    values, vectors = np.linalg.eigh(r[:-1, :-1])
    if values.min() <= 1e-12:
        because = _("one predictor is made of the others")
        return nothing("r_squared", "weights", because=because)
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    b = np.linalg.solve(root, r[:-1, -1])
    weights = (root**2) @ (b**2)
    return {"r_squared": float(weights.sum()), "weights": dict(zip(names, weights.tolist(), strict=True))}


def _correlations(response: Sequence[float], predictors: Mapping[str, Sequence[float]]) -> np.ndarray | None:
    """The correlations of the predictors, the response last; None where something never varies."""
    columns = np.column_stack([*(np.asarray(c, float) for c in predictors.values()), np.asarray(response, float)])
    if not predictors or len(columns) < columns.shape[1] + 1 or (np.ptp(columns, axis=0) == 0).any():
        return None
    return np.asarray(np.corrcoef(columns, rowvar=False))
