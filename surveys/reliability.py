"""Do the items of a questionnaire measure one thing? Cronbach's alpha with its interval, and what each item adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from studies.words import _
from surveys.scoring._figures import checked, is_number


def cronbach_alpha(*, item_matrix: Sequence[Sequence[Any]], confidence: float = 0.95) -> dict[str, Any]:
    """Internal consistency of items that all point the same way, with Feldt's interval (1965).

    k/(k-1) (1 - sum of the items' variances / variance of the total), n - 1 below throughout; who left an item out is
    not counted. `standardized_alpha` is k r/(1 + (k-1) r) of the mean correlation r, none where r = -1/(k-1). A
    negative alpha is reported as it is: an item is then coded the wrong way round.
    """
    answers, empty = (
        _complete(item_matrix),
        {"alpha": None, "ci_low": None, "ci_high": None, "standardized_alpha": None},
    )
    n, k = answers.shape
    if k < 2:
        return empty | {"n": n, "reason": _("alpha needs two items or more")}
    if n < 2:
        return empty | {"n": n, "reason": _("alpha needs two persons or more who answered every item")}
    total = float(answers.sum(axis=1).var(ddof=1))
    if total <= 1e-12:
        return empty | {"n": n, "reason": _("everyone's total is the same")}
    alpha = k / (k - 1) * (1 - float(answers.var(axis=0, ddof=1).sum()) / total)
    tail = (1 - checked(confidence)) / 2
    high, low = (float(fdtri(n - 1, (n - 1) * (k - 1), p)) for p in (tail, 1 - tail))
    found: dict[str, Any] = {
        "alpha": alpha,
        "ci_low": 1 - (1 - alpha) * low,
        "ci_high": 1 - (1 - alpha) * high,
        "standardized_alpha": _standardized(answers),
        "n": n,
        "items": k,
    }
    if alpha < 0:
        found["warning"] = _("alpha is negative: look whether every item is coded the same way round")
    return found


def item_total(*, item_matrix: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """What each item adds: its correlation with the sum of the others, and alpha without it; None where undefined."""
    answers = _complete(item_matrix)
    n, k = answers.shape
    if n < 2 or k < 2:
        why = _("item analysis needs two items or more, and two persons or more who answered them all")
        return {"corrected_item_total_correlation": [None] * k, "alpha_if_deleted": [None] * k, "n": n, "reason": why}
    correlations, alphas = [], []
    for item in range(k):
        others = np.delete(answers, item, axis=1)
        correlations.append(_correlation(answers[:, item], others.sum(axis=1)))
        alphas.append(cronbach_alpha(item_matrix=others.tolist())["alpha"])
    return {"corrected_item_total_correlation": correlations, "alpha_if_deleted": alphas, "n": n}


def _complete(item_matrix: Sequence[Sequence[Any]]) -> NDArray[np.float64]:
    wide = max((len(row) for row in item_matrix), default=0)
    rows = [row for row in item_matrix if len(row) == wide and all(is_number(answer) for answer in row)]
    return np.array(rows, dtype=float).reshape(len(rows), wide)


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 1e-12 else None


def _standardized(answers: NDArray[np.float64]) -> float | None:
    k = answers.shape[1]
    pairs = [_correlation(answers[:, i], answers[:, j]) for i in range(k) for j in range(i)]
    if any(pair is None for pair in pairs):
        return None
    mean = float(np.mean([pair for pair in pairs if pair is not None]))
    below = 1 + (k - 1) * mean
    return k * mean / below if below > 1e-12 else None
