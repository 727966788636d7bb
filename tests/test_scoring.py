"""Scores come out as published, refuse what is not on the scale, and never stand without their n."""

import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.proving import worked_examples
from surveys import reliability, scoring
from surveys.instruments import shipped
from surveys.scoring import nasa_tlx, nps, pssuq, satisfaction, single, sus, ueq, umux
from surveys.scoring._figures import mean_with_interval

EXAMPLES = [
    example
    for example in json.loads((Path(__file__).parent / "samples" / "statistics.json").read_text("utf-8"))
    if example["statistic"] in worked_examples.SURVEYS | {"cronbach_alpha", "item_total"}
]
ratings = st.lists(st.integers(1, 7), min_size=2, max_size=30)


def test_there_are_examples_for_every_statistic_of_a_questionnaire() -> None:
    assert {example["statistic"] for example in EXAMPLES} >= worked_examples.SURVEYS


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_a_worked_example_comes_out(example: dict[str, Any]) -> None:
    assert worked_examples.verify([example]).json()["mismatches"] == []


def test_brookes_own_example_is_55() -> None:
    assert sus.sus_score(responses=[5, 4, 2, 1, 2, 3, 2, 4, 5, 2]) == {"valid": True, "sus": 55.0}


@pytest.mark.parametrize("wrong", [0, 6, -1, 3.5, 4.0, "4", True, None, float("nan")])
def test_what_is_not_on_the_scale_makes_no_score(wrong: Any) -> None:
    responses = [4, 2, 4, 2, 4, 2, 4, 2, 4, wrong]
    assert sus.sus_score(responses=responses) == {"valid": False, "sus": None}
    if wrong is not None:
        assert sus.sus_missing_items(responses=responses)["sus"] is None


def test_one_item_left_out_is_made_good_and_two_are_not_unless_asked() -> None:
    one = [4, 2, None, 1, 5, 2, 4, 1, 5, 2]
    two = [4, 2, None, 1, 5, None, 4, 1, 5, 2]
    assert sus.sus_missing_items(responses=one)["sus"] == pytest.approx(100 * 31 / 36)
    assert sus.sus_missing_items(responses=two) == {"valid": False, "n_answered": 8, "sus": None}
    assert sus.sus_missing_items(responses=two, max_missing=2)["sus"] == pytest.approx(100 * 28 / 32)
    assert sus.sus_missing_items(responses=two, centre=True) == {"valid": True, "n_answered": 8, "sus": 80.0}
    assert sus.sus_missing_items(responses=[None] * 10, max_missing=10)["sus"] is None


@pytest.mark.parametrize(
    ("bound", "grade", "below"),
    [(84.1, "A+", "A"), (80.8, "A", "A-"), (78.9, "A-", "B+"), (77.2, "B+", "B"), (74.1, "B", "B-"), (72.6, "B-", "C+")]
    + [(71.1, "C+", "C"), (65.0, "C", "C-"), (62.7, "C-", "D"), (51.7, "D", "F")],
)
def test_a_grade_begins_at_its_bound_on_the_unrounded_mean(bound: float, grade: str, below: str) -> None:
    assert sus.sus_grade(mean_sus=bound) == {"grade": grade}
    assert sus.sus_grade(mean_sus=math.nextafter(bound, 0)) == {"grade": below}


@pytest.mark.parametrize(("mean", "percentile"), [(0, 0), (100, 100), (84.1, 96), (65, 41), (51.7, 15)])
def test_percentiles_pass_through_the_published_anchors(mean: float, percentile: float) -> None:
    assert sus.sus_percentile(mean_sus=mean)["percentile"] == pytest.approx(percentile)


@pytest.mark.parametrize(
    ("mean", "adjective"),
    [(0, "Worst imaginable"), (16.4, "Worst imaginable"), (28.0, "Awful"), (43.3, "Poor"), (61.15, "OK")]
    + [(78.45, "Good"), (88.2, "Excellent"), (88.21, "Best imaginable"), (100, "Best imaginable")],
)
def test_the_nearest_adjective_wins_and_a_tie_goes_to_the_lower(mean: float, adjective: str) -> None:
    assert sus.sus_adjective(mean_sus=mean)["adjective"] == adjective


@pytest.mark.parametrize(
    ("mean", "acceptability"), [(49.99, "not acceptable"), (50, "marginal"), (69.99, "marginal"), (70, "acceptable")]
)
def test_acceptability_changes_at_50_and_70(mean: float, acceptability: str) -> None:
    assert sus.sus_adjective(mean_sus=mean)["acceptability"] == acceptability


