"""How much of a questionnaire's score is one and the same thing, by the model of one factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize

from analysis.statistics import Figures, nothing
from studies.words import _


def mcdonald_omega_total(*, item_matrix: Sequence[Sequence[float | None]]) -> Figures:
    """The share of a score's variance that its one factor makes: (sum of loadings)² over that plus the uniquenesses.

    McDonald 1999; one factor by maximum likelihood on the covariances, as lavaan fits it. Rows are people, columns
    items, reversed ones turned round; who left an item out is left out. Omega total, not hierarchical. A uniqueness at
    zero (a Heywood case) is told in `heywood`: the model does not fit then.
    """
    rows = [[float(x) for x in row if x is not None] for row in item_matrix]
    given = np.array([row for row, all_of in zip(rows, item_matrix, strict=True) if len(row) == len(all_of)])
    if given.ndim != 2 or given.shape[1] < 3 or len(given) <= given.shape[1]:
        return nothing("omega_total", because=_("three items, and more people than items, are needed"))
    sd = given.std(axis=0, ddof=1)
    if (sd == 0).any():
        return nothing("omega_total", because=_("an item was answered alike by everybody"))
    uniqueness = _uniqueness(np.corrcoef(given, rowvar=False))
    if uniqueness is None:
        return nothing("omega_total", because=_("the items cannot be told apart"))
    psi, loadings = uniqueness
    shared = float((loadings * sd).sum()) ** 2
    omega = shared / (shared + float((psi * sd**2).sum()))
    return {"omega_total": omega, "heywood": bool((psi <= _LEAST * 1.01).any()), "n": len(given)}


_LEAST = 1e-6


def _uniqueness(r: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The uniquenesses and loadings of one factor that make these correlations likeliest. Lawley & Maxwell 1971."""
    if np.linalg.matrix_rank(r) < len(r):
        return None

    def loadings(psi: np.ndarray) -> np.ndarray:
        root = np.sqrt(psi)
        values, vectors = np.linalg.eigh(r / np.outer(root, root))
        return np.asarray(root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)))

    def loss(psi: np.ndarray) -> float:
        root = np.sqrt(psi)
        values = np.linalg.eigvalsh(r / np.outer(root, root))[:-1]
        return float((values - np.log(values) - 1).sum())

    begin = np.clip(0.5 / np.diag(np.linalg.inv(r)), _LEAST, 1)
    found = optimize.minimize(
        loss, begin, method="L-BFGS-B", bounds=[(_LEAST, 1.0)] * len(r), options={"ftol": 1e-15, "gtol": 1e-10}
    )
    psi = np.asarray(found.x)
    of_factor = loadings(psi)
    return psi, of_factor if of_factor.sum() >= 0 else -of_factor
