"""User Experience Questionnaire: six qualities (or, short, two) from pairs of opposite words, -3..3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_whole, mean_of
from surveys.scoring._rule import Responses, Rule

SCALES: Final = {
    "attractiveness": (1, 12, 14, 16, 24, 25),
    "perspicuity": (2, 4, 13, 21),
    "efficiency": (9, 20, 22, 23),
    "dependability": (8, 11, 17, 19),
    "stimulation": (5, 6, 7, 18),
    "novelty": (3, 10, 15, 26),
}
#: the items whose good word stands first
REVERSED: Final = frozenset({3, 4, 5, 9, 10, 12, 17, 18, 19, 21, 23, 24, 25})
SHORT_SCALES: Final = {"pragmatic": (1, 2, 3, 4), "hedonic": (5, 6, 7, 8), "overall": (1, 2, 3, 4, 5, 6, 7, 8)}
#: beyond these a person's answers are not to be trusted (UEQ Handbook v11)
MOST_APART, MOST_ALIKE, MOST_INCONSISTENT = 3, 15, 1


def ueq_scales(*, response_matrix: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """A group's means on the six scales, -3..3 (Laugwitz et al. 2008); who answered off the scale is not counted."""
    return _means(response_matrix, SCALES, 26, REVERSED)


def ueq_s_scales(*, response_matrix: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """A group's pragmatic and hedonic quality by the short version, -3..3 (Schrepp et al. 2017).

    `overall` is the mean of both; the handbook warns against taking one number for the experience.
    """
    return _means(response_matrix, SHORT_SCALES, 8, frozenset())


def ueq_inconsistency(*, responses: Sequence[Any]) -> dict[str, Any]:
    """Did one person answer with care? Scales whose items lie more than 3 apart; suspicious from two such scales on,
    or when more than 15 of the 26 answers are the very same (UEQ Handbook v11)."""
    turned = _turned(responses, 26, REVERSED)
    if turned is None:
        return {"inconsistent_scales": None, "suspicious": None, "reason": _("these are not 26 answers from 1 to 7")}
    inconsistent = []
    for name, items in SCALES.items():
        given = [one for item in items if (one := turned[item - 1]) is not None]
        if given and max(given) - min(given) > MOST_APART:
            inconsistent.append(name)
    alike = max(Counter(one for one in responses if one is not None).values(), default=0)
    return {
        "inconsistent_scales": inconsistent,
        "suspicious": len(inconsistent) > MOST_INCONSISTENT or alike > MOST_ALIKE,
        "identical_answers": alike,
    }


def _turned(responses: Sequence[Any], length: int, reversed_items: frozenset[int]) -> list[float | None] | None:
    """One person's answers as -3..3, more is better; None for a person whose answers are not all on the scale."""
    if len(responses) != length or not all(one is None or is_whole(one, 1, 7) for one in responses):
        return None
    return [
        None if one is None else float(4 - one if item in reversed_items else one - 4)
        for item, one in enumerate(responses, 1)
    ]


def _person(turned: list[float | None] | None, scales: Mapping[str, Sequence[int]]) -> dict[str, float | None]:
    return {name: mean_of([turned[item - 1] for item in items]) if turned else None for name, items in scales.items()}


def _means(
    matrix: Sequence[Sequence[Any]], scales: Mapping[str, Sequence[int]], length: int, reversed_items: frozenset[int]
) -> dict[str, Any]:
    turned = [_turned(row, length, reversed_items) for row in matrix]
    persons = [_person(row, scales) for row in turned if row is not None and any(one is not None for one in row)]
    found = {name: mean_of([person[name] for person in persons]) for name in scales} | {"n": len(persons)}
    return found if persons else found | {"reason": _("nobody has answered")}


def _long(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return _person(_turned(responses, 26, REVERSED), SCALES)


def _short(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    found = _person(_turned(responses, 8, frozenset()), SHORT_SCALES)
    return {"overall": found["overall"], "pragmatic": found["pragmatic"], "hedonic": found["hedonic"]}


def _careless(_instrument: Instrument, rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    return {"suspicious": sum(bool(ueq_inconsistency(responses=row)["suspicious"]) for row in rows)}


RULES: Final = {
    "ueq": Rule(person=_long, group=_careless, consistent=SCALES),
    "ueq_s": Rule(person=_short, consistent={name: SHORT_SCALES[name] for name in ("pragmatic", "hedonic")}),
}
