"""Intervals and tests keep their promises, measured on the lab's own functions; a broken one is seen."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from analysis.proving import coverage, levels_kept
from analysis.proving.calibration import _failures, told
from analysis.proving.recovery import Recovered
from analysis.proving.samplers import drawn
from analysis.proving.shape import CEILING, SHAPES, SKEWED, SYMMETRIC, caution, shape_of

RNG = np.random.default_rng(1)


def _of(name: str, shape: str, n: int, draws: int = 600) -> float:
    found = coverage.EVERY[name](shape, n, draws, np.random.default_rng([3, n]))[0]
    assert found is not None
    return float(found)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", coverage.SIZES)
def test_the_share_of_the_report_holds_what_it_promises(shape: str, n: int) -> None:
    assert _of("adjusted_wald_ci", shape, n) >= 0.945
    assert _of("clopper_pearson_ci", shape, n) >= 0.95


def test_coverage_of_wilson_agrees_with_sums_by_hand() -> None:
    shares = coverage._range(SYMMETRIC)
    by_hand = []
    for p in shares:
        held = 0.0
        for x in range(6):
            z2 = 3.8414588206941236
            middle, reach = (x + z2 / 2) / (5 + z2), math.sqrt(z2 * x * (5 - x) / 5 + z2 * z2 / 4) / (5 + z2)
            held += math.comb(5, x) * p**x * (1 - p) ** (5 - x) * (middle - reach <= p <= middle + reach)
        by_hand.append(held)
    assert _of("wilson_ci", SYMMETRIC, 5) == pytest.approx(float(np.mean(by_hand)))


def test_an_interval_that_is_too_narrow_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def wald(*, successes: int, trials: int) -> dict[str, float]:
        p = successes / trials
        reach = 1.96 * math.sqrt(p * (1 - p) / trials)
        return {"ci_low": p - reach, "ci_high": p + reach}

    row = coverage.Row("wald", CEILING, 10, coverage._share(wald, CEILING, 10, 0, None)[0], 0.0, 0.0, "")
    assert row.verdict == "falls short"
    assert list(_failures([row], [], [], quick=False)) == [f"wald, {CEILING}, n = 10: {row.coverage:.3f}"]


def test_a_mean_of_skewed_values_falls_short_and_the_product_says_so() -> None:
    assert _of("mean_ci", SKEWED, 10) < coverage.LEAST
    assert "median" in caution("mean_ci", SKEWED, 10) and "100 would do" in caution("mean_ci", SKEWED, 10)
    assert caution("mean_ci", SYMMETRIC, 10) == ""
    assert _of("geometric_mean_ci", SKEWED, 10) > coverage.LEAST


def test_shapes_are_known_by_their_values() -> None:
    right = dict.fromkeys(SHAPES, 0)
    for shape in SHAPES:
        for _study in range(50):
            right[shape] += shape_of(drawn(shape, 50, RNG, 0.9).values.tolist(), highest=100.0) == shape
    assert right[SYMMETRIC] >= 42 and right[SKEWED] >= 45 and right[CEILING] >= 30
    assert shape_of([3.0, 3.0, 3.0]) == SYMMETRIC


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_drawn_has_the_truth_it_says(shape: str) -> None:
    one = drawn(shape, 400_000, np.random.default_rng(2), 0.5)
    assert float(one.values.mean()) == pytest.approx(one.mean, rel=0.01)
    assert float(np.median(one.values)) == pytest.approx(one.median, rel=0.01)


def test_tests_keep_their_level_on_small_samples() -> None:
    for one in levels_kept.table(draws=120, sizes=(5, 10)):
        assert one.rate - 3.5 * one.error <= 0.055, one


def test_what_falls_short_is_named() -> None:
    wolf = levels_kept.Kept("means", SKEWED, 5, 0.2, 0.01)
    lost = Recovered(200, "steps", -1.0, -0.5, 0.8, 100, 0.0)
    silent = Recovered(40, "steps", -1.0, -1.0, 0.95, 100, 0.5)
    assert len(list(_failures([], [wolf], [lost, silent], quick=False))) == 3


def test_the_tables_read_in_words() -> None:
    rows = [coverage.Row("mean_ci", SKEWED, n, 0.88, 0.01, 0.0, caution("mean_ci", SKEWED, n)) for n in (5, 10)]
    kept = [levels_kept.Kept("means", SKEWED, 5, 0.04, 0.01)]
    found = {
        "intervals": [r.json() for r in rows],
        "fall_short": [r.json() for r in rows],
        "conservative": ["median_ci"],
        "tests": [k.json() for k in kept],
        "drivers": [Recovered(40, "steps", -1.0, -1.0, 0.95, 100, 1.0).json()],
    }
    text = told(found)
    assert "88.0*" in text and "median_ci" in text and "too few, and said so" in text
    json.dumps(found, allow_nan=False)
