"""How satisfied are they? Top boxes, the GOV.UK question, and the drivers that US agencies must ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_count, is_number, on_scale, share_with_interval
from surveys.scoring._rule import Responses, Rule

#: the five answers to the GOV.UK question, and what each adds to the weighted score
GOVUK_WEIGHTS: Final = {
    "very_satisfied": 100,
    "satisfied": 75,
    "neither": 50,
    "dissatisfied": 25,
    "very_dissatisfied": 0,
}


def csat_top_box(*, ratings: Sequence[Any], top_box_values: Sequence[Any], confidence: float = 0.95) -> dict[str, Any]:
    """The share of those who answered, in per cent, that chose a top box; with its adjusted Wald interval."""
    given = [rating for rating in ratings if is_number(rating)]
    top = sum(rating in list(top_box_values) for rating in given)
    share, low, high = share_with_interval(top, len(given), confidence)
    found = {
        "n": len(given),
        "top_box_count": top,
        "top_box_percent": share,
        "ci_low_percent": low,
        "ci_high_percent": high,
    }
    return found if given else found | {"reason": _("nobody has answered")}


def govuk_satisfaction(*, counts: Mapping[str, Any]) -> dict[str, Any]:
    """The share in per cent who were satisfied or very satisfied (GOV.UK service manual 2013), and a weighted score.

    The weights 100, 75, 50, 25, 0 are a convention and no rule of GOV.UK's: hence “weighted score”.
    """
    empty: dict[str, Any] = {"n": 0, "percent_satisfied": None, "weighted_score": None}
    if strange := [name for name in counts if name not in GOVUK_WEIGHTS]:
        return empty | {"reason": _("there is no answer “{name}”").format(name=strange[0])}
    numbers = [counts.get(name, 0) for name in GOVUK_WEIGHTS]
    if not all(is_count(number) for number in numbers):
        return empty | {"reason": _("a count is a whole number, 0 or more")}
    n = sum(numbers)
    if n == 0:
        return empty | {"reason": _("nobody has answered")}
    weighed = sum(number * weight for number, weight in zip(numbers, GOVUK_WEIGHTS.values(), strict=True))
    return {"n": n, "percent_satisfied": 100 * (numbers[0] + numbers[1]) / n, "weighted_score": weighed / n}


def omb_a11_drivers(*, responses_by_driver: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Each driver of satisfaction, 1..5: n, mean, per cent who agree (4 or 5), and how often each answer was given."""
    found: dict[str, Any] = {}
    for driver, ratings in responses_by_driver.items():
        given = on_scale(ratings, 1, 5)
        found[driver] = {
            "n": len(given),
            "mean": fmean(given) if given else None,
            "percent_agree": 100 * sum(rating >= 4 for rating in given) / len(given) if given else None,
            "distribution": {str(point): given.count(point) for point in range(1, 6)},
        }
    return found


def _first(instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return {instrument.instrument: None if not responses or responses[0] is None else float(responses[0])}


def _top(instrument: Instrument, rows: Sequence[Responses], confidence: float) -> dict[str, Any]:
    ratings = [row[0] for row in rows]
    found = csat_top_box(ratings=ratings, top_box_values=instrument.scoring.top, confidence=confidence)
    spread = {str(point): ratings.count(point) for point in instrument.scale.points}
    return {key: value for key, value in found.items() if key != "n"} | {
        "top_box_values": instrument.scoring.top,
        "distribution": spread,
    }


def _govuk(_instrument: Instrument, rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    ratings = [row[0] for row in rows]
    counts = {name: ratings.count(5 - place) for place, name in enumerate(GOVUK_WEIGHTS)}
    found = govuk_satisfaction(counts=counts)
    return {key: value for key, value in found.items() if key != "n"} | {"counts": counts}


def _drivers(instrument: Instrument, rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    by_driver = {
        item.id.removeprefix(f"{instrument.instrument}_"): [row[place] for row in rows]
        for place, item in enumerate(instrument.items)
    }
    return {"drivers": omb_a11_drivers(responses_by_driver=by_driver)}


RULES: Final = {
    "top_box": Rule(person=_first, group=_top),
    "govuk": Rule(person=_first, group=_govuk),
    "omb_a11": Rule(person=_first, group=_drivers, consistent={}),  # drivers are different things
}
