"""Do the intervals keep their promise? How often each default interval of 95 % holds the truth, by shape and size.

Shares, their differences and NPS by enumerating every sample there can be; the others by drawing, each time with
another parameter from its range. The lab's own functions are asked, not formulas written again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from analysis.proving.samplers import Sample, drawn
from analysis.proving.shape import CEILING, SHAPES, SKEWED, SYMMETRIC, caution
from analysis.statistics.completion import adjusted_wald_ci, clopper_pearson_ci, wilson_ci
from analysis.statistics.means import paired_t_test, welch_t_test
from analysis.statistics.times import geometric_mean_ci, kaplan_meier, mean_ci, median_ci
from analysis.statistics.two_proportions import (
    agresti_caffo_difference_ci,
    bonett_price_paired_difference_ci,
    newcombe_difference_ci,
)
from surveys.scoring.nps import nps_ci_adjusted_wald

SIZES: Final = (5, 10, 20, 50)
NOMINAL: Final = 0.95
LEAST: Final = 0.93
#: an interval that holds the truth more often than this is wider than it need be
WIDE: Final = 0.97
#: a share's range by shape: around one half, off it, and where nearly everybody gets there
RANGES: Final = {SYMMETRIC: ((0.3, 0.7),), SKEWED: ((0.1, 0.3), (0.7, 0.9)), CEILING: ((0.9, 0.995),)}


@dataclass(frozen=True, slots=True)
class Row:
    """One interval on one shape with so many values: how often it held the truth, and what the product says there.

    `error` is the standard error of the coverage, 0 where every sample was enumerated; `none` the share of samples that
    gave no interval (which the product shows as such, so that they count on neither side).
    """

    interval: str
    shape: str
    n: int
    coverage: float | None
    error: float
    none: float
    says: str

    @property
    def verdict(self) -> str:
        """`holds`, `conservative`, `falls short`, or `no interval`; within drawing's error for the doubt."""
        if self.coverage is None:
            return "no interval"
        if self.coverage < LEAST:
            return "falls short"
        return "conservative" if self.coverage > WIDE else "holds"

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"interval": self.interval, "shape": self.shape, "n": self.n, "nominal": NOMINAL,
                "coverage": None if self.coverage is None else round(self.coverage, 4),
                "standard_error": round(self.error, 4), "without_interval": round(self.none, 4),
                "verdict": self.verdict, "says": self.says or None}  # fmt: skip


def table(draws: int = 4000, seed: int = 1, sizes: tuple[int, ...] = SIZES) -> Iterator[Row]:
    """Every default interval on every shape at every size, one row after the other."""
    for name, each in EVERY.items():
        for shape in SHAPES:
            for n in sizes:
                coverage, error, none = each(shape, n, draws, np.random.default_rng([seed, n, SHAPES.index(shape)]))
                yield Row(name, shape, n, coverage, error, none, caution(name, shape, n))


Found = tuple[float | None, float, float]


def _range(shape: str, points: int = 60) -> np.ndarray:
    """The shares of a shape's range, evenly."""
    spans = RANGES[shape]
    each = points // len(spans)
    return np.concatenate([np.linspace(low, high, each) for low, high in spans])


def binomial(n: int, shares: np.ndarray) -> np.ndarray:
    """How likely each count of 0..n is, a row a share."""
    x = np.arange(n + 1)
    ways = np.array([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in x])
    p = np.clip(shares, 1e-12, 1 - 1e-12)[:, None]
    return np.asarray(np.exp(ways + x * np.log(p) + (n - x) * np.log1p(-p)))


def _share(function: Callable[..., dict[str, Any]], shape: str, n: int, _draws: int, _rng: Any) -> Found:
    shares = _range(shape)
    ends = np.array([_ends(function(successes=x, trials=n)) for x in range(n + 1)])
    inside = (ends[:, 0] <= shares[:, None] + 1e-12) & (shares[:, None] <= ends[:, 1] + 1e-12)
    return float((binomial(n, shares) * inside).sum(1).mean()), 0.0, 0.0


def _two_shares(function: Callable[..., dict[str, Any]], shape: str, n: int, _draws: int, _rng: Any) -> Found:
    shares = _range(shape, 16)
    ends = np.array([
        [_ends(function(successes_a=x, trials_a=n, successes_b=y, trials_b=n)) for y in range(n + 1)]
        for x in range(n + 1)
    ])  # fmt: skip
    likely = binomial(n, shares)
    held = []
    for i, p in enumerate(shares):
        for j, q in enumerate(shares):
            inside = (ends[..., 0] <= p - q + 1e-12) & (p - q <= ends[..., 1] + 1e-12)
            held.append(float(likely[i] @ inside @ likely[j]))
    return float(np.mean(held)), 0.0, 0.0


def _three_ways(
    interval: Callable[[int, int, int], tuple[float, float]], truths: list[tuple[float, float, float]], n: int
) -> float:
    """The mean coverage where each of n falls into one of three: `truths` are two chances and what is to be held."""
    counts = [(a, b) for a in range(n + 1) for b in range(n + 1 - a)]
    ends = np.array([interval(a, b, n - a - b) for a, b in counts])
    a, b = np.array(counts).T
    logs = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    ways = logs[n] - logs[a] - logs[b] - logs[n - a - b]
    held = []
    for p, q, truth in truths:
        rest = max(1e-12, 1 - p - q)
        likely = np.exp(ways + a * math.log(p) + b * math.log(q) + (n - a - b) * math.log(rest))
        held.append(float(likely[(ends[:, 0] <= truth + 1e-9) & (truth <= ends[:, 1] + 1e-9)].sum()))
    return float(np.mean(held))


