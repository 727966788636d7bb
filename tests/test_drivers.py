"""What drives satisfaction: planted costs are found again, robots left out, nothing said beyond what was seen."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.drivers.effects import ASSOCIATION, RANDOMISED, drivers, too_few
from analysis.drivers.told import told
from analysis.drivers.visits import Visit, rated_visits, removed
from analysis.drivers.what_if import what_if
from analysis.measure import measure
from analysis.proving.recovery import PLANTED, recover, simulated
from analysis.statistics.models import linear_mixed_random_intercept
from analysis.statistics.own_levels import random_intercept_reml
from studies.events import ALL_VERBS, Session
from studies.log import Log
from studies.script import parse
from studies.troubles import WrongInput


def _study(sessions: int, seed: int = 5) -> list[Visit]:
    return simulated(sessions, np.random.default_rng(seed))


def test_the_fast_fit_is_the_one_that_statsmodels_finds() -> None:
    visits = _study(120)
    response = np.array([v.score for v in visits])
    questions = np.array([v.measures["repeat_questions"] for v in visits])
    people = np.array([v.participant for v in visits])
    mine = random_intercept_reml(response, np.column_stack([np.ones(120), questions]), people)
    theirs = linear_mixed_random_intercept(response=response, groups=people, predictors={"q": questions})
    assert mine is not None
    assert mine.beta == pytest.approx(list(theirs["fixed_effects"].values()), rel=1e-4)
    assert np.sqrt(np.diag(mine.covariance)) == pytest.approx(list(theirs["standard_errors"].values()), rel=3e-3)
    assert mine.group_sd == pytest.approx(theirs["group_sd"], rel=1e-3)
    assert mine.log_likelihood == pytest.approx(theirs["reml_log_likelihood"], abs=1e-4)


def test_a_search_that_steps_where_nothing_can_be_inverted_still_ends_in_a_fit() -> None:
    visits = simulated(200, np.random.default_rng(0))  # statsmodels raises "Singular matrix" here by one of its ways
    found = linear_mixed_random_intercept(
        response=[v.score for v in visits],
        groups=[v.participant for v in visits],
        predictors={"q": [v.measures["repeat_questions"] for v in visits]},
    )
    assert found["fixed_effects"]["q"] == pytest.approx(-5.979, abs=0.01)


def test_planted_costs_come_back_in_studies_of_two_hundred() -> None:
    for one in recover(200, 120):
        assert one.bias < 0.12, one
        assert 0.88 <= one.coverage <= 1.0, one
        assert one.warned == 0


def test_forty_sessions_are_too_few_and_it_says_how_many_would_do() -> None:
    found = drivers(_study(40), draws=0)
    assert "70 would do" in found.too_few
    assert too_few(49, 1) and not too_few(50, 5) and "60" in too_few(55, 6)


def test_who_got_what_they_wanted_is_kept_apart() -> None:
    visits = _study(800)
    found = drivers(visits, draws=0)
    settled = next(e for e in found.effects if e.driver == "settled")
    assert settled.low < PLANTED["settled"] < settled.high
    assert set(found.by_outcome) == {"settled", "not_settled"}
    for effects in found.by_outcome.values():
        questions = next(e for e in effects if e.driver == "repeat_questions")
        assert questions.low < PLANTED["repeat_questions"] < questions.high


def test_without_the_outcome_a_question_would_be_blamed_for_more_than_it_costs() -> None:
    visits = _study(2000)
    blind = [Visit(v.session, v.participant, v.service, True, v.score, v.measures) for v in visits]
    seeing, unseeing = (drivers(some, draws=0).effects[0].change for some in (visits, blind))
    assert unseeing < seeing


def test_importance_sums_to_what_is_explained_and_has_intervals_that_a_seed_repeats() -> None:
    visits = _study(160)
    found, again = (drivers(visits, draws=40, seed=7).importance for _time in range(2))
    assert found == again
    assert sum(one["share"] for one in found["johnson"].values()) == pytest.approx(found["r_squared"])
    assert all(one["ci_low"] <= one["share"] + 0.1 for one in found["lmg"].values())
    assert found["lmg"]["settled"]["share"] > found["lmg"]["steps"]["share"]


def test_a_rating_of_few_answers_is_read_as_an_order_too() -> None:
    visits = [
        Visit(v.session, v.participant, v.service, v.settled, float(np.clip(round(v.score / 15), 1, 7)), v.measures)
        for v in _study(200)
    ]
    found = drivers(visits, draws=25)
    by_name = {e.driver: e for e in found.ordinal}
    assert by_name["repeat_questions"].high < 0 < by_name["settled"].low
    assert not drivers(_study(80), draws=25).ordinal


def test_what_if_predicts_with_an_interval_and_never_outside_what_was_seen() -> None:
    visits = _study(800)
    found = drivers(visits, draws=0)
    less = [min(1.0, v.measures["repeat_questions"]) for v in visits]
    expected = what_if(found, visits, {"repeat_questions": less})
    assert expected.low < -PLANTED["repeat_questions"] * float(np.mean(less)) < expected.high
    assert expected.label == ASSOCIATION
    with pytest.raises(WrongInput, match=r"what was seen there is 0 to \d+"):
        what_if(found, visits, {"repeat_questions": 30.0})
    with pytest.raises(WrongInput, match="none of the drivers"):
        what_if(found, visits, {"weather": 1.0})


def test_only_conditions_given_out_by_chance_that_decide_the_driver_make_it_an_effect() -> None:
    rng = np.random.default_rng(1)
    visits = []
    for i in range(120):
        redesigned = i % 2
        questions = 3.0 - 3 * redesigned
        measures = {"repeat_questions": questions, "silent_time": 4.0, "steps": 6.0}
        condition = "redesigned" if redesigned else "as_is"
        score = 70 - 4 * questions + rng.normal(0, 5)
        visits.append(Visit(str(i), f"p{i // 2}", "renewal", True, score, measures, condition))
    assert drivers(visits, draws=0, assigned=True).label == RANDOMISED
    assert drivers(visits, draws=0).label == ASSOCIATION
    assert drivers(visits, draws=0).unvaried == ("silent_time", "steps")
    assert drivers(_study(200), draws=0, assigned=True).label == ASSOCIATION


SCRIPT = """
 0.0 citizen begins renew
 0.5 citizen acts renew step=start
 4.5 service requests national_id
 6.0 citizen gives national_id
 7.0 citizen submits renew step=send
 9.0 service requests national_id
