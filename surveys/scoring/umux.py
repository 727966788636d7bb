"""UMUX and UMUX-Lite: usability in four statements, or in two that foretell the SUS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from surveys.instruments import Instrument
from surveys.scoring._figures import is_whole
from surveys.scoring._rule import Responses, Rule
from surveys.scoring.sus import sus_standing


def umux(*, responses: Sequence[Any]) -> dict[str, Any]:
    """One person's UMUX, 0..100 (Finstad 2010); None unless all four answers are whole and 1..7."""
    if len(responses) != 4 or not all(is_whole(answer, 1, 7) for answer in responses):
        return {"umux": None}
    points = [int(answer) - 1 if place % 2 == 0 else 7 - int(answer) for place, answer in enumerate(responses)]
    return {"umux": sum(points) * 100 / 24}


def umux_lite(*, meets_requirements: Any, easy_to_use: Any, scale_points: int = 7) -> dict[str, Any]:
    """One person's UMUX-Lite, 0..100, and the SUS that it foretells, 22.9..87.9 (Lewis, Utesch and Maher 2013)."""
    both = (meets_requirements, easy_to_use)
    if not is_whole(scale_points, 2, 101) or not all(is_whole(answer, 1, scale_points) for answer in both):
        return {"umux_lite": None, "sus_equivalent": None}
    score = 100 * (sum(both) - 2) / (2 * (scale_points - 1))
    return {"umux_lite": score, "sus_equivalent": 0.65 * score + 22.9}


def _umux(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return umux(responses=responses)


def _lite(instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    meets, easy = [*responses, None, None][:2]
    return umux_lite(meets_requirements=meets, easy_to_use=easy, scale_points=len(instrument.scale.points))


def _lite_standing(mean: float | None) -> dict[str, Any]:
    # Only the regressed value may be graded, never the raw UMUX-Lite.
    foretold = None if mean is None else 0.65 * mean + 22.9
    return {"sus_equivalent": foretold} | sus_standing(foretold)


RULES: Final = {"umux": Rule(person=_umux), "umux_lite": Rule(person=_lite, standing=_lite_standing)}