def _nps(shape: str, n: int, _draws: int, _rng: Any) -> Found:
    promoters = {SYMMETRIC: (0.3, 0.4), SKEWED: (0.5, 0.7), CEILING: (0.8, 0.95)}[shape]
    detractors = {SYMMETRIC: (0.3, 0.4), SKEWED: (0.1, 0.25), CEILING: (0.01, 0.05)}[shape]
    truths = [
        (p, d, 100 * (p - d)) for p in np.linspace(*promoters, 8).tolist() for d in np.linspace(*detractors, 8).tolist()
    ]

    def interval(p: int, d: int, passives: int) -> tuple[float, float]:
        return _ends(nps_ci_adjusted_wald(promoters=p, detractors=d, passives=passives))

    return _three_ways(interval, truths, n), 0.0, 0.0


def _paired_shares(shape: str, n: int, _draws: int, _rng: Any) -> Found:
    only = {SYMMETRIC: (0.1, 0.35), SKEWED: (0.05, 0.4), CEILING: (0.005, 0.1)}[shape]
    other = {SYMMETRIC: (0.1, 0.35), SKEWED: (0.01, 0.1), CEILING: (0.005, 0.03)}[shape]
    truths = [(p, q, p - q) for p in np.linspace(*only, 8).tolist() for q in np.linspace(*other, 8).tolist()]

    def interval(a: int, b: int, rest: int) -> tuple[float, float]:
        return _ends(bonett_price_paired_difference_ci(both_pass=rest, only_a_pass=a, only_b_pass=b, neither_pass=0))

    return _three_ways(interval, truths, n), 0.0, 0.0


def _ends(found: dict[str, Any]) -> tuple[float, float]:
    low, high = found["ci_low"], found["ci_high"]
    return (math.nan, math.nan) if low is None else (float(low), float(high))


def _by_drawing(once: Callable[[str, int, Any], tuple[dict[str, Any], float]], shape: str, n: int, draws: int,
                rng: np.random.Generator) -> Found:  # fmt: skip
    held = without = 0
    for _draw in range(draws):
        found, truth = once(shape, n, rng)
        low, high = _ends(found)
        if math.isnan(low):
            without += 1
        else:
            held += low <= truth <= high
    with_one = draws - without
    if not with_one:
        return None, 0.0, 1.0
    coverage = held / with_one
    return coverage, math.sqrt(coverage * (1 - coverage) / with_one), without / draws


def _mean(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    one = drawn(shape, n, rng)
    return mean_ci(values=one.values.tolist()), one.mean


def _median(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    one = drawn(shape, n, rng)
    return median_ci(values=one.values.tolist()), one.median


def _welch(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    a, b = drawn(shape, n, rng), drawn(shape, n, rng)
    return welch_t_test(group_a=a.values.tolist(), group_b=b.values.tolist()), a.mean - b.mean


def _paired(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    a, b = drawn(shape, n, rng), drawn(shape, n, rng)
    return paired_t_test(first=a.values.tolist(), second=b.values.tolist()), a.mean - b.mean


def _geometric(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    """Times: nearly symmetric (gamma of shape 15 to 25), with a long tail (lognormal), or cut off by a time-out."""
    if shape == SYMMETRIC:
        k = float(rng.uniform(15, 25))
        middle = math.log(k) - 1 / (2 * k) - 1 / (12 * k * k)  # the mean of a gamma's logarithm
        return geometric_mean_ci(times=rng.gamma(k, 1.0, n).tolist()), math.exp(middle)
    if shape == SKEWED:
        logs = float(rng.uniform(0.4, 1.0)) * rng.standard_normal(n)
        return geometric_mean_ci(times=np.exp(logs).tolist()), 1.0
    one: Sample = drawn(shape, n, rng)
    return geometric_mean_ci(times=np.exp(one.values / 10).tolist()), math.exp(one.mean / 10)


def _kaplan_meier(shape: str, n: int, rng: np.random.Generator) -> tuple[dict[str, Any], float]:
    """What share is still at it at a fixed time, while a third or so give up; `ceiling`: nearly all still are."""
    at = {SYMMETRIC: 0.7, SKEWED: 1.6, CEILING: 0.12}[shape] * float(rng.uniform(0.8, 1.2))
    times, left = rng.exponential(1.0, n), rng.exponential(2.0, n)
    found = kaplan_meier(durations=np.minimum(times, left).tolist(), completed=(times <= left).astype(int).tolist())
    there = [k for k, t in enumerate(found["event_times"]) if t <= at]
    if not there:
        return {"ci_low": None, "ci_high": None}, 0.0
    return {"ci_low": found["ci_low_loglog"][there[-1]], "ci_high": found["ci_high_loglog"][there[-1]]}, math.exp(-at)


EVERY: Final[dict[str, Callable[..., Found]]] = {
    "adjusted_wald_ci": partial(_share, adjusted_wald_ci),
    "wilson_ci": partial(_share, wilson_ci),
    "clopper_pearson_ci": partial(_share, clopper_pearson_ci),
    "newcombe_difference_ci": partial(_two_shares, newcombe_difference_ci),
    "agresti_caffo_difference_ci": partial(_two_shares, agresti_caffo_difference_ci),
    "bonett_price_paired_difference_ci": _paired_shares,
    "nps_ci_adjusted_wald": _nps,
    "mean_ci": partial(_by_drawing, _mean),
    "welch_t_test": partial(_by_drawing, _welch),
    "paired_t_test": partial(_by_drawing, _paired),
    "geometric_mean_ci": partial(_by_drawing, _geometric),
    "median_ci": partial(_by_drawing, _median),
    "kaplan_meier": partial(_by_drawing, _kaplan_meier),
}
