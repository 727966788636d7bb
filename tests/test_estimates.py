"""Estimates give the published figures, and a reason where there is nothing to give."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from analysis import estimates

PUBLISHED = [
    # Sauro & Lewis 2005: 7 of 10 is 39 to 90 %, 3 of 10 is 10 to 61 %
    (estimates.adjusted_wald_ci, {"successes": 7, "trials": 10}, {"ci_low": 0.39, "ci_high": 0.90}, 0.006),
    (estimates.adjusted_wald_ci, {"successes": 3, "trials": 10}, {"ci_low": 0.10, "ci_high": 0.61}, 0.006),
    # Sauro & Lewis 2010: six task times
    (
        estimates.geometric_mean_ci,
        {"times": [55, 65, 75, 62, 45, 135]},
        {"geometric_mean": 68, "ci_low": 46, "ci_high": 101},
        0.5,
    ),
    # the ranks of 24 values
    (
        estimates.median_ci,
        {"values": list(range(1, 25))},
        {"lower_rank": 7, "upper_rank": 18, "coverage": 0.9773},
        5.1e-5,
    ),
    # Newcombe 1998, table II
    (
        estimates.newcombe_difference_ci,
        {"successes_a": 56, "trials_a": 70, "successes_b": 48, "trials_b": 80},
        {"ci_low": 0.0524, "ci_high": 0.3339},
        5.1e-5,
    ),
    # R's `sleep`: t.test(extra ~ group) and the paired test of the same numbers
    (
        estimates.welch_t_test,
        {
            "group_a": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
            "group_b": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
        },
        {"t": -1.8608, "df": 17.776, "p_value": 0.07939, "ci_low": -3.3655, "ci_high": 0.2055},
        5.1e-4,
    ),
    (
        estimates.paired_t_test,
        {
            "first": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
            "second": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
        },
        {"t": -4.0621, "df": 9, "p_value": 0.002833, "ci_low": -2.4599, "ci_high": -0.7001},
        5.1e-5,
    ),
]


@pytest.mark.parametrize(("function", "inputs", "expected", "tolerance"), PUBLISHED)
def test_a_published_example_comes_out(function: Any, inputs: dict, expected: dict, tolerance: float) -> None:
    found = function(**inputs)
    assert {key: found[key] for key in expected} == pytest.approx(expected, abs=tolerance)


def test_a_mean_of_scores_has_the_t_interval() -> None:
    found = estimates.mean_ci([7, 6, 5, 6, 7, 4, 6, 5, 7, 6])
    assert found["sd"] == pytest.approx(0.994428926)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((5.1886284, 6.6113716))


@pytest.mark.parametrize(
    "found",
    [
        estimates.mean_ci([3.0]),
        estimates.mean_ci([]),
        estimates.geometric_mean_ci([1.0, 0.0]),
        estimates.geometric_mean_ci([2.0]),
        estimates.median_ci([1, 2, 3, 4, 5]),
        estimates.adjusted_wald_ci(0, 0),
        estimates.newcombe_difference_ci(0, 0, 1, 2),
        estimates.welch_t_test([1.0], [2.0, 3.0]),
        estimates.welch_t_test([1.0, 1.0], [2.0, 2.0]),
        estimates.paired_t_test([1.0, 2.0], [2.0, 3.0]),
    ],
)
def test_what_is_undefined_is_none_with_a_reason(found: dict) -> None:
    assert found["reason"]
    assert found["ci_low"] is None
    assert not any(isinstance(value, float) and math.isnan(value) for value in found.values())


def test_alike_values_still_differ() -> None:
    assert estimates.welch_t_test([9.0, 9.0], [5.0, 5.0])["difference"] == 4.0


EXAMPLES = Path(__file__).parents[2] / "shared" / "data" / "statistics.json"


def test_the_worked_examples_beside_the_checkout() -> None:
    if not EXAMPLES.exists():
        pytest.skip("no worked examples beside this checkout (shared/data/statistics.json)")
    run = 0
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        function = getattr(estimates, example["statistic"], None)
        if function is None:
            continue
        found = function(**example["inputs"])
        near = {"rel": example.get("rel_tol"), "abs": example.get("abs_tol", 1e-9)}
        assert {k: found[k] for k in example["expected"]} == pytest.approx(example["expected"], **near), example["id"]
        precise = example.get("expected_precise", {})
        assert {k: found[k] for k in precise} == pytest.approx(precise, rel=example.get("precise_rel_tol", 1e-6))
        run += 1
    assert run >= 10
