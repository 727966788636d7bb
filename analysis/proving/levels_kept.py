"""Do the tests keep their level? How often what `analysis/method.py` chooses cries wolf where nothing differs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from analysis.method import FEW_RATINGS, MEAN, RATING, SHARE, TIME, answer, whether_any
from analysis.proving.coverage import SIZES, _range, binomial
from analysis.proving.samplers import drawn
from analysis.proving.shape import CEILING, SHAPES, SKEWED, SYMMETRIC

LEVEL: Final = 0.05
KINDS: Final = {"times": TIME, "ratings": RATING, "shares": SHARE}
DESIGNS: Final = ("means", "means paired", "times", "ratings", "ratings paired", "three means", "three means paired",
                  "three ratings paired", "three shares", "three shares paired")  # fmt: skip
#: so many standard errors above the level are no chance
BLAME: Final = 2.58
#: a rate that looks over its level is drawn again, so many times as often, before a test is blamed
AGAIN: Final = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """One design on one shape: how often p was under 5 % although nothing differed; `error` 0 where enumerated."""

    design: str
    shape: str
    n: int
    rate: float
    error: float

    @property
    def verdict(self) -> str:
        """`over` where the rate passes the level by more than drawing explains (one in 200 of those at the level)."""
        return "over" if self.rate - BLAME * self.error > LEVEL + 1e-9 else "kept"

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"design": self.design, "shape": self.shape, "n": self.n, "level": LEVEL, "rate": round(self.rate, 4),
                "standard_error": round(self.error, 4), "verdict": self.verdict}  # fmt: skip


def table(draws: int = 2000, seed: int = 2, sizes: tuple[int, ...] = SIZES) -> Iterator[Kept]:
    """Every design on every shape at every size."""
    for n in sizes:
        for shape in SHAPES:
            yield _shares(shape, n)
            yield _paired_shares(shape, n)
            for design in DESIGNS:
                if "ratings" in design and n >= FEW_RATINGS:
                    continue  # so many are compared by their means
                kept = _by_drawing(design, shape, n, draws, np.random.default_rng([seed, n, SHAPES.index(shape)]))
                if kept.rate > LEVEL:
                    rng = np.random.default_rng([seed, n, SHAPES.index(shape), AGAIN])
                    kept = _by_drawing(design, shape, n, AGAIN * draws, rng)
                yield kept


def _shares(shape: str, n: int) -> Kept:
    """Every pair of counts, weighted by how likely it is where both shares are the same."""
    likely = binomial(n, _range(shape, 30))
    return Kept("shares", shape, n, float(np.mean([one @ _cries(n) @ one for one in likely])), 0.0)


@cache
def _cries(n: int) -> np.ndarray:
    cries = np.zeros((n + 1, n + 1))
    for x in range(n + 1):
        for y in range(n + 1):
            first, second = [1.0] * x + [0.0] * (n - x), [1.0] * y + [0.0] * (n - y)
            cries[x, y] = _is_wolf(answer(SHARE, {"a": first, "b": second}).p_value)
    return cries


def _paired_shares(shape: str, n: int) -> Kept:
    """Every table of the same people, weighted by how likely it is where as many get there in one alone."""
    low, high = {SYMMETRIC: (0.2, 0.7), SKEWED: (0.06, 0.4), CEILING: (0.01, 0.1)}[shape]
    likely = binomial(n, np.linspace(low, high, 30))  # the share of people whom the two services part
    of_parted = [float(binomial(k, np.array([0.5]))[0] @ _cries_of_pairs(n, k)) for k in range(n + 1)]
    return Kept("shares paired", shape, n, float((likely @ np.array(of_parted)).mean()), 0.0)


def _cries_of_pairs(n: int, parted: int) -> np.ndarray:
    cries = []
    for a in range(parted + 1):
        first = [1.0] * a + [0.0] * (n - a)
        second = [0.0] * a + [1.0] * (parted - a) + [0.0] * (n - parted)
        cries.append(_is_wolf(answer(SHARE, {"a": first, "b": second}, paired=True).p_value))
    return np.array(cries, float)


def _is_wolf(p: float | None) -> bool:
    return p is not None and p < LEVEL


def _by_drawing(design: str, shape: str, n: int, draws: int, rng: np.random.Generator) -> Kept:
    cries, three = 0, design.startswith("three")
    draws = draws // 2 if three else draws  # shuffling takes its time
    for _draw in range(draws):
        place = float(rng.uniform())
        given = [drawn(shape, n, rng, place).values for _group in range(3 if three else 2)]
        kind = next((one for word, one in KINDS.items() if word in design), MEAN)
        if kind == TIME:
            given = [np.maximum(values, 0.01) for values in given]
        if kind == RATING:
            edges = np.quantile(np.concatenate(given), [0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
            given = [np.searchsorted(edges, values).astype(float) + 1 for values in given]
        if kind == SHARE:
            share = rng.choice(_range(shape, 30))
            given = [(rng.uniform(size=n) < share).astype(float) for _group in given]
        groups, paired = {str(k): values.tolist() for k, values in enumerate(given)}, design.endswith("paired")
        if three:  # the question whether any differ at all; its pairs are those of two
            p = whether_any(kind, groups, paired)[0]["p_value"]
        else:
            p = answer(kind, groups, paired=paired).p_value
        cries += _is_wolf(p)
    rate = cries / draws
    return Kept(design, shape, n, rate, math.sqrt(rate * (1 - rate) / draws))
