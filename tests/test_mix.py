"""Several journeys at once, each as often as its weight says."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from loadtests.mix import Mix, portion_of
from studies.troubles import WrongInput


@pytest.mark.parametrize(
    ("text", "file", "weight"),
    [
        ("a.yaml", "a.yaml", 1.0),
        ("a.yaml:3", "a.yaml", 3.0),
        ("some/where/a.yaml:0.5", "some/where/a.yaml", 0.5),
        ("c:/some/a.yaml", "c:/some/a.yaml", 1.0),
    ],
)
def test_a_weight_is_written_behind_a_journey(text: str, file: str, weight: float) -> None:
    portion = portion_of(text)
    assert (str(portion.journey), portion.weight) == (file, weight)


@pytest.mark.parametrize("text", ["a.yaml:0", "a.yaml:-1", "a.yaml:often", "a.yaml:"])
def test_what_is_no_weight_is_told(text: str) -> None:
    with pytest.raises(WrongInput, match=r"renew\.yaml:3"):
        portion_of(text)


def test_a_file_that_has_a_colon_in_its_name_is_that_file(tmp_path: Path) -> None:
    file = tmp_path / "a:3"
    file.write_text("", encoding="utf-8")
    assert portion_of(str(file)).journey == file


def test_each_journey_comes_as_often_as_it_weighs_and_the_same_seed_draws_the_same_order() -> None:
    renew, move = SimpleNamespace(name="renew"), SimpleNamespace(name="move")
    drawn = [
        [mix.next().name for _ in range(4000)]  # type: ignore[attr-defined]
        for mix in (Mix([renew, move], [3.0, 1.0], random.Random(4)) for _ in range(2))  # type: ignore[list-item]
    ]
    assert drawn[0] == drawn[1]
    assert Counter(drawn[0])["renew"] / 4000 == pytest.approx(0.75, abs=0.03)