10.0 citizen gives national_id
11.0 citizen submits renew
11.2 service concludes renewed
"""


def _log() -> Log:
    said, sessions = [], []
    one = parse(SCRIPT).said()
    for name, source in (("a", "participant"), ("b", "participant"), ("r", "robot")):
        moved = [s.__class__(**{**{f: getattr(s, f) for f in s.__slots__}, "session": name, "case": name}) for s in one]
        said += moved
        sessions.append(Session(name, moved[0].when, None, source, participant=name, hears=ALL_VERBS))
    return Log.of(said, sessions)


def test_robots_are_left_out_and_what_a_redesign_takes_is_named_by_step_and_datum() -> None:
    log = _log()
    measured = measure(log)
    visits = rated_visits(log, measured, {"a": 60.0, "b": 70.0, "r": 99.0})
    assert [v.session for v in visits] == ["a", "b"]
    assert visits[0].service == "renew" and visits[0].settled
    assert visits[0].measures["repeat_questions"] == 1
    assert removed(measured, visits, waits=["start"])["silent_time"].tolist() == [4.0, 4.0]
    assert removed(measured, visits, questions=["national_id"])["repeat_questions"].tolist() == [1.0, 1.0]
    assert removed(measured, visits, questions=["address"])["repeat_questions"].tolist() == [0.0, 0.0]


def test_nothing_rated_says_so() -> None:
    found = drivers([])
    assert "no participant has rated" in found.reason
    assert "robots are left out" in told(found)
    json.dumps(found.json(), allow_nan=False)
    with pytest.raises(WrongInput, match="What if cannot be said"):
        what_if(found, [], {"steps": 1.0})


def test_what_is_told_has_the_effect_first_and_p_last() -> None:
    text = told(drivers(_study(200), draws=0))
    line = next(line for line in text.splitlines() if "repeat question" in line)
    assert line.index("−") < line.index("p = ")
    assert "association" in text
