"""A study planned before anybody is asked: published figures, curves that keep their promises, effort from below."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.planning import picture
from analysis.statistics.planning import (
    power_paired_proportions,
    sample_size_paired_proportions,
    sample_size_proportion_ci,
)
from analysis.study_plan import half_width, plan
from commands.study._effort import effort
from journeys.reading import read_journey
from journeys.reading_met import READ, document, reading_seconds
from studies.planning.study import Study
from studies.words import say_in
from studies.workspace import CHECKOUT

pytestmark = pytest.mark.untimed


def study(**more: object) -> Study:
    told = {
        "study": "mine", "title": "Mine", "tasks": ["traffic/renew_vehicle"], "conditions": ["as_is", "redesigned"],
        "participants": {"languages": {"en": 20}, "design": "between"},
    }  # fmt: skip
    return Study.model_validate({**told, **more})


def test_published_figures_stand_in_the_plan() -> None:
    # Nielsen & Landauer 1993: five participants see 85 % of the problems that 31 % meet.
    # 388 a group for 50 % against 60 % at 80 % power, as power.prop.test prints it.
    found = plan(study(planning={"completion": 0.5, "better": 0.6, "problem": 0.31, "goal": 0.84}))
    assert found["needed"]["problems"]["n"] == 5
    assert found["needed"]["power"]["n"] == 388
    five = next(one for one in found["curve"] if one["n"] == 5)
    assert five["problems"] == pytest.approx(0.8436, abs=1e-4)


def test_the_design_decides_how_many_are_in_each_condition() -> None:
    assert plan(study())["per_condition"] == 10
    within = {"languages": {"en": 20}, "design": "within"}
    assert plan(study(participants=within))["per_condition"] == 20
    means = {"difference": 1.0, "spread": 2.0}
    alone, pairs = plan(study(planning=means)), plan(study(planning=means, participants=within))
    assert pairs["needed"]["power"]["n"] < alone["needed"]["power"]["n"]
    assert alone["needed"]["power"]["n"] == 64  # d = 0.5: 64 a group (Cohen 1988)
    assert pairs["needed"]["power"]["n"] == 34


def test_shares_of_the_same_people_are_planned_by_mcnemar() -> None:
    # Connor 1987 as powerandsamplesize.com prints it: .45 against .05 in one alone takes 23 pairs (22.01).
    phi = (0.7 * 0.7 - 0.45) / 0.21  # only_1 = .45, only_2 = .05 of p1 = .7, p2 = .3
    found = sample_size_paired_proportions(p1=0.7, p2=0.3, together=phi)
    assert (found["n_pairs"], round(found["n_exact"], 2)) == (23, 22.01)
    assert power_paired_proportions(p1=0.7, p2=0.3, n_pairs=found["n_exact"], together=phi)["power"] == pytest.approx(
        0.8, abs=1e-6
    )
    within = {"languages": {"en": 20}, "design": "within"}
    apart = plan(study(participants=within))
    alike = plan(study(participants=within, planning={"together": 0.4}))
    assert "McNemar" in apart["power_by"] and alike["needed"]["power"]["n"] < apart["needed"]["power"]["n"]
    assert plan(study())["needed"]["power"]["n"] != apart["needed"]["power"]["n"]
    assert plan(study(participants=within, planning={"together": 0.99}))["needed"]["power"]["reason"]


def test_what_is_too_few_is_said() -> None:
    found = plan(study(tasks=["a/one", "a/two", "a/three"]))
    assert any("66 in each condition" in said for said in found["warnings"])
    assert any("3 tasks is not balanced in “en”: 24" in said for said in found["warnings"])
    assert plan(study(conditions=["as_is"]))["planned"]["power"] is None


@given(st.floats(0.05, 0.95), st.floats(0.02, 0.3))
def test_the_number_needed_is_just_enough_for_the_margin(share: float, margin: float) -> None:
    n = sample_size_proportion_ci(expected_proportion=share, margin=margin, method="adjusted_wald")["n"]
    assert half_width(share, n) <= margin + 1e-9
    assert n == 1 or half_width(share, n - 1) > margin - 1e-9


@given(st.integers(2, 400), st.floats(0.1, 0.8))
def test_more_participants_never_bring_less(people: int, share: float) -> None:
    found = plan(study(participants={"languages": {"en": 2 * people}, "design": "between"},
                       planning={"completion": share}))["curve"]  # fmt: skip
    assert [one["n"] for one in found] == sorted({one["n"] for one in found})
    for less, more in zip(found, found[1:], strict=False):
        assert more["interval"] < less["interval"]
        assert more["power"] >= less["power"] - 1e-12
        assert more["problems"] >= less["problems"]


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_plan_is_drawn_with_every_line_named(tongue: str) -> None:
    with say_in(tongue):
        drawn = picture(plan(study()))
    assert drawn.startswith("<svg") and drawn.count("stroke-dasharray") >= 2
    if tongue == "en":
        assert all(name in drawn for name in ("Power to see the difference", "planned", "Problems that somebody"))


def test_reading_is_claimed_only_where_a_silent_speed_is_confirmed() -> None:
    assert reading_seconds(238, "en", share=1.0) == pytest.approx(60)
    assert document({"open": 238}, "en")["seconds"] == pytest.approx(60 * READ)
    arabic = document({"open": 238}, "ar")
    assert arabic["seconds"] is None and arabic["reason"] and arabic["words"] == 238


def test_effort_is_a_lower_bound_of_each_task_and_condition() -> None:
    file = CHECKOUT / "journeys" / "library" / "traffic" / "renew_vehicle.yaml"
    journey = read_journey(file)
    found = effort(study(), {"traffic/renew_vehicle": journey}, words=False)
    each = {one["condition"]: one for one in found}
    assert 0 < each["redesigned"]["seconds_at_least"] < each["as_is"]["seconds_at_least"]
    assert all(one["reading"] is None and "lower" in one["bound"] for one in found)


@pytest.mark.slow
def test_pages_met_add_their_reading(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text("study: mine\ntitle: Mine\ntasks: [traffic/renew_vehicle]\nconditions: [redesigned]\n")
    words = [sys.executable, "cli.py", "study", "plan", str(file), "--words", "--json", "--chart", "plan.svg"]
    there = {**os.environ, "KHUTWA_WORKSPACE": str(tmp_path / "space"), "PYTHONPATH": str(CHECKOUT)}
    words[1] = str(CHECKOUT / "cli.py")
    told = subprocess.run(words, cwd=tmp_path, env=there, capture_output=True, check=True, text=True).stdout
    (one,) = json.loads(told)["effort"]
    assert sum(one["reading"]["by_step"].values()) == one["reading"]["words"] > 20
    assert one["seconds_at_least"] == pytest.approx(one["hands_and_head"] + one["reading"]["seconds"], abs=0.01)
    assert (tmp_path / "plan.svg").read_text().startswith("<svg")
