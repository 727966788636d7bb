"""Do those who judge agree? Raters of services, coders of answers, evaluators who list problems."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analysis.statistics import Figures, nothing
from studies.words import _


def icc(*, ratings_matrix: Sequence[Sequence[float]]) -> Figures:
    """How much of the ratings' spread is the rated things' own: the six intraclass correlations. Shrout & Fleiss 1979.

    Rows are what was rated, columns the raters. For raters as a sample and absolute agreement: icc2, icc2k. Negative
    values are told as they are.
    """
    names = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
    given = np.asarray(ratings_matrix, float)
    if given.ndim != 2 or min(given.shape) < 2:
        return nothing(*names, because=_("two things rated by two raters are needed"))
    n, k = given.shape
    rows, columns, mean = given.mean(1), given.mean(0), given.mean()
    between = k * ((rows - mean) ** 2).sum()
    raters = n * ((columns - mean) ** 2).sum()
    total = ((given - mean) ** 2).sum()
    bms, jms = between / (n - 1), raters / (k - 1)
    wms = (total - between) / (n * (k - 1))
    ems = (total - between - raters) / ((n - 1) * (k - 1))
    single = {
        "icc1": (bms - wms, bms + (k - 1) * wms),
        "icc2": (bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        "icc3": (bms - ems, bms + (k - 1) * ems),
        "icc1k": (bms - wms, bms),
        "icc2k": (bms - ems, bms + (jms - ems) / n),
        "icc3k": (bms - ems, bms),
    }
    if not total:
        return nothing(*names, because=_("all ratings are alike"))
    return {name: float(above / below) if below else None for name, (above, below) in single.items()}


def cohen_kappa(*, confusion_matrix: Sequence[Sequence[float]], weights: str = "none") -> Figures:
    """How far two raters agree beyond chance: 1 less weighted disagreement over that by chance. Cohen 1960, 1968."""
    given = np.asarray(confusion_matrix, float)
    k = len(given)
    far = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    match weights:
        case "none":
            w = (far > 0).astype(float)
        case "linear":
            w = far.astype(float)
        case "quadratic":
            w = far.astype(float) ** 2
        case _:
            raise ValueError(f"{weights} are no weights; there are none, linear, quadratic")
    total = given.sum()
    if given.ndim != 2 or given.shape != (k, k) or total <= 0:
        return nothing("kappa", because=_("two raters' counts are needed, a row and a column for each category"))
    chance = np.outer(given.sum(1), given.sum(0)) / total
    expected = (w * chance).sum()
    if expected == 0:
        return nothing("kappa", because=_("both raters put everything into one category"))
    return {"kappa": float(1 - (w * given).sum() / expected)}


def fleiss_kappa(*, category_counts: Sequence[Sequence[int]]) -> Figures:
    """How far several raters agree beyond chance. A row is what was rated, a column how many chose it. Fleiss 1971."""
    given = np.asarray(category_counts, float)
    if given.ndim != 2 or not len(given):
        return nothing("kappa", because=_("there is nothing rated"))
    raters = given.sum(1)
    if raters.min() != raters.max() or raters[0] < 2:
        return nothing("kappa", because=_("everything must be rated by the same number of raters, two or more"))
    m = raters[0]
    agreed = float(((given**2).sum(1) - m).mean() / (m * (m - 1)))
    chance = float(((given.sum(0) / given.sum()) ** 2).sum())
    if chance >= 1 - 1e-15:
        return nothing("kappa", because=_("all raters put everything into one category"))
    return {"kappa": (agreed - chance) / (1 - chance)}


def any_two_agreement(*, problem_sets: Sequence[Sequence[str]]) -> Figures:
    """How many of the problems that two evaluators found did both find, on average. Hertzum & Jacobsen 2001.

    Pairs who found nothing at all are skipped, and counted in `pairs_skipped`.
    """
    found = [set(problems) for problems in problem_sets]
    shares = [len(a & b) / len(a | b) for a, b in combinations(found, 2) if a | b]
    skipped = len(found) * (len(found) - 1) // 2 - len(shares)
    if not shares:
        because = _("two evaluators who found something are needed")
        return {**nothing("any_two_agreement", because=because), "pairs_skipped": skipped}
    return {"any_two_agreement": sum(shares) / len(shares), "pairs_skipped": skipped}
