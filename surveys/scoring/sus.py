"""System Usability Scale: ten statements, one score from 0 to 100, and what it amounts to beside other systems."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final, TypeGuard

from surveys.instruments import Instrument, Norm, shipped
from surveys.scoring._figures import mean_with_interval
from surveys.scoring._rule import Responses, Rule

SUS_ITEMS: Final = 10


def sus_score(*, responses: Sequence[Any]) -> dict[str, Any]:
    """One person's System Usability Scale, 0..100 (Brooke 1996); invalid unless all ten answers are whole and 1..5."""
    if len(responses) != SUS_ITEMS or not all(_on_scale(answer) for answer in responses):
        return {"valid": False, "sus": None}
    return {"valid": True, "sus": 2.5 * sum(_contributions(responses))}


def sus_missing_items(*, responses: Sequence[Any], max_missing: int = 1, centre: bool = False) -> dict[str, Any]:
    """One person's SUS with items left out: 100 times the contributions over 4 an answered item.

    Lewis and Sauro (2017) studied one item left out, hence `max_missing`. With `centre` the answers left out count as
    the middle of the scale, as Brooke (1996) tells people to answer; never done unasked.
    """
    answered = sum(answer is not None for answer in responses)
    no_score = {"valid": False, "n_answered": answered, "sus": None}
    given = [3 if answer is None and centre else answer for answer in responses]
    left = sum(answer is None for answer in given)
    on_scale = all(answer is None or _on_scale(answer) for answer in given)
    if len(given) != SUS_ITEMS or not on_scale or left > max_missing or left == SUS_ITEMS:
        return no_score
    total = sum(_contributions(given))
    return {"valid": True, "n_answered": answered, "sus": 100 * total / (4 * (SUS_ITEMS - left))}


def sus_summary(*, response_matrix: Sequence[Sequence[Any]], confidence: float = 0.95) -> dict[str, Any]:
    """A group's SUS: mean of the persons' scores with its t interval; who has no valid score is not counted in n."""
    scores = [sus_score(responses=row)["sus"] for row in response_matrix]
    return mean_with_interval(values=[score for score in scores if score is not None], confidence=confidence)


def sus_subscales(*, responses: Sequence[Any]) -> dict[str, Any]:
    """Usable and learnable parts of one SUS (Lewis and Sauro 2009); its authors no longer recommend it (2017)."""
    if not sus_score(responses=responses)["valid"]:
        return {"usable": None, "learnable": None}
    parts = _contributions(responses)
    learnable = parts[3] + parts[9]
    return {"usable": 3.125 * (sum(parts) - learnable), "learnable": 12.5 * learnable}


def sus_grade(*, mean_sus: float | None) -> dict[str, Any]:
    """The school grade of a mean SUS on the curved grading scale (Sauro and Lewis 2016)."""
    return {"grade": _highest_reached(shipped("sus").norm("grades"), mean_sus)}


def sus_percentile(*, mean_sus: float | None) -> dict[str, Any]:
    """The share of studied systems that score lower, 0..100, interpolated between published anchors."""
    if not _is_sus(mean_sus):
        return {"percentile": None}
    points = [(float(percent), score) for percent, score in shipped("sus").norm("percentiles").points]
    for (low, start), (high, end) in zip(points, points[1:], strict=False):
        if mean_sus <= end:
            return {"percentile": low + (high - low) * (mean_sus - start) / (end - start)}
    raise AssertionError("the anchors reach 100")


def sus_adjective(*, mean_sus: float | None) -> dict[str, Any]:
    """The word people would use: the adjective whose mean is nearest (Bangor 2009), and the range of acceptability."""
    if not _is_sus(mean_sus):
        return {"adjective": None, "acceptability": None}
    # In decimals, so that half-way means half-way: the tie goes to the lower adjective.
    score = Decimal(str(mean_sus))
    points = shipped("sus").norm("adjectives").points
    word, _mean = min(points, key=lambda point: (abs(Decimal(str(point[1])) - score), point[1]))
    return {"adjective": word, "acceptability": _highest_reached(shipped("sus").norm("acceptability"), mean_sus)}


def sus_standing(mean_sus: float | None) -> dict[str, Any]:
    """Grade, percentile, adjective and acceptability of a mean SUS, each None where there is none."""
    return sus_grade(mean_sus=mean_sus) | sus_percentile(mean_sus=mean_sus) | sus_adjective(mean_sus=mean_sus)


def _person(instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return {"sus": sus_missing_items(responses=responses, max_missing=instrument.missing.allowed)["sus"]}


def _contributions(responses: Sequence[Any]) -> list[int]:
    # Odd items speak for the service, even ones against it; what is left out contributes nothing.
    return [
        0 if answer is None else int(answer) - 1 if place % 2 == 0 else 5 - int(answer)
        for place, answer in enumerate(responses)
    ]


def _on_scale(answer: object) -> bool:
    return isinstance(answer, Integral) and not isinstance(answer, bool) and 1 <= int(answer) <= 5


def _is_sus(mean: object) -> TypeGuard[float]:
    return isinstance(mean, Real) and not isinstance(mean, bool) and 0 <= float(mean) <= 100


def _highest_reached(norm: Norm, mean: float | None) -> str | None:
    if not _is_sus(mean):
        return None
    return str(max((point for point in norm.points if mean >= point[1]), key=lambda point: point[1])[0])


RULES: Final = {"sus": Rule(person=_person, standing=sus_standing)}
