"""Statistics give the published figures, keep their promises on whatever comes, and say why where there is nothing."""

from __future__ import annotations

import importlib
import json
import math
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import analysis.statistics as family
from analysis.statistics.behaviour import klm_estimate, path_efficiency
from analysis.statistics.completion import adjusted_wald_ci, clopper_pearson_ci, wilson_ci
from analysis.statistics.contact_centre import erlang_a, erlang_b, erlang_c, erlang_c_staffing, littles_law
from analysis.statistics.discovery import adjusted_discovery_rate, problem_discovery_sample_size
from analysis.statistics.families import holm_adjustment
from analysis.statistics.importance import johnson_relative_weights, lmg_relative_importance
from analysis.statistics.league import expected_ranks_beta, funnel_limits_exact, rank_intervals_pairwise
from analysis.statistics.means import paired_t_test, welch_anova, welch_t_test
from analysis.statistics.models import linear_mixed_random_intercept, ordinal_logit
from analysis.statistics.planning import (
    power_two_means,
    power_two_proportions,
    sample_size_mean_ci,
    sample_size_proportion_ci,
    sample_size_two_means,
    sample_size_two_proportions,
)
from analysis.statistics.ranks import mann_whitney_test, wilcoxon_signed_rank_test
from analysis.statistics.raters import any_two_agreement, cohen_kappa, fleiss_kappa, icc
from analysis.statistics.reliability import mcdonald_omega_total
from analysis.statistics.times import geometric_mean_ci, kaplan_meier, mean_ci, median_ci, restricted_mean_time
from analysis.statistics.two_proportions import (
    mcnemar_exact_test,
    n_minus_1_two_proportion_test,
    newcombe_difference_ci,
)

EXAMPLES = json.loads((Path(__file__).parent / "samples" / "statistics.json").read_text("utf-8"))


def _functions() -> dict[str, Callable[..., dict[str, Any]]]:
    modules = [importlib.import_module(f"{family.__name__}.{m.name}") for m in pkgutil.iter_modules(family.__path__)]
    return {name: thing for module in modules for name, thing in vars(module).items() if callable(thing)}


FUNCTIONS = _functions()
MINE = [example for example in EXAMPLES if example["statistic"] in FUNCTIONS]
ROWS = st.lists(st.integers(-40, 40), min_size=2, max_size=8)


def _agrees(found: Any, expected: Any, **near: Any) -> bool:
    match expected:
        case dict():
            return all(key in found and _agrees(found[key], value, **near) for key, value in expected.items())
        case list():
            return len(found) == len(expected) and all(map(lambda f, e: _agrees(f, e, **near), found, expected))
        case bool() | str() | None:
            return bool(found == expected)
        case _:
            return found is not None and found == pytest.approx(expected, **near)


@pytest.mark.parametrize("example", MINE, ids=lambda example: example["id"])
def test_a_worked_example_comes_out(example: dict[str, Any]) -> None:
    found = FUNCTIONS[example["statistic"]](**example["inputs"])
    floor = example.get("abs_tol_floor", 1e-9)
    assert _agrees(found, example["expected"], rel=example.get("rel_tol", 0), abs=example.get("abs_tol", floor))
    assert _agrees(found, example.get("expected_precise", {}), rel=example.get("precise_rel_tol", 1e-6), abs=floor)


def test_the_examples_are_most_of_the_statistics_that_are_no_questionnaires() -> None:
    assert len({example["statistic"] for example in MINE}) >= 59


