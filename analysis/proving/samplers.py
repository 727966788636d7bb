"""Values of a named shape whose truth is known: what calibration draws, each time from another place of its range."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.proving.shape import CEILING, SKEWED

#: the end of the scale that ratings at the ceiling are cut off at
TOP = 100.0


@dataclass(frozen=True)
class Sample:
    """Some values, and the mean and median of all that could have been drawn."""

    values: np.ndarray
    mean: float
    median: float


def drawn(shape: str, n: int, rng: np.random.Generator, at: float | None = None) -> Sample:
    """So many values of a shape; `at` (0..1) chooses the place in the parameter's range, else it is drawn.

    symmetric: normal around 40 to 60, SD 12. skewed: lognormal, sigma .4 to 1 (skewness 1.3 to 6.2), as times are.
    at the ceiling: normal around 84 to 98, SD 12, cut off at 100, as satisfaction with a good service is.
    """
    place = float(rng.uniform()) if at is None else at
    if shape == SKEWED:
        sigma = 0.4 + 0.6 * place
        return Sample(np.exp(sigma * rng.standard_normal(n)), math.exp(sigma**2 / 2), 1.0)
    if shape == CEILING:
        middle, spread = 84 + 14 * place, 12.0
        z = (TOP - middle) / spread
        below = 0.5 * math.erfc(-z / math.sqrt(2))
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        mean = middle * below - spread * density + TOP * (1 - below)
        return Sample(np.minimum(TOP, middle + spread * rng.standard_normal(n)), mean, min(TOP, middle))
    middle = 40 + 20 * place
    return Sample(middle + 12 * rng.standard_normal(n), middle, middle)
