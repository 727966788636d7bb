"""How many of a service's problems have so many participants shown, and how many more would be needed?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.statistics import Figures, nothing
from studies.words import _


def problem_discovery_probability(*, p: float, participants: int) -> Figures:
    """The share of problems seen at least once: 1 - (1 - p)^n. Nielsen & Landauer 1993; p = .31 and 5 give .844."""
    if not 0 <= p <= 1 or participants < 0:
        return nothing("proportion_discovered", because=_("p must lie between 0 and 1"))
    if p == 1:
        return {"proportion_discovered": 1.0 if participants else 0.0}
    return {"proportion_discovered": -math.expm1(participants * math.log1p(-p))}


def problem_discovery_sample_size(*, p: float, discovery_goal: float) -> Figures:
    """How many participants show that share of the problems: ln(1 - goal) / ln(1 - p), rounded up."""
    if not 0 < p < 1 or not 0 < discovery_goal < 1:
        because = _("p and the goal must lie between 0 and 1")
        return nothing("n_exact", "participants", because=because)
    exact = math.log1p(-discovery_goal) / math.log1p(-p)
    return {"n_exact": exact, "participants": math.ceil(exact - 1e-9)}


def adjusted_discovery_rate(*, participant_problem_matrix: Sequence[Sequence[int]]) -> Figures:
    """How likely one participant shows one problem, less what few participants exaggerate. Lewis 2001.

    Rows are participants, columns problems (1: met it). Columns that nobody met are no problems found. The mean of the
    Good-Turing and the normalised rate (Turner, Lewis & Nielsen 2006); never project from `p_observed` below 20.
    """
    names = ("p_observed", "p_good_turing", "p_normalised", "p_adjusted")
    given = np.asarray(participant_problem_matrix, float)
    given = (given > 0).astype(float) if given.ndim == 2 else np.zeros((0, 0))
    given = given[:, given.sum(0) > 0]
    people, problems = given.shape
    if not problems:
        return {"problems_found": 0, "singletons": 0, **nothing(*names, because=_("no problem was found"))}
    once = int((given.sum(0) == 1).sum())
    p = float(given.mean())
    turing = p / (1 + once / problems)
    normalised = (p - 1 / people) * (1 - 1 / people)
    return {
        "problems_found": problems,
        "singletons": once,
        "p_observed": p,
        "p_good_turing": turing,
        "p_normalised": normalised,
        "p_adjusted": (turing + normalised) / 2,
    }
