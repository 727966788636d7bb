"""How long load citizens take for themselves: as people were seen to, or as a distribution assumes."""

from __future__ import annotations

import random
import statistics

import pytest

from loadtests import thinking
from studies import script
from studies.log import Log

SITTING = """
session=p-{n} source=participant start=2026-03-01T08:00:00Z task=renew
 0.0 citizen begins   renew
 0.0 citizen acts     /renew        step=visit
 1.0 service answers  /renew        step=visit
 1.0 service requests national_id   step=visit
 {a} citizen gives    national_id   step=give
 {b} citizen gives    mobile        step=give
 {c} citizen submits  traffic/renew step=submit
 {d} citizen submits  traffic/renew step=submit
40.0 service answers  /done         step=submit
"""


def sittings(*times: tuple[float, float, float, float], source: str = "participant") -> Log:
    scripts = [
        SITTING.format(n=n, a=a, b=b, c=c, d=d).replace("source=participant", f"source={source}")
        for n, (a, b, c, d) in enumerate(times)
    ]
    return script.parse("\n".join(scripts))


def test_the_time_between_the_services_word_and_the_citizens_act_is_theirs() -> None:
    found = thinking.observed_in(sittings((4.0, 6.5, 8.5, 9.0), (3.0, 3.5, 4.0, 5.0)), "renew")
    assert found == {"give": [5.5, 2.5], "submit": [2.0, 0.5]}  # pressing again while waiting is no thinking


def test_only_participants_of_that_journey_are_taken_for_people() -> None:
    assert thinking.observed_in(sittings((4.0, 6.5, 8.5, 9.0), source="robot"), "renew") == {}
    assert thinking.observed_in(sittings((4.0, 6.5, 8.5, 9.0)), "move") == {}


def test_a_step_is_drawn_from_its_own_times_and_one_that_was_hardly_seen_from_everyones() -> None:
    seen = {"give": [5.0, 6.0, 7.0, 8.0, 9.0], "submit": [1.0]}
    drawn = thinking.of({"kind": "observed", "by_step": seen}, 3, {"give": 2.0, "submit": 1.0, "press": 1.0})
    assert drawn is not None
    assert {drawn.seconds("give") for _ in range(200)} == set(seen["give"])
    assert {drawn.seconds("submit") for _ in range(400)} == {1.0, *seen["give"]}
    assert {drawn.seconds("expect") for _ in range(9)} == {0.0}  # nobody does anything there


def test_without_people_times_are_log_normal_around_what_is_predicted() -> None:
    drawn = thinking.of({"kind": "log-normal"}, 3, {"give": 4.0})
    assert drawn is not None
    times = [drawn.seconds("give") for _ in range(4000)]
    assert statistics.median(times) == pytest.approx(4.0, rel=0.06)
    assert sum(t > 4.0 * 1.822 for t in times) / 4000 == pytest.approx(0.159, abs=0.03)
    assert statistics.median(drawn.seconds("give", 9.0) for _ in range(4000)) == pytest.approx(9.0, rel=0.06)
    assert (drawn.kind, drawn.sigma) == ("log-normal", 0.6)


def test_the_same_seed_draws_the_same_times() -> None:
    one, other = (thinking.of({"kind": "log-normal"}, 5, {"a": 1.0}) for _ in range(2))
    assert one and other and [one.seconds("a") for _ in range(9)] == [other.seconds("a") for _ in range(9)]


def test_who_is_told_nothing_does_not_think() -> None:
    assert thinking.of({}, 0, {}) is None


def test_a_load_takes_no_more_times_along_than_it_needs() -> None:
    taken = thinking.told_of({"give": [float(n) for n in range(3000)]}, random.Random(1))
    assert len(taken["give"]) == thinking.KEPT
    assert statistics.median(taken["give"]) == pytest.approx(1500, rel=0.1)
