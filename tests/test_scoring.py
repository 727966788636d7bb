"""Scores come out as published, refuse what is not on the scale, and never stand without their n."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from surveys import scoring
from surveys.instruments import shipped

EXAMPLES = [
    example
    for example in json.loads((Path(__file__).parent / "samples" / "statistics.json").read_text("utf-8"))
    if hasattr(scoring, example["statistic"])
]


def agrees(got: Any, expected: Any, within: float) -> bool:
    """The same text, truth or null exactly; a number to within a tolerance."""
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return bool(got == expected)
    return isinstance(got, int | float) and math.isclose(got, expected, rel_tol=0, abs_tol=within)


def test_there_are_examples_for_every_sus_statistic() -> None:
    told = {example["statistic"] for example in EXAMPLES}
    assert told == {
        "sus_score",
        "sus_missing_items",
        "sus_summary",
        "sus_grade",
        "sus_percentile",
        "sus_adjective",
        "sus_subscales",
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_a_worked_example_comes_out(example: dict[str, Any]) -> None:
    got = getattr(scoring, example["statistic"])(**example["inputs"])
    floor = example.get("abs_tol", example.get("abs_tol_floor", 0))
    for key, expected in example["expected"].items():
        within = max(floor, example.get("rel_tol", 0) * abs(expected)) if isinstance(expected, float) else floor
        assert agrees(got[key], expected, within), (key, got[key], expected)
    for key, expected in example.get("expected_precise", {}).items():
        within = example["precise_rel_tol"] * abs(expected) if isinstance(expected, float) else floor
        assert agrees(got[key], expected, within), (key, got[key], expected)


def test_brookes_own_example_is_55() -> None:
    assert scoring.sus_score(responses=[5, 4, 2, 1, 2, 3, 2, 4, 5, 2]) == {"valid": True, "sus": 55.0}


@pytest.mark.parametrize("wrong", [0, 6, -1, 3.5, 4.0, "4", True, None, float("nan")])
def test_what_is_not_on_the_scale_makes_no_score(wrong: Any) -> None:
    responses = [4, 2, 4, 2, 4, 2, 4, 2, 4, wrong]
    assert scoring.sus_score(responses=responses) == {"valid": False, "sus": None}
    if wrong is not None:
        assert scoring.sus_missing_items(responses=responses)["sus"] is None


def test_one_item_left_out_is_made_good_and_two_are_not_unless_asked() -> None:
    one = [4, 2, None, 1, 5, 2, 4, 1, 5, 2]
    two = [4, 2, None, 1, 5, None, 4, 1, 5, 2]
    assert scoring.sus_missing_items(responses=one)["sus"] == pytest.approx(100 * 31 / 36)
    assert scoring.sus_missing_items(responses=two) == {"valid": False, "n_answered": 8, "sus": None}
    assert scoring.sus_missing_items(responses=two, max_missing=2)["sus"] == pytest.approx(100 * 28 / 32)
    assert scoring.sus_missing_items(responses=two, centre=True) == {"valid": True, "n_answered": 8, "sus": 80.0}
    assert scoring.sus_missing_items(responses=[None] * 10, max_missing=10)["sus"] is None


@pytest.mark.parametrize(
    ("bound", "grade", "below"),
    [(84.1, "A+", "A"), (80.8, "A", "A-"), (78.9, "A-", "B+"), (77.2, "B+", "B"), (74.1, "B", "B-"), (72.6, "B-", "C+")]
    + [(71.1, "C+", "C"), (65.0, "C", "C-"), (62.7, "C-", "D"), (51.7, "D", "F")],
)
def test_a_grade_begins_at_its_bound_on_the_unrounded_mean(bound: float, grade: str, below: str) -> None:
    assert scoring.sus_grade(mean_sus=bound) == {"grade": grade}
    assert scoring.sus_grade(mean_sus=math.nextafter(bound, 0)) == {"grade": below}


@pytest.mark.parametrize(("mean", "percentile"), [(0, 0), (100, 100), (84.1, 96), (65, 41), (51.7, 15)])
def test_percentiles_pass_through_the_published_anchors(mean: float, percentile: float) -> None:
    assert scoring.sus_percentile(mean_sus=mean)["percentile"] == pytest.approx(percentile)


@pytest.mark.parametrize(
    ("mean", "adjective"),
    [(0, "Worst imaginable"), (16.4, "Worst imaginable"), (28.0, "Awful"), (43.3, "Poor"), (61.15, "OK")]
    + [(78.45, "Good"), (88.2, "Excellent"), (88.21, "Best imaginable"), (100, "Best imaginable")],
)
def test_the_nearest_adjective_wins_and_a_tie_goes_to_the_lower(mean: float, adjective: str) -> None:
    assert scoring.sus_adjective(mean_sus=mean)["adjective"] == adjective


@pytest.mark.parametrize(
    ("mean", "acceptability"), [(49.99, "not acceptable"), (50, "marginal"), (69.99, "marginal"), (70, "acceptable")]
)
def test_acceptability_changes_at_50_and_70(mean: float, acceptability: str) -> None:
    assert scoring.sus_adjective(mean_sus=mean)["acceptability"] == acceptability


@pytest.mark.parametrize("mean", [None, -1, 100.1, float("nan"), "68"])
def test_what_is_no_sus_has_no_standing(mean: Any) -> None:
    assert set(scoring.standing(shipped("sus"), mean).values()) == {None}


def test_too_few_people_have_no_interval_and_the_result_says_why() -> None:
    nobody = scoring.sus_summary(response_matrix=[])
    one = scoring.sus_summary(response_matrix=[[3] * 10])
    assert (nobody["n"], nobody["mean"], nobody["ci_low"]) == (0, None, None)
    assert (one["n"], one["mean"], one["sd"], one["ci_low"], one["ci_high"]) == (1, 50.0, None, None, None)
    assert nobody["reason"] and one["reason"]


def test_who_has_no_valid_score_is_not_counted() -> None:
    summary = scoring.sus_summary(response_matrix=[[3] * 10, [5, 1] * 5, [3] * 9, [6] * 10])
    assert (summary["n"], summary["mean"]) == (2, 75.0)


def test_a_wider_confidence_makes_a_wider_interval_around_the_same_mean() -> None:
    people = [[3] * 10, [5, 1] * 5, [4, 2] * 5]
    narrow, wide = (scoring.sus_summary(response_matrix=people, confidence=level) for level in (0.8, 0.99))
    assert narrow["mean"] == wide["mean"]
    assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]
