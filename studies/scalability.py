"""How throughput grows with the number at once, and when it stops: the Universal Scalability Law.

X(N) = γN / (1 + α(N-1) + βN(N-1)), none of them below zero (Gunther, *Guerrilla Capacity Planning*, 2007). γ is the
pace of one alone, α the share of the work that only one can do at a time, β what it costs that all must hear of each
other. Where β is above zero throughput peaks at N = √((1-α)/β) and falls again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy import stats
from scipy.optimize import curve_fit, nnls

Figures = dict[str, Any]

#: Three unknowns, and at least one more point than that.
FEWEST: Final = 4
#: Below this a β means a peak at a load that nobody will ever see: there is none.
NO_PEAK: Final = 1e-12


def throughput_at(load: Any, alpha: float, beta: float, gamma: float) -> Any:
    """The throughput that the law gives for so many at once."""
    n = np.asarray(load, float)
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def usl_fit(load: Sequence[float], throughput: Sequence[float], relative: bool = False) -> Figures:
    """How well a service shares its work: the law fitted to what was measured at several loads.

    Least squares, each deviation as it is, or in proportion to the throughput (`relative`), which suits measurements
    that scatter by so many percent. Gives `alpha`, `beta`, `gamma`, `residual_standard_error` (n - 3 degrees of
    freedom), `peak_load` and `peak_throughput` (None where there is no peak), and `amdahl_limit` = γ/α, what contention
    alone would allow. What cannot be fitted is None with a `reason`.
    """
    n, x = np.asarray(load, float), np.asarray(throughput, float)
    names = ("alpha", "beta", "gamma", "residual_standard_error", "peak_load", "peak_throughput", "amdahl_limit")
    nothing: Figures = dict.fromkeys(names)
    if len(n) != len(x) or len(n) < FEWEST or len(set(n.tolist())) < FEWEST:
        return nothing | {"reason": f"at least {FEWEST} different loads are needed, each with its throughput"}
    if not (np.isfinite(n).all() and np.isfinite(x).all()) or (n <= 0).any() or (x <= 0).any():
        return nothing | {"reason": "every load and every throughput must be above zero"}
    alpha, beta, gamma = parameters(n, x, relative)
    left = x - throughput_at(n, alpha, beta, gamma)
    peak = math.sqrt((1 - alpha) / beta) if beta > NO_PEAK and alpha < 1 else None
    return {
        "alpha": alpha,
        "beta": beta,
        "gamma": gamma,
        "residual_standard_error": math.sqrt(float((left**2).sum()) / (len(n) - 3)),
        "peak_load": peak,
        "peak_throughput": None if peak is None else float(throughput_at(peak, alpha, beta, gamma)),
        "amdahl_limit": gamma / alpha if alpha > NO_PEAK else None,
    }


def parameters(n: np.ndarray, x: np.ndarray, relative: bool) -> tuple[float, float, float]:
    """α, β and γ, from a start that is itself a fit: N/X is linear in 1/γ, α/γ and β/γ."""
    # Everything is brought to the order of one first: α may be a hundred times β, and γ a thousand times α.
    scale, top = float(x.max()), float(n.max())
    y = x / scale
    terms = np.column_stack([np.ones_like(n), (n - 1) / top, n * (n - 1) / top**2])
    weight = y / n  # so that the line through N/X deviates in proportion
    (one, shared, crossed), _left = nnls(terms * weight[:, None], np.ones_like(n))
    one = max(one, 1e-9)
    start = [shared / one, crossed / one, 1 / one]

    def law(at: np.ndarray, a: float, b: float, g: float) -> np.ndarray:
        return g * at / (1 + a * (at - 1) / top + b * at * (at - 1) / top**2)

    found, _spread = curve_fit(
        law,
        n,
        y,
        p0=np.clip(start, 0, None),
        sigma=y if relative else None,
        bounds=([0.0, 0.0, 0.0], [np.inf, np.inf, np.inf]),
        x_scale=np.maximum(start, 1e-3),
        ftol=1e-12,
        xtol=1e-12,
        gtol=1e-12,
        max_nfev=2000,
    )
    # What leans on its bound never quite gets there: put it there where that fits no worse.
    candidates = [found, np.where(found * [1, 1, 0] + [0, 0, 1] < 1e-6, 0.0, found)]
    errors = [float((((law(n, *c) - y) / (y if relative else 1)) ** 2).sum()) for c in candidates]
    best = candidates[1] if errors[1] <= errors[0] * (1 + 1e-9) + 1e-18 else candidates[0]
    return float(best[0] / top), float(best[1] / top**2), float(best[2] * scale)


def resampled(
    load: Sequence[float], throughput: Sequence[float], random: np.random.Generator, times: int = 400
) -> list[Figures]:
    """How sure are we of the fit: the law fitted again to what might as well have been measured.

    The deviations from the (relative) fit are dealt out anew `times` over (residual bootstrap; Efron & Tibshirani 1993,
    chapter 9), widened first for the three parameters that they were fitted with, and as Student's t is wider than the
    normal distribution: of few levels a bootstrap alone is too sure (88 % instead of 95 % with seven).
    """
    n, x = np.asarray(load, float), np.asarray(throughput, float)
    fitted = throughput_at(n, *parameters(n, x, relative=True))
    left = (x - fitted) / fitted
    free = max(1, len(n) - 3)
    wider = float(stats.t.ppf(0.975, free) / stats.norm.ppf(0.975))
    left = (left - left.mean()) * math.sqrt(len(n) / free) * wider
    drawn = [fitted * np.clip(1 + random.choice(left, len(n)), 0.05, None) for _each in range(times)]
    return [usl_fit(n.tolist(), again.tolist(), relative=True) for again in drawn]