@pytest.mark.parametrize("mean", [None, -1, 100.1, float("nan"), "68"])
def test_what_is_no_sus_has_no_standing(mean: Any) -> None:
    assert set(scoring.standing(shipped("sus"), mean).values()) == {None}


def test_too_few_people_have_no_interval_and_the_result_says_why() -> None:
    nobody = sus.sus_summary(response_matrix=[])
    one = sus.sus_summary(response_matrix=[[3] * 10])
    assert (nobody["n"], nobody["mean"], nobody["ci_low"]) == (0, None, None)
    assert (one["n"], one["mean"], one["sd"], one["ci_low"], one["ci_high"]) == (1, 50.0, None, None, None)
    assert nobody["reason"] and one["reason"]


def test_who_has_no_valid_score_is_not_counted() -> None:
    summary = sus.sus_summary(response_matrix=[[3] * 10, [5, 1] * 5, [3] * 9, [6] * 10])
    assert (summary["n"], summary["mean"]) == (2, 75.0)


def test_a_wider_confidence_makes_a_wider_interval_around_the_same_mean() -> None:
    people = [[3] * 10, [5, 1] * 5, [4, 2] * 5]
    narrow, wide = (sus.sus_summary(response_matrix=people, confidence=level) for level in (0.8, 0.99))
    assert narrow["mean"] == wide["mean"]
    assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]


# --- the other questionnaires -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [0, 8, 3.5, True, None, "4", float("nan")])
def test_what_is_not_on_a_seven_point_scale_makes_no_score(wrong: Any) -> None:
    assert umux.umux(responses=[6, 2, 6, wrong])["umux"] is None
    assert umux.umux_lite(meets_requirements=wrong, easy_to_use=6) == {"umux_lite": None, "sus_equivalent": None}
    assert single.seq_summary(ratings=[5, 6, wrong])["n"] == 2
    assert single.ces_summary(ratings=[wrong])["percent_agree"] is None


def test_umux_lite_is_graded_by_what_it_foretells_never_raw() -> None:
    standing = scoring.standing(shipped("umux_lite"), 80.0)
    assert standing["sus_equivalent"] == pytest.approx(74.9)
    assert standing["grade"] == "B", "a raw 80 would be an A-"
    assert umux.umux_lite(meets_requirements=5, easy_to_use=5, scale_points=5)["umux_lite"] == 100


def test_smeq_takes_any_point_of_the_line_and_nothing_beyond_it() -> None:
    found = single.smeq_summary(ratings=[0, 150, 75.5, None, 151, -1, True])
    assert (found["n"], found["mean"]) == (3, pytest.approx(225.5 / 3))


def test_only_who_answered_is_in_the_denominator() -> None:
    found = satisfaction.csat_top_box(ratings=[5, None, None, 4, 1], top_box_values=[4, 5])
    assert (found["n"], found["top_box_count"], found["top_box_percent"]) == (3, 2, pytest.approx(200 / 3))
    nobody = satisfaction.csat_top_box(ratings=[None], top_box_values=[5])
    assert (nobody["n"], nobody["top_box_percent"], nobody["ci_low_percent"]) == (0, None, None) and nobody["reason"]


@pytest.mark.parametrize(
    ("rating", "kind"), [(0, "detractors"), (6, "detractors"), (7, "passives"), (8, "passives"), (9, "promoters")]
)
def test_passives_are_seven_and_eight(rating: int, kind: str) -> None:
    found = nps.nps_score(ratings=[rating])
    assert [found[name] for name in ("promoters", "passives", "detractors")].count(1) == 1 and found[kind] == 1
    assert nps.nps_score(ratings=[rating, 11, -1, None])["n"] == 1


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_a_net_promoter_score_lies_between_the_ends_and_its_interval_around_its_middle(
    promoters: int, passives: int, detractors: int, confidence: float
) -> None:
    found = nps.nps_ci_adjusted_wald(
        promoters=promoters, passives=passives, detractors=detractors, confidence=confidence
    )
    if promoters + passives + detractors == 0:
        assert found["nps"] is None and found["reason"]
        return
    assert -100 <= found["ci_low"] <= found["nps_adjusted"] <= found["ci_high"] <= 100
    other = nps.nps_ci_adjusted_wald(
        promoters=detractors, passives=passives, detractors=promoters, confidence=confidence
    )
    assert other["nps"] == pytest.approx(-found["nps"]) and other["ci_low"] == pytest.approx(-found["ci_high"])


def test_a_margin_from_a_one_proportion_formula_would_be_noticed() -> None:
    found = nps.nps_ci_wald(promoters=50, passives=30, detractors=20)
    one_proportion = 100 * 1.959964 * math.sqrt(0.3 * 0.7 / 100)
    assert (found["ci_high"] - found["ci_low"]) / 2 == pytest.approx(15.3078, abs=1e-3)
    assert (found["ci_high"] - found["ci_low"]) / 2 > 1.5 * one_proportion


