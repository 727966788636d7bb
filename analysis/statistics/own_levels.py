"""What goes along with a rating when each person has a level of their own: by REML, fast enough to be tried thousands
of times, with everything that a prediction's interval needs.

V = s2 (I + q ZZ'). The likelihood is profiled down to q alone (Laird & Ware 1982; Bates et al. 2015), from sums by
person, so that a fit is one search along a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special


@dataclass(frozen=True)
class Fit:
    """Coefficients with their covariance; `group_sd` and `residual_sd` are standard deviations."""

    beta: np.ndarray
    covariance: np.ndarray
    group_sd: float
    residual_sd: float
    df: float
    log_likelihood: float

    def along(self, direction: np.ndarray, confidence: float = 0.95) -> tuple[float, float, float]:
        """What a change of the columns by so much goes along with, and its t interval."""
        change = float(direction @ self.beta)
        error = math.sqrt(max(0.0, float(direction @ self.covariance @ direction)))
        margin = reach(error, self.df, confidence)
        return change, change - margin, change + margin

    def p_value(self, direction: np.ndarray) -> float:
        """How likely a change at least so far from none would be by chance."""
        change = float(direction @ self.beta)
        error = math.sqrt(max(0.0, float(direction @ self.covariance @ direction)))
        return float(2 * special.stdtr(self.df, -abs(change) / error)) if error > 0 else 1.0


def reach(error: float, df: float, confidence: float = 0.95) -> float:
    """Half the t interval of an estimate with such a standard error."""
    return float(special.stdtrit(df, 0.5 + confidence / 2)) * error


def random_intercept_reml(response: np.ndarray, columns: np.ndarray, groups: np.ndarray) -> Fit | None:
    """The likeliest fit, `columns` holding the intercept; None where the columns or the values cannot bear one.

    Degrees of freedom: rows less columns less persons' own levels (none where nobody rated twice, which is plain least
    squares).
    """
    n, p = columns.shape
    if n <= p + 1 or np.ptp(response) == 0 or np.linalg.matrix_rank(columns) < p:
        return None
    _names, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place).astype(float)
    both = np.column_stack([columns, response])
    whole = both.T @ both
    sums = np.zeros((len(sizes), p + 1))
    np.add.at(sums, place, both)
    levels = len(sizes) if 1 < len(sizes) < n else 0

    def at(ratio: float) -> tuple[np.ndarray, np.ndarray, float, float]:
        weights = ratio / (1 + ratio * sizes)
        within = whole - (sums * weights[:, None]).T @ sums
        information = within[:p, :p]
        beta = np.linalg.solve(information, within[:p, p])
        rest = float(within[p, p] - within[:p, p] @ beta)
        variance = max(rest, 1e-300) / (n - p)
        log_size = float(np.linalg.slogdet(information)[1])
        loss = (n - p) * math.log(variance) + float(np.log1p(ratio * sizes).sum()) + log_size
        return beta, information, variance, loss

    ratio = 0.0
    if levels:
        found = optimize.minimize_scalar(lambda t: at(math.exp(t))[3], bounds=(-12, 8), method="bounded",
                                         options={"xatol": 1e-7})  # fmt: skip
        ratio = math.exp(found.x) if found.fun < at(0.0)[3] else 0.0
    beta, information, variance, loss = at(ratio)
    df = n - p - (levels - 1 if ratio > 0 else 0)
    return Fit(
        beta=beta,
        covariance=variance * np.linalg.inv(information),
        group_sd=math.sqrt(ratio * variance),
        residual_sd=math.sqrt(variance),
        df=max(df, 1.0),
        log_likelihood=-0.5 * (loss + (n - p) * (1 + math.log(2 * math.pi))),
    )
