"""Do the tests keep their level? How often what `analysis/method.py` chooses cries wolf where nothing differs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.coverage import SIZES, _range, binomial
from analysis.method import MEAN, RATING, SHARE, TIME, answer
from analysis.samplers import drawn
from analysis.shape import SHAPES

LEVEL: Final = 0.05


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
        """`over` where the rate passes the level by more than drawing explains (two standard errors)."""
        return "over" if self.rate - 2 * self.error > LEVEL + 1e-9 else "kept"

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"design": self.design, "shape": self.shape, "n": self.n, "level": LEVEL, "rate": round(self.rate, 4),
                "standard_error": round(self.error, 4), "verdict": self.verdict}  # fmt: skip


def table(draws: int = 2000, seed: int = 2, sizes: tuple[int, ...] = SIZES) -> Iterator[Kept]:
    """Every design on every shape at every size."""
    for n in sizes:
        for shape in SHAPES:
            yield _shares(shape, n)
            for design in ("means", "means paired", "times", "ratings", "ratings paired", "three conditions"):
                if design.startswith("ratings") and n >= 20:
                    continue  # so many are compared by their means
                yield _by_drawing(design, shape, n, draws, np.random.default_rng([seed, n, SHAPES.index(shape)]))


def _shares(shape: str, n: int) -> Kept:
    """Every pair of counts, weighted by how likely it is where both shares are the same."""
    shares = _range(shape, 30)
    cries = np.zeros((n + 1, n + 1))
    for x in range(n + 1):
        for y in range(n + 1):
            first, second = [1.0] * x + [0.0] * (n - x), [1.0] * y + [0.0] * (n - y)
            p = answer(SHARE, {"a": first, "b": second}).p_value
            cries[x, y] = p is not None and p < LEVEL
    likely = binomial(n, shares)
    return Kept("shares", shape, n, float(np.mean([one @ cries @ one for one in likely])), 0.0)


def _by_drawing(design: str, shape: str, n: int, draws: int, rng: np.random.Generator) -> Kept:
    cries = 0
    for _draw in range(draws):
        place = float(rng.uniform())
        given = [drawn(shape, n, rng, place).values for _group in range(3 if design == "three conditions" else 2)]
        kind = {"times": TIME, "ratings": RATING, "ratings paired": RATING}.get(design, MEAN)
        if kind == TIME:
            given = [np.maximum(values, 0.01) for values in given]
        if kind == RATING:
            edges = np.quantile(np.concatenate(given), [0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
            given = [np.searchsorted(edges, values).astype(float) + 1 for values in given]
        groups = {str(k): values.tolist() for k, values in enumerate(given)}
        p = answer(kind, groups, paired=design.endswith("paired")).p_value
        cries += p is not None and p < LEVEL
    rate = cries / draws
    return Kept(design, shape, n, rate, math.sqrt(rate * (1 - rate) / draws))
