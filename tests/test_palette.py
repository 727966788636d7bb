"""Eight ideas, eight colours and shapes, told apart by people who see colours differently."""

from itertools import combinations

import numpy as np
import pytest

from analysis.charts.palette import GROUND, LOOKS

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB
SIGHT = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson 2020: equal distances look equally far apart; 0.1 is plain to see."""
    to_cones = np.array(
        [[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.68069955, 0.10739696], [0.08830246, 0.28171884, 0.6299787]]
    )
    to_lab = np.array(
        [
            [0.21045426, 0.79361779, -0.00407205],
            [1.9779985, -2.42859221, 0.45059371],
            [0.0259040, 0.78277177, -0.80867577],
        ]
    )
    return to_lab @ np.cbrt(to_cones @ np.clip(rgb, 0, 1))


def contrast(one: str, other: str) -> float:
    bright = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("dark", [False, True])
def test_every_two_colours_are_told_apart(sight: str, dark: bool) -> None:
    for one, other in combinations(LOOKS, 2):
        seen = [oklab(SIGHT[sight] @ linear(LOOKS[idea].colour(dark))) for idea in (one, other)]
        assert float(np.linalg.norm(seen[0] - seen[1])) >= 0.1, f"{one} and {other} look alike with {sight}"


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_stands_out_from_the_ground(dark: bool) -> None:
    faint = {idea: contrast(look.colour(dark), GROUND[dark]) for idea, look in LOOKS.items()}
    assert {idea for idea, value in faint.items() if value < 2} == set()
    assert faint["silence"] >= 3


def test_every_idea_has_a_shape_of_its_own() -> None:
    assert len({look.shape for look in LOOKS.values()}) == len(LOOKS)
