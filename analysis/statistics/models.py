"""What ratings go along with: models for ordered answers and for people who answered more than once.

The door to statsmodels.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
from scipy import optimize, special

from analysis.statistics import Figures, nothing
from analysis.statistics.own_levels import random_intercept_reml
from studies.words import _


def ordinal_logit(
    *,
    outcome: Sequence[str],
    outcome_order: Sequence[str],
    predictors: Mapping[str, Sequence[float]],
    frequency: Sequence[float] | None = None,
) -> Figures:
    """What goes along with a higher answer: logit P(Y <= j) = threshold_j - x'beta, by maximum likelihood.

    McCullagh 1980. A positive coefficient means higher answers. `frequency` says how often each row was given.
    Repeated answers of a person need a random intercept, which this has not.
    """
    names = ("coefficients", "thresholds", "log_likelihood")
    levels = [level for level in outcome_order if level in set(outcome)]
    weights = np.ones(len(outcome)) if frequency is None else np.asarray(frequency, float)
    x = np.column_stack([np.asarray(c, float) for c in predictors.values()]) if predictors else None
    if len(levels) < 2 or not set(outcome) <= set(outcome_order):
        return nothing(*names, because=_("answers of two different levels are needed, all of them in the order given"))
    y = np.array([levels.index(answer) for answer in outcome])
    columns = np.zeros((len(y), 0)) if x is None else x
    middle = np.average(columns, axis=0, weights=weights) if columns.shape[1] else np.zeros(0)
    spread = columns.std(axis=0) if columns.shape[1] else np.zeros(0)
    if (spread == 0).any():
        return nothing(*names, because=_("a predictor never varies"))
    scaled = (columns - middle) / spread
    found = _maximum(y, scaled, weights, len(levels))
    if found is None:
        return nothing(*names, because=_("the answers are parted by a predictor without exception"))
    thresholds, slopes, likelihood = found
    slopes = slopes / spread
    thresholds = thresholds + float(middle @ slopes)
    coefficients = dict(zip(predictors, slopes.tolist(), strict=True))
    return {"coefficients": coefficients, "thresholds": thresholds.tolist(), "log_likelihood": likelihood}


def _maximum(
    y: np.ndarray, x: np.ndarray, weights: np.ndarray, levels: int
) -> tuple[np.ndarray, np.ndarray, float] | None:
    """The likeliest thresholds and slopes. Thresholds are searched as a first one and the logarithms of their steps."""

    def thresholds(parameters: np.ndarray) -> np.ndarray:
        return np.concatenate([parameters[:1], parameters[0] + np.cumsum(np.exp(parameters[1 : levels - 1]))])

    def terms(parameters: np.ndarray) -> tuple[np.ndarray, ...]:
        edges = np.concatenate([[-np.inf], thresholds(parameters), [np.inf]])
        eta = x @ parameters[levels - 1 :]
        upper, lower = edges[y + 1] - eta, edges[y] - eta
        above, below = special.expit(upper), special.expit(lower)
        return np.maximum(above - below, 1e-300), above, below

    def loss(parameters: np.ndarray) -> float:
        return -float((weights * np.log(terms(parameters)[0])).sum())

    def slope(parameters: np.ndarray) -> np.ndarray:
        share, above, below = terms(parameters)
        up, down = above * (1 - above) / share, below * (1 - below) / share
        by_edge = np.zeros(levels + 1)
        np.add.at(by_edge, y + 1, weights * up)
        np.add.at(by_edge, y, -weights * down)
        inner = by_edge[1:levels]
        steps = np.exp(parameters[1 : levels - 1])
        by_step = steps * np.cumsum(inner[::-1])[::-1][1:]
        return -np.concatenate([[inner.sum()], by_step, -(weights * (up - down)) @ x])

    counts = np.bincount(y, weights=weights, minlength=levels)
    start = special.logit(np.clip(np.cumsum(counts)[:-1] / counts.sum(), 1e-9, 1 - 1e-9))
    begin = np.concatenate([start[:1], np.log(np.maximum(np.diff(start), 1e-6)), np.zeros(x.shape[1])])
    found = optimize.minimize(loss, begin, jac=slope, method="BFGS", options={"gtol": 1e-8, "maxiter": 2000})
    slopes = found.x[levels - 1 :]
    if not np.isfinite(found.fun) or np.abs(slopes).max(initial=0.0) > 15:
        return None  # an answer follows from a predictor, so that the likeliest slope is endless
    return thresholds(found.x), slopes, -float(found.fun)


def linear_mixed_random_intercept(
    *, response: Sequence[float], groups: Sequence[str], predictors: Mapping[str, Sequence[float]]
) -> Figures:
    """What goes along with a rating when each group has a level of its own, by REML.

    Laird & Ware 1982; Pinheiro & Bates 2000. `group_sd` is a standard deviation, not a variance; `icc` the share of
    the spread that is the groups' own.
    """
    names = ("fixed_effects", "standard_errors", "group_sd", "residual_sd", "icc", "reml_log_likelihood")
    y = np.asarray(response, float)
    columns = [np.ones(len(y)), *(np.asarray(c, float) for c in predictors.values())]
    x = np.column_stack(columns)
    labels = ["intercept", *predictors]
    if len(set(groups)) < 2 or len(y) <= x.shape[1] + 1 or np.ptp(y) == 0:
        return nothing(*names, because=_("two groups are needed, and more values than predictors"))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return nothing(*names, because=_("one predictor is made of the others"))
    found = _reml(y, x, np.asarray(groups))
    beta, errors, group_variance, variance, likelihood = found
    return {
        "fixed_effects": dict(zip(labels, beta.tolist(), strict=True)),
        "standard_errors": dict(zip(labels, errors.tolist(), strict=True)),
        "group_sd": math.sqrt(group_variance),
        "residual_sd": math.sqrt(variance),
        "icc": group_variance / (group_variance + variance),
        "reml_log_likelihood": likelihood,
    }


def _reml(y: np.ndarray, x: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float, float]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale, freedom = float(y.std()), len(y) - x.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a group variance of 0 is a finding, not a fault
        model = MixedLM(y / scale, x, groups)
        fits = []
        for method in ("lbfgs", "powell"):
            with suppress(np.linalg.LinAlgError):  # the search may step where nothing can be inverted
                fits.append(model.fit(reml=True, method=[method], gtol=1e-10))
    own = random_intercept_reml(y, x, groups)
    best = max(fits, key=lambda fit: fit.llf, default=None)
    if own is not None and (best is None or best.llf - freedom * math.log(scale) < own.log_likelihood - 1e-6):
        errors = np.sqrt(np.diag(own.covariance))
        return own.beta, errors, own.group_sd**2, own.residual_sd**2, own.log_likelihood
    assert best is not None, "a fit that bears its columns"
    between, within = max(0.0, float(best.cov_re[0, 0])), float(best.scale)
    return (
        np.asarray(best.fe_params) * scale,
        np.asarray(best.bse_fe) * scale,
        between * scale**2,
        within * scale**2,
        float(best.llf) - freedom * math.log(scale),
    )