SIX = dict(zip(nasa_tlx.SUBSCALES, (70, 10, 55, 30, 60, 40), strict=True))


def test_a_workload_needs_all_six_ratings_and_is_not_turned_round() -> None:
    assert (
        nasa_tlx.nasa_tlx_raw(ratings=SIX | {"performance": 100})["raw_tlx"]
        > nasa_tlx.nasa_tlx_raw(ratings=SIX)["raw_tlx"]
    )
    for wrong in ({"mental": None}, {"mental": 101}, {"mental": -1}, {"mental": True}, {"humour": 3}):
        found = nasa_tlx.nasa_tlx_raw(ratings=SIX | wrong)
        assert found["raw_tlx"] is None and found["reason"]
    assert nasa_tlx.nasa_tlx_raw(ratings={"mental": 50})["raw_tlx"] is None


def test_weights_must_come_from_fifteen_comparisons() -> None:
    fair = dict.fromkeys(nasa_tlx.SUBSCALES, 2) | {"mental": 5}
    assert nasa_tlx.nasa_tlx_weighted(ratings=SIX, weights=fair)["weighted_tlx"] == pytest.approx(
        (5 * 70 + 2 * 195) / 15
    )
    for wrong in (dict.fromkeys(nasa_tlx.SUBSCALES, 2), fair | {"mental": 6, "effort": 1}, fair | {"mental": None}, {}):
        assert nasa_tlx.nasa_tlx_weighted(ratings=SIX, weights=wrong)["weighted_tlx"] is None
    assert nasa_tlx.nasa_tlx_weights(pairwise_winners=["mental"] * 14)["weights"] is None
    assert nasa_tlx.nasa_tlx_weights(pairwise_winners=["mental"] * 15)["weights"] is None


@given(st.lists(st.booleans(), min_size=15, max_size=15), st.lists(st.integers(0, 100), min_size=6, max_size=6))
def test_the_weighted_instrument_is_the_published_function_of_its_comparisons(
    first: list[bool], given_: list[int]
) -> None:
    winners = [
        pair[0] if one else pair[1] for one, pair in zip(first, combinations(nasa_tlx.SUBSCALES, 2), strict=True)
    ]
    weights = nasa_tlx.nasa_tlx_weights(pairwise_winners=winners)["weights"]
    responses = [*given_, *(1 if one else 2 for one in first)]
    named = dict(zip(nasa_tlx.SUBSCALES, given_, strict=True))
    expected = nasa_tlx.nasa_tlx_weighted(ratings=named, weights=weights)["weighted_tlx"]
    assert scoring.person_score(shipped("nasa_tlx_weighted"), responses) == pytest.approx(expected)


def test_the_ueq_without_orientation_would_be_noticed() -> None:
    happy = [1 if item in ueq.REVERSED else 7 for item in range(1, 27)]
    found = ueq.ueq_scales(response_matrix=[happy])
    assert {found[name] for name in ueq.SCALES} == {3.0}
    assert {round(ueq.ueq_scales(response_matrix=[[7] * 26])[name], 2) for name in ueq.SCALES} != {3.0}
    assert sorted(item for items in ueq.SCALES.values() for item in items) == list(range(1, 27))


def test_who_answers_the_ueq_off_the_scale_is_not_counted_and_what_is_left_out_is_not_zero() -> None:
    rows: list[list[Any]] = [[7] * 8, [7, 7, 7, 9, 7, 7, 7, 7], [None, 7, 7, 7, 7, 7, 7, 7], [None] * 8, [7] * 7]
    found = ueq.ueq_s_scales(response_matrix=rows)
    assert (found["n"], found["pragmatic"], found["hedonic"]) == (2, 3.0, 3.0)
    assert ueq.ueq_scales(response_matrix=[])["novelty"] is None


def test_careless_answers_to_the_ueq_are_flagged() -> None:
    assert ueq.ueq_inconsistency(responses=[4] * 26)["suspicious"], "twenty-six times the same"
    jumping = [1, 7] * 13
    assert len(ueq.ueq_inconsistency(responses=jumping)["inconsistent_scales"]) >= 2
    assert ueq.ueq_inconsistency(responses=jumping)["suspicious"]
    assert ueq.ueq_inconsistency(responses=[0] * 26)["suspicious"] is None


