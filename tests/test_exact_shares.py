"""Exact tests never cry wolf more often than they say; shuffled ones agree with their own distributions."""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest
from scipy import stats

from analysis.proving.coverage import binomial
from analysis.statistics.exact_shares import exact_paired_proportion_test, exact_two_proportion_test
from analysis.statistics.several import (
    cochran_q_test,
    friedman_test,
    several_means_test,
    several_ranks_test,
    several_shares_test,
)


@pytest.mark.parametrize(("a", "m", "b", "n"), [(7, 15, 12, 15), (20, 50, 30, 50), (1, 8, 5, 30), (3, 10, 9, 12)])
def test_the_exact_test_agrees_with_scipys(a: int, m: int, b: int, n: int) -> None:
    found = exact_two_proportion_test(successes_a=a, trials_a=m, successes_b=b, trials_b=n)
    theirs = stats.barnard_exact(np.array([[a, b], [m - a, n - b]]), n=128)
    assert found["z"] == pytest.approx(-theirs.statistic) or found["z"] == pytest.approx(theirs.statistic)
    assert found["p_value"] == pytest.approx(theirs.pvalue, abs=2e-4)
    assert found["p_value"] >= theirs.pvalue - 1e-9  # the worst common share is found at least as well


@pytest.mark.parametrize("n", [5, 12, 25])
def test_it_keeps_its_level_at_every_common_share(n: int) -> None:
    cries = np.array([
        [(p := exact_two_proportion_test(successes_a=x, trials_a=n, successes_b=y, trials_b=n)["p_value"]) is not None
         and p < 0.05 for y in range(n + 1)] for x in range(n + 1)
    ])  # fmt: skip
    likely = binomial(n, np.linspace(0.001, 0.999, 200))
    assert max(one @ cries @ one for one in likely) <= 0.05


def test_pairs_are_counted_out_by_hand() -> None:
    def worst(n: int, a: int, b: int) -> float:
        z = abs(a - b) / sqrt(a + b)
        tails = [sum(comb(k, i) / 2**k for i in range(k + 1) if k and abs(2 * i - k) / sqrt(k) >= z - 1e-9)
                 for k in range(n + 1)]  # fmt: skip
        return float(max(binomial(n, np.linspace(0.0005, 0.9999999, 4000)) @ np.array(tails)))

    for n, a, b in ((21, 1, 7), (10, 0, 3), (6, 2, 3), (20, 0, 11)):
        found = exact_paired_proportion_test(both_pass=n - a - b, only_a_pass=a, only_b_pass=b, neither_pass=0)
        assert found["p_value"] == pytest.approx(worst(n, a, b), abs=1e-4)
    assert exact_paired_proportion_test(both_pass=1, only_a_pass=2, only_b_pass=2, neither_pass=0)["p_value"] == 1
    assert exact_paired_proportion_test(both_pass=4, only_a_pass=0, only_b_pass=0, neither_pass=0)["p_value"] == 1


def test_what_cannot_be_said_has_a_reason() -> None:
    none = exact_two_proportion_test(successes_a=5, trials_a=5, successes_b=5, trials_b=5)
    assert none["p_value"] is None and none["reason"]
    assert "reason" in exact_two_proportion_test(successes_a=1, trials_a=900, successes_b=3, trials_b=900)
    alike = {"a": [1.0, 1.0], "b": [1.0, 1.0], "c": [1.0, 1.0]}
    for test in (friedman_test, cochran_q_test, several_ranks_test, several_shares_test):
        assert test(groups=alike)["p_value"] is None and test(groups=alike)["reason"]
    assert friedman_test(groups={"a": [1.0, 2.0], "b": [1.0]})["p_value"] is None


def test_of_many_the_omnibus_is_the_published_one() -> None:
    rows = np.random.default_rng(1).normal(size=(120, 3))
    groups = {str(k): rows[:, k].tolist() for k in range(3)}
    theirs = stats.friedmanchisquare(*rows.T)
    found = friedman_test(groups=groups)
    assert (found["chi_square"], found["p_value"]) == pytest.approx((theirs.statistic, theirs.pvalue))
    theirs = stats.kruskal(*rows.T)
    assert several_ranks_test(groups=groups)["chi_square"] == pytest.approx(theirs.statistic)
    # Cochran 1950 as in R's DescTools::CochranQTest of these twelve: Q by its formula.
    got = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [1, 1, 0]], float)
    sums, people = got.sum(0), got.sum(1)
    q = 2 * (3 * (sums**2).sum() - sums.sum() ** 2) / (3 * people.sum() - (people**2).sum())
    assert cochran_q_test(groups={str(k): got[:, k].tolist() for k in range(3)})["chi_square"] == pytest.approx(q)


def test_shuffling_few_says_about_what_many_would_and_the_same_each_time() -> None:
    rng = np.random.default_rng(4)
    groups = {
        "a": rng.normal(0, 1, 12).tolist(),
        "b": rng.normal(0, 1, 12).tolist(),
        "c": rng.normal(2, 1, 12).tolist(),
    }
    once, again = several_means_test(groups=groups), several_means_test(groups=groups)
    assert once == again and once["p_value"] <= 0.002
