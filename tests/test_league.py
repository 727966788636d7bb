"""A league of services claims only what it can tell apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.charts import league as charts_league
from analysis.charts.dress import svg
from analysis.leaders.league import league
from studies.troubles import WrongInput
from studies.words import say_in

ALIKE = {f"agency {k}": (80 + k, 100) for k in range(5)}


def test_agencies_that_cannot_be_told_apart_share_a_place() -> None:
    found = league(ALIKE)
    assert {one.group for one in found.standings} == {1}
    assert {(one.place_low, one.place_high) for one in found.standings} == {(1, 5)}
    assert not found.told_apart and "share one place" in found.says


def test_who_differs_beyond_chance_is_told_and_stands_outside_the_funnel() -> None:
    found = league({**ALIKE, "slow": (30, 100), "good": (399, 400)})
    by_name = {one.service: one for one in found.standings}
    assert by_name["good"].place_high == 1 and by_name["slow"].place_low == 7
    assert [by_name[n].group for n in ("good", "agency 0", "slow")] == [1, 2, 3]
    assert by_name["slow"].says == "far below what chance would do"
    assert by_name["good"].says == "far above what chance would do"
    assert found.overdispersion is not None and found.overdispersion > 1


def test_too_few_cases_are_named_and_not_ranked() -> None:
    found = league({**ALIKE, "new": (3, 3)})
    assert found.standings[-1].service == "new"
    assert found.standings[-1].group is None and "20 would do" in found.standings[-1].says
    assert found.target == pytest.approx(410 / 500)
    only = league({"new": (3, 3), "old": (50, 60)})
    assert "there is no league" in only.says


def test_services_that_are_all_the_same_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(4)
    wrong = sum(
        league({str(k): (int(rng.binomial(80, 0.85)), 80) for k in range(8)}).told_apart for _study in range(120)
    )
    assert wrong <= 11  # 5 % of 120, and what chance adds


def test_satisfaction_is_standardised_by_outcome() -> None:
    generous = [(True, 80.0), (True, 82.0)] * 40 + [(False, 50.0), (False, 52.0)] * 10
    strict = [(True, 84.0), (True, 86.0)] * 10 + [(False, 54.0), (False, 56.0)] * 40
    found = league({"generous": (80, 100), "strict": (20, 100)}, {"generous": generous, "strict": strict})
    by_name = {one.service: one for one in found.standings}
    assert by_name["generous"].satisfaction > by_name["strict"].satisfaction
    assert by_name["strict"].standardised == pytest.approx(70) and by_name["generous"].standardised == pytest.approx(66)
    assert by_name["strict"].standardised_low < 70 < by_name["strict"].standardised_high


def test_where_an_outcome_was_never_rated_nothing_is_standardised() -> None:
    found = league(
        {"a": (40, 50), "b": (45, 50)}, {"a": [(True, 80.0)] * 30, "b": [(True, 80.0)] * 20 + [(False, 4.0)]}
    )
    assert all(one.standardised is None for one in found.standings)
    assert json.dumps(found.json(), allow_nan=False)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(WrongInput, match="5 of 4"):
        league({"a": (5, 4)})


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_charts_are_drawn(language: str, dark: bool) -> None:
    with say_in(language):
        found = league({**ALIKE, "slow": (30, 100), "new": (3, 3)})
        for chart in (charts_league.funnel(found, dark), charts_league.places(found, dark)):
            drawn = svg(chart, "league", "league")
            assert ("<path" in drawn and "agency 0" in drawn) or "slow" in drawn