def test_interface_quality_is_items_13_to_15_and_what_does_not_apply_is_not_counted() -> None:
    assert pssuq.pssuq_v3(responses=[1] * 15 + [7])["intqual"] == 1.0
    some: list[int | None] = [2, None, 4, *[None] * 13]
    assert pssuq.pssuq_v3(responses=some) == {"overall": 3.0, "sysuse": 3.0, "infoqual": None, "intqual": None}
    assert (
        pssuq.pssuq_v3(responses=[8] * 16)["overall"] is None and pssuq.pssuq_v3(responses=[1] * 15)["overall"] is None
    )


def test_counts_that_are_none_make_no_share() -> None:
    for wrong in ({}, {"satisfied": -1}, {"satisfied": 2.5}, {"delighted": 3}, {"satisfied": None}):
        found = satisfaction.govuk_satisfaction(counts=wrong)
        assert found["percent_satisfied"] is None and found["reason"]
    assert satisfaction.govuk_satisfaction(counts={"satisfied": 3})["percent_satisfied"] == 100


def test_a_driver_that_nobody_answered_has_no_mean() -> None:
    found = satisfaction.omb_a11_drivers(responses_by_driver={"ease": [None, 6, 0], "trust": [4, 2]})
    assert found["ease"] == {"n": 0, "mean": None, "percent_agree": None, "distribution": dict.fromkeys("12345", 0)}
    assert found["trust"]["percent_agree"] == 50


# --- reliability ------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=3, max_size=20))
def test_alpha_is_at_most_one_and_lies_in_its_interval(rows: list[list[int]]) -> None:
    found = reliability.cronbach_alpha(item_matrix=rows)
    if found["alpha"] is None:
        assert found["reason"]
        return
    assert found["ci_low"] <= found["alpha"] <= found["ci_high"] <= 1
    assert ("warning" in found) == (found["alpha"] < 0)
    wider = reliability.cronbach_alpha(item_matrix=rows, confidence=0.99)
    assert wider["ci_low"] <= found["ci_low"] and wider["ci_high"] >= found["ci_high"]


def test_who_left_an_item_out_is_not_counted_and_too_few_have_no_alpha() -> None:
    rows: list[list[int | None]] = [[1, 2, 1], [3, 3, 4], [5, 4, 5], [2, None, 1]]
    assert reliability.cronbach_alpha(item_matrix=rows)["n"] == 3
    for few in ([], [[1, 2, 3]], [[1], [2], [3]], [[2, 2], [2, 2]]):
        found = reliability.cronbach_alpha(item_matrix=few)
        assert found["alpha"] is None and found["reason"]
    assert reliability.item_total(item_matrix=[[1, 2, 3]])["corrected_item_total_correlation"] == [None] * 3


def test_an_item_that_everybody_answered_alike_has_no_correlation() -> None:
    found = reliability.item_total(item_matrix=[[3, 1, 2], [3, 4, 4], [3, 5, 5]])
    assert found["corrected_item_total_correlation"][0] is None
    assert found["alpha_if_deleted"][0] is not None


def test_unturned_items_of_the_sus_make_alpha_negative_and_the_result_warns() -> None:
    people = [[5, 1] * 5, [4, 2] * 5, [3, 3] * 4 + [3, 4], [2, 4] * 5]
    assert reliability.cronbach_alpha(item_matrix=people)["warning"]


# --- a group ----------------------------------------------------------------------------------------------------------


@given(ratings)
def test_an_interval_is_around_its_mean_and_narrower_with_less_confidence(values: list[int]) -> None:
    found = mean_with_interval(values=values)
    less = mean_with_interval(values=values, confidence=0.5)
    assert found["ci_low"] <= found["mean"] <= found["ci_high"] and found["n"] == len(values)
    assert less["ci_high"] - less["ci_low"] <= found["ci_high"] - found["ci_low"]


def test_a_group_is_told_with_its_parts_and_figures() -> None:
    figures = scoring.group_figures(shipped("nps"), [[10], [9], [0], [None]])
    assert (figures["promoters"], figures["detractors"], round(figures["nps"], 2)) == (2, 1, 33.33)
    parts = scoring.group_figures(shipped("pssuq"), [[2] * 16, [None] * 16])["parts"]
    assert parts["intqual"]["n"] == 1 and parts["intqual"]["mean"] == 2
    drivers = scoring.group_figures(shipped("omb_a11"), [[5, 4, None, 3, 2, 1, None]])["drivers"]
    assert drivers["trust"]["percent_agree"] == 100 and drivers["effectiveness"]["n"] == 0
    govuk = scoring.group_figures(shipped("govuk"), [[5], [4], [1]])
    assert round(govuk["percent_satisfied"], 1) == 66.7 and govuk["counts"]["very_dissatisfied"] == 1
