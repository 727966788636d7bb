"""Did more citizens get there in one service than in the other, without any approximation? Two groups, or the same."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from scipy import special

from analysis.statistics import Figures, nothing
from studies.words import _

#: up to so many a group an exact p value is found in hundredths of a second
MOST: Final = 500
#: where the common share is first looked for; then more closely around the worst of these
_PLACES: Final = 400


def exact_two_proportion_test(*, successes_a: int, trials_a: int, successes_b: int, trials_b: int) -> Figures:
    """Could two independent shares differ this much by chance, whatever share they have in common?

    The exact unconditional test (Barnard 1947) with the pooled z as its statistic (Suissa & Shuster 1985), which orders
    all tables as the N - 1 test does: the chance of a z at least as large, at the common share where it is largest. It
    never passes its level; the N - 1 test does by up to one in a hundred with few people.
    """
    names = ("z", "p_value")
    if trials_a < 1 or trials_b < 1:
        return nothing(*names, because=_("a group without trials"))
    if max(trials_a, trials_b) > MOST:
        return nothing(*names, because=_("so many need no exact test: use the N - 1 test"))
    if not 0 <= successes_a <= trials_a or not 0 <= successes_b <= trials_b:
        return nothing(*names, because=_("more got there than tried"))
    if successes_a + successes_b in (0, trials_a + trials_b):
        return nothing(*names, because=_("everybody got there, or nobody did"))
    z = float(_statistic(trials_a, trials_b)[successes_a, successes_b])
    return {"z": z, "p_value": _worst(trials_a, trials_b, round(abs(z), 10))}


def exact_paired_proportion_test(*, both_pass: int, only_a_pass: int, only_b_pass: int, neither_pass: int) -> Figures:
    """Could the same people get there this much more often in one of two services by chance?

    McNemar's test, exact and unconditional (Suissa & Shuster 1991): the chance of a z at least as large, at the share
    of people whom the services part where it is largest. The mid-p version passes its level at times.
    """
    n, parted = both_pass + only_a_pass + only_b_pass + neither_pass, only_a_pass + only_b_pass
    if n < 1:
        return nothing("z", "p_value", because=_("there are no pairs"))
    if parted == 0:
        return {"z": 0.0, "p_value": 1.0}
    z = (only_a_pass - only_b_pass) / math.sqrt(parted)
    return {"z": z, "p_value": _worst_of_pairs(n, round(abs(z), 10))}


@lru_cache(maxsize=4096)
def _worst_of_pairs(n: int, z: float) -> float:
    k = np.arange(n + 1)
    # Of k people whom the services part, at least so many in one of the two that |a - b| is z roots of k or more.
    least = np.ceil((k + (z - 1e-9) * np.sqrt(k)) / 2)
    tails = np.minimum(1.0, 2 * special.bdtrc(np.clip(least - 1, 0, k), k, 0.5))
    tails[(least <= k / 2) | (k == 0)] = float(z <= 1e-9)
    places = np.linspace(0, 1, _PLACES + 1)
    for _closer in range(3):
        chances = _binomial(n, places) @ tails
        best = int(chances.argmax())
        places = np.linspace(places[max(best - 1, 0)], places[min(best + 1, len(places) - 1)], 41)
    return min(1.0, float((_binomial(n, places) @ tails).max()))


@lru_cache(maxsize=16)
def _statistic(m: int, n: int) -> np.ndarray:
    """The pooled z of every table there can be; 0 where nobody or everybody got there."""
    x, y = np.arange(m + 1)[:, None], np.arange(n + 1)[None, :]
    pooled = (x + y) / (m + n)
    error = np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(error > 0, (x / m - y / n) / error, 0.0))


@lru_cache(maxsize=4096)
def _worst(m: int, n: int, z: float) -> float:
    out = (np.abs(_statistic(m, n)) >= z - 1e-9).astype(float)
    places = np.linspace(0, 1, _PLACES + 1)
    for _closer in range(3):
        chances = _chances(out, places)
        best = int(chances.argmax())
        low, high = places[max(best - 1, 0)], places[min(best + 1, len(places) - 1)]
        places = np.linspace(low, high, 41)
    return min(1.0, float(_chances(out, places).max()))


def _chances(out: np.ndarray, places: np.ndarray) -> np.ndarray:
    """How likely a table of those marked is, at each common share."""
    m, n = out.shape[0] - 1, out.shape[1] - 1
    return np.asarray(((_binomial(m, places) @ out) * _binomial(n, places)).sum(1))


def _binomial(n: int, places: np.ndarray) -> np.ndarray:
    x = np.arange(n + 1)
    ways = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return np.asarray(np.exp(ways + special.xlogy(x, places[:, None]) + special.xlog1py(n - x, -places[:, None])))
