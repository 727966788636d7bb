"""How many citizens are under way at each moment of a load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.shapes import shape, shapes
from studies.troubles import WrongInput

MOST = st.integers(1, 500)
SECONDS = st.floats(0.5, 3600)
SHARE = st.floats(0, 0.999_999)


def test_shapes_are_the_files_of_their_folder() -> None:
    assert {"constant", "ramp"} <= set(shapes())


@pytest.mark.parametrize("name", shapes())
@given(most=MOST, seconds=SECONDS, share=SHARE)
def test_no_shape_has_more_citizens_than_asked_for_nor_any_outside_its_time(
    name: str, most: int, seconds: float, share: float
) -> None:
    citizens = shape(name)
    assert 0 <= citizens(share * seconds, most, seconds) <= most
    assert citizens(-0.1, most, seconds) == 0
    assert citizens(seconds, most, seconds) == 0


@pytest.mark.parametrize("name", shapes())
def test_every_shape_says_what_it_is_for(name: str) -> None:
    import importlib

    assert importlib.import_module(f"loadtests.shapes.{name}").__doc__


def test_constant_has_all_of_them_all_the_time() -> None:
    assert {shape("constant")(t, 20, 10.0) for t in (0.0, 0.1, 5.0, 9.99)} == {20}


def test_ramp_holds_every_level_for_the_same_time() -> None:
    levels = [shape("ramp")(t / 10, 4, 2.0) for t in range(20)]
    assert levels == [1] * 5 + [2] * 5 + [3] * 5 + [4] * 5


@given(most=MOST, seconds=SECONDS, early=SHARE, late=SHARE)
def test_ramp_never_falls(most: int, seconds: float, early: float, late: float) -> None:
    early, late = sorted((early, late))
    assert shape("ramp")(early * seconds, most, seconds) <= shape("ramp")(late * seconds, most, seconds)


def test_an_unknown_shape_is_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(WrongInput, match=r"no load shape “rampe”.*Did you mean ramp\?"):
        shape("rampe")
