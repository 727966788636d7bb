"""How many come at each moment of a load."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.shapes import citizens, shape, shapes, steps, stretches
from studies.troubles import WrongInput

MOST = st.integers(1, 500)
SECONDS = st.floats(0.5, 3600)
SHARE = st.floats(0, 0.999_999)
DAY = (0.0, 3.0, 12.0, 6.0)


def test_shapes_are_the_files_of_their_folder() -> None:
    assert {"constant", "ramp", "steps", "spike", "soak", "deadline_day", "recorded"} <= set(shapes())


@pytest.mark.parametrize("name", shapes())
@given(most=MOST, seconds=SECONDS, share=SHARE)
def test_no_shape_has_more_than_asked_for_nor_anybody_outside_its_time(
    name: str, most: int, seconds: float, share: float
) -> None:
    form = shape(name, DAY)
    assert 0 <= form(share * seconds, most, seconds) <= most + 1e-9
    assert form(-0.1, most, seconds) == 0
    assert form(seconds, most, seconds) == 0
    assert 1 <= citizens(form, share * seconds, most, seconds) <= most
    assert citizens(form, seconds, most, seconds) == 0


@pytest.mark.parametrize("name", shapes())
def test_every_shape_reaches_its_height(name: str) -> None:
    form = shape(name, DAY)
    assert max(form(t / 10, 40, 100.0) for t in range(1000)) == pytest.approx(40, rel=0.02)


@pytest.mark.parametrize("name", shapes())
def test_every_shape_says_what_it_is_for(name: str) -> None:
    assert importlib.import_module(f"loadtests.shapes.{name}").__doc__


def test_constant_has_all_of_them_all_the_time() -> None:
    assert {citizens(shape("constant"), t, 20, 10.0) for t in (0.0, 0.1, 5.0, 9.99)} == {20}


def test_ramp_holds_every_level_for_the_same_time() -> None:
    levels = [citizens(shape("ramp"), t / 10 + 0.05, 4, 2.0) for t in range(20)]
    assert levels == [1] * 5 + [2] * 5 + [3] * 5 + [4] * 5


@pytest.mark.parametrize("name", ["ramp", "soak", "steps"])
@given(most=MOST, seconds=SECONDS, early=SHARE, late=SHARE)
def test_what_rises_never_falls(name: str, most: int, seconds: float, early: float, late: float) -> None:
    early, late = sorted((early, late))
    form = shape(name)
    assert form(early * seconds, most, seconds) <= form(late * seconds, most, seconds) + 1e-9


@given(most=st.one_of(MOST, st.floats(0.1, 500)))
def test_steps_begin_with_one_and_end_with_all_each_level_higher_than_the_one_before(most: float) -> None:
    found = steps.levels(most)
    assert found[0] == min(1.0, most) and found[-1] == pytest.approx(most)
    assert all(low < high for low, high in zip(found, found[1:], strict=False))
    assert len(found) <= steps.LEVELS


def test_steps_of_enough_citizens_have_as_many_levels_as_a_capacity_needs() -> None:
    assert steps.levels(12) == [1, 2, 3, 4, 5, 6, 8, 12]
    assert len(steps.levels(200)) == 8
    assert steps.levels(3) == [1, 2, 3]
    edges = stretches("steps", 12, 16.0)
    assert edges[0] == (0.0, 2.0) and edges[-1] == (14.0, 16.0)
    assert [citizens(shape("steps"), since, 12, 16.0) for since, _till in edges] == [1, 2, 3, 4, 5, 6, 8, 12]


def test_a_shape_without_steps_has_no_stretches() -> None:
    assert stretches("ramp", 12, 16.0) == []


def test_a_spike_is_calm_before_and_after() -> None:
    assert [shape("spike")(t, 50, 10.0) for t in (0.0, 3.9, 4.0, 5.9, 6.0, 9.9)] == [5, 5, 50, 50, 5, 5]


def test_the_last_day_rises_to_its_deadline_and_falls_off_behind_it() -> None:
    form = shape("deadline_day")
    assert form(0.0, 100, 100.0) == 5
    assert form(89.999, 100, 100.0) == pytest.approx(100, rel=0.001)
    assert form(89.999 - 90 / 8, 100, 100.0) == pytest.approx(50, rel=0.001)  # half, an eighth earlier
    assert form(90.0, 100, 100.0) == 10


def test_a_recorded_day_is_played_in_proportion_to_its_busiest_part() -> None:
    form = shape("recorded", DAY)
    assert [form(t, 10, 8.0) for t in (0.0, 2.0, 4.0, 6.0)] == [0.0, 2.5, 10.0, 5.0]


def test_a_recorded_day_must_have_been_recorded() -> None:
    with pytest.raises(WrongInput, match="--day"):
        shape("recorded")


def test_an_unknown_shape_is_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(WrongInput, match=r"no load shape “rampe”.*Did you mean ramp\?"):
        shape("rampe")