@pytest.mark.parametrize(
    "found",
    [
        mean_ci(values=[3.0]),
        mean_ci(values=[]),
        geometric_mean_ci(times=[1.0, 0.0]),
        geometric_mean_ci(times=[2.0]),
        median_ci(values=[1, 2, 3, 4, 5]),
        adjusted_wald_ci(successes=0, trials=0),
        newcombe_difference_ci(successes_a=0, trials_a=0, successes_b=1, trials_b=2),
        welch_t_test(group_a=[1.0], group_b=[2.0, 3.0]),
        welch_t_test(group_a=[1.0, 1.0], group_b=[2.0, 2.0]),
        paired_t_test(first=[1.0, 2.0], second=[2.0, 3.0]),
        n_minus_1_two_proportion_test(successes_a=3, trials_a=3, successes_b=4, trials_b=4),
        welch_anova(groups={"a": [1.0, 1.0], "b": [1.0, 2.0]}),
        mann_whitney_test(group_a=[], group_b=[1.0]),
        mann_whitney_test(group_a=[1.0, 1.0], group_b=[1.0], method="asymptotic"),
        wilcoxon_signed_rank_test(first=[1.0], second=[1.0]),
        restricted_mean_time(durations=[3.0, 4.0], completed=[1, 1], tau=9.0),
        kaplan_meier(durations=[3.0], completed=[0]),
        fleiss_kappa(category_counts=[[3, 0], [3, 0]]),
        cohen_kappa(confusion_matrix=[[4, 0], [0, 0]]),
        icc(ratings_matrix=[[1, 1], [1, 1]]),
        any_two_agreement(problem_sets=[[], []]),
        adjusted_discovery_rate(participant_problem_matrix=[[0, 0]]),
        erlang_c(calls=100, interval_seconds=60, handle_time_seconds=60, agents=100),
        littles_law(arrival_rate=3.0),
        klm_estimate(operator_counts={"R": 1}),
        lmg_relative_importance(response=[1.0, 1.0, 1.0], predictors={"wait": [1.0, 2.0, 3.0]}),
        ordinal_logit(outcome=["1", "1"], outcome_order=["1", "2"], predictors={}),
        linear_mixed_random_intercept(response=[1.0, 2.0], groups=["a", "a"], predictors={}),
        mcdonald_omega_total(item_matrix=[[1, 2, 3]]),
    ],
)
def test_what_is_undefined_is_none_with_a_reason(found: dict[str, Any]) -> None:
    assert found["reason"]
    assert None in found.values()
    assert not any(isinstance(value, float) and math.isnan(value) for value in found.values())


# --- promises that hold for whatever comes ----------------------------------------------------------------------------


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_of_a_share_holds_it_and_stays_within_0_and_1(counted: tuple[int, int]) -> None:
    for interval in (adjusted_wald_ci, wilson_ci, clopper_pearson_ci):
        found = interval(successes=counted[0], trials=counted[1])
        assert 0 <= found["ci_low"] <= found["ci_high"] <= 1
        assert found["ci_low"] - 1e-9 <= found["proportion"] <= found["ci_high"] + 1e-9


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=7, unique=True), st.data())
def test_the_exact_rank_tests_are_scipys_where_nothing_ties(values: list[int], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.integers(1001, 2000).map(lambda x: x - 800.5), min_size=1, max_size=6, unique=True))
    found = mann_whitney_test(group_a=values, group_b=others, method="exact")
    expected = stats.mannwhitneyu(values, others, method="exact")
    assert found["u_statistic"] == expected.statistic
    assert found["p_value"] == pytest.approx(min(1.0, expected.pvalue))
    signed = [v + 1 if k % 2 else -(v + 1) for k, v in enumerate(values)]
    ours = wilcoxon_signed_rank_test(first=signed, second=[0] * len(signed), method="exact")
    theirs = stats.wilcoxon(signed, method="exact")
    assert ours["p_value"] == pytest.approx(min(1.0, theirs.pvalue))


def test_ties_are_counted_exactly_too() -> None:
    # 2 of the 10 ways to choose two of [1, 2, 2, 3, 3] sum as low as 1 + 2; the far tail counts as much again.
    assert mann_whitney_test(group_a=[1, 2], group_b=[2, 3, 3], method="exact")["p_value"] == pytest.approx(0.4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_is_never_below_what_came(p_values: list[float]) -> None:
    adjusted = holm_adjustment(p_values=p_values)["adjusted"]
    assert all(a >= p and a <= 1 for a, p in zip(adjusted, p_values, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert np.all(np.diff(np.array(adjusted)[order]) >= 0)


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=30))
def test_who_gave_up_only_ever_lengthens_the_time(people: list[tuple[int, bool]]) -> None:
    durations, completed = [float(d) for d, _ in people], [int(c) for _, c in people]
    curve = kaplan_meier(durations=durations, completed=completed)
    assert all(a >= b for a, b in zip([1.0, *curve["survival"]], curve["survival"], strict=False))
    tau = max(durations)
    with_them = restricted_mean_time(durations=durations, completed=completed, tau=tau)["restricted_mean"]
    all_done = restricted_mean_time(durations=durations, completed=[1] * len(people), tau=tau)["restricted_mean"]
    assert all_done == pytest.approx(float(np.mean(durations)))
    assert with_them >= all_done - 1e-9


@given(st.integers(0, 2**31))
def test_the_parts_of_importance_sum_to_the_whole(seed: int) -> None:
    draw = np.random.default_rng(seed)
    predictors = {name: draw.normal(size=30).tolist() for name in ("silence", "repeats", "steps")}
    response = (np.array(predictors["silence"]) * 2 + draw.normal(size=30)).tolist()
    lmg = lmg_relative_importance(response=response, predictors=predictors)
    johnson = johnson_relative_weights(response=response, predictors=predictors)
    assert sum(lmg["lmg"].values()) == pytest.approx(lmg["r_squared"])
    assert johnson["r_squared"] == pytest.approx(lmg["r_squared"])


def test_sixteen_predictors_are_averaged_over_drawn_orders() -> None:
    draw = np.random.default_rng(3)
    predictors = {f"p{k}": draw.normal(size=200).tolist() for k in range(16)}
    response = (3 * np.array(predictors["p5"]) + draw.normal(size=200)).tolist()
    found = lmg_relative_importance(response=response, predictors=predictors)
    assert max(found["lmg"], key=found["lmg"].get) == "p5"
    assert sum(found["lmg"].values()) == pytest.approx(found["r_squared"])


@given(st.integers(2, 12), st.integers(0, 10**6))
def test_expected_ranks_share_out_the_places(services: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    trials = draw.integers(1, 300, services)
    events = [int(draw.integers(0, n + 1)) for n in trials]
    ranks = expected_ranks_beta(events=events, trials=trials.tolist())["expected_ranks"]
    assert sum(ranks) == pytest.approx(services * (services + 1) / 2, rel=2e-3)
    found = rank_intervals_pairwise(estimates=events, standard_errors=[1.0] * services)
    assert all(low <= high for low, high in zip(found["rank_low"], found["rank_high"], strict=True))


def test_limits_of_a_funnel_close_in() -> None:
    limits = funnel_limits_exact(target_proportion=0.8, denominators=[20, 200, 2000])["limits"]
    widths = [row[-1] - row[0] for row in limits]
    assert widths == sorted(widths, reverse=True)
    assert all(0 <= x <= 1 for row in limits for x in row)


# --- a plan and its power say the same --------------------------------------------------------------------------------


@given(st.floats(0.05, 0.45), st.floats(0.5, 0.95), st.floats(0.5, 0.99))
def test_so_many_have_the_power_they_were_asked_for(p1: float, p2: float, power: float) -> None:
    planned = sample_size_two_proportions(p1=p1, p2=p2, power=power)
    reached = power_two_proportions(p1=p1, p2=p2, n_per_group=planned["n_exact"])["power"]
    assert reached == pytest.approx(power, abs=1e-6)


@given(st.floats(0.3, 3), st.floats(0.5, 0.99), st.booleans())
def test_so_many_have_the_power_for_means_too(difference: float, power: float, paired: bool) -> None:
    planned = sample_size_two_means(difference=difference, sd=1.0, power=power, paired=paired)
    n = planned["n_per_group"]
    assert power_two_means(difference=difference, sd=1.0, n_per_group=n, paired=paired)["power"] >= power - 1e-9
    if n > 2:
        assert power_two_means(difference=difference, sd=1.0, n_per_group=n - 1, paired=paired)["power"] <= power + 1e-9


def test_a_huge_effect_is_never_missed() -> None:
    assert power_two_means(difference=1e6, sd=1.0, n_per_group=500)["power"] == pytest.approx(1.0)


@given(st.floats(0.5, 30), st.floats(0.5, 10))
def test_the_smallest_sample_is_the_smallest(sd: float, margin: float) -> None:
    n = sample_size_mean_ci(sd=sd, margin=margin)["n"]
    half = [float(stats.t.ppf(0.975, k - 1)) * sd / math.sqrt(k) for k in (n - 1, n) if k > 1]
    assert half[-1] <= margin
    assert n == 2 or half[0] > margin


@given(st.floats(0.01, 0.99), st.floats(0.02, 0.3))
def test_the_planned_interval_is_as_narrow_as_asked(share: float, margin: float) -> None:
    n = sample_size_proportion_ci(expected_proportion=share, margin=margin, method="adjusted_wald")["n_exact"]
    z2 = stats.norm.ppf(0.975) ** 2
    adjusted = (n * share + z2 / 2) / (n + z2)
    assert math.sqrt(z2 * adjusted * (1 - adjusted) / (n + z2)) <= margin + 1e-9


# --- queues -----------------------------------------------------------------------------------------------------------


def test_a_thousand_lines_do_not_overflow() -> None:
    assert 0 < erlang_b(offered_erlangs=980, servers=1000)["blocking_probability"] < 0.1


def test_staff_are_the_fewest_that_do() -> None:
    shape = {"calls": 100, "interval_seconds": 1800, "handle_time_seconds": 180, "target_wait_seconds": 20}
    agents = erlang_c_staffing(**shape, service_level_target=0.8)["agents"]
    assert (
        erlang_c(**shape, agents=agents)["service_level"] >= 0.8 > erlang_c(**shape, agents=agents - 1)["service_level"]
    )


def test_endless_patience_is_erlang_c() -> None:
    patient = erlang_a(
        arrivals_per_minute=5, mean_service_minutes=2, mean_patience_minutes=1e6, agents=13, target_wait_seconds=20
    )
    waiting = erlang_c(calls=5, interval_seconds=60, handle_time_seconds=120, agents=13, target_wait_seconds=20)
    assert patient["probability_wait"] == pytest.approx(waiting["probability_wait"], rel=1e-3)
    assert patient["answered_within_target_of_offered"] == pytest.approx(waiting["service_level"], rel=1e-3)


# --- models -----------------------------------------------------------------------------------------------------------


def test_planted_effects_come_back() -> None:
    draw = np.random.default_rng(11)
    wait = draw.normal(size=3000)
    latent = 0.8 * wait + draw.logistic(size=3000)
    answers = np.digitize(latent, [-1.0, 0.5, 2.0]).astype(str).tolist()
    found = ordinal_logit(outcome=answers, outcome_order=["0", "1", "2", "3"], predictors={"wait": wait.tolist()})
    assert found["coefficients"]["wait"] == pytest.approx(0.8, abs=0.12)
    assert found["thresholds"] == pytest.approx([-1.0, 0.5, 2.0], abs=0.15)
    people = np.repeat(np.arange(300), 4)
    rated = 3 - 0.5 * wait[:1200] + draw.normal(0, 0.9, 300)[people] + draw.normal(0, 0.6, 1200)
    mixed = linear_mixed_random_intercept(
        response=rated.tolist(), groups=people.astype(str).tolist(), predictors={"wait": wait[:1200].tolist()}
    )
    assert mixed["fixed_effects"]["wait"] == pytest.approx(-0.5, abs=0.06)
    assert (mixed["group_sd"], mixed["residual_sd"]) == pytest.approx((0.9, 0.6), abs=0.1)


def test_a_predictor_that_decides_everything_has_no_finite_slope() -> None:
    found = ordinal_logit(
        outcome=["1"] * 6 + ["2"] * 6, outcome_order=["1", "2"], predictors={"helped": [0.0] * 6 + [1.0] * 6}
    )
    assert found["coefficients"] is None
    assert found["reason"]


def test_a_shorter_way_than_the_shortest_is_flagged() -> None:
    assert path_efficiency(optimal_steps=5, actual_steps=4) == {"path_efficiency": 1.0, "optimum_is_wrong": True}


def test_eighty_five_percent_takes_six() -> None:
    assert problem_discovery_sample_size(p=0.31, discovery_goal=0.85)["participants"] == 6


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_mid_p_is_less_strict(only_a: int, only_b: int) -> None:
    found = mcnemar_exact_test(both_pass=3, only_a_pass=only_a, only_b_pass=only_b, neither_pass=2)
    assert 0 <= found["mid_p_value"] <= found["p_value"] <= 1
