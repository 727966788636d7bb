"""NASA Task Load Index: how much a task demands, raw or weighted by what the person finds to matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_count, is_within
from surveys.scoring._rule import Responses, Rule

#: `performance` runs from good (0) to poor (100), so that more is worse for all six: it is not turned round
SUBSCALES: Final = ("mental", "physical", "temporal", "performance", "effort", "frustration")
PAIRS: Final = tuple(combinations(SUBSCALES, 2))


def nasa_tlx_raw(*, ratings: Mapping[str, Any]) -> dict[str, Any]:
    """The mean of the six ratings, 0..100, more is worse (Hart 2006); None unless all six are on the scale."""
    if why := _wrong_ratings(ratings):
        return {"raw_tlx": None, "reason": why}
    return {"raw_tlx": fmean(float(ratings[name]) for name in SUBSCALES)}


def nasa_tlx_weights(*, pairwise_winners: Sequence[Any]) -> dict[str, Any]:
    """How often each subscale was found to matter more in the fifteen comparisons, 0..5 (Hart and Staveland 1988)."""
    tally = Counter(pairwise_winners)
    if len(pairwise_winners) != len(PAIRS):
        why = _("there are {n} comparisons, not fifteen").format(n=len(pairwise_winners))
        return {"weights": None, "reason": why}
    if strange := [name for name in tally if name not in SUBSCALES]:
        return {"weights": None, "reason": _("there is no subscale “{name}”").format(name=strange[0])}
    if most := [name for name, times in tally.items() if times > 5]:
        return {"weights": None, "reason": _("{name} is in five comparisons only").format(name=most[0])}
    return {"weights": {name: tally[name] for name in SUBSCALES}}


def nasa_tlx_weighted(*, ratings: Mapping[str, Any], weights: Mapping[str, Any]) -> dict[str, Any]:
    """The ratings weighted by what mattered, over 15 (Hart and Staveland 1988); None unless the weights sum to 15."""
    why = _wrong_ratings(ratings)
    if not why and (set(weights) - set(SUBSCALES) or not all(is_count(weights.get(name)) for name in SUBSCALES)):
        why = _("each of the six subscales needs a weight, a whole number")
    if not why and (max(weights.values()) > 5 or sum(weights.values()) != len(PAIRS)):
        why = _("the weights are 0 to 5 each and 15 together")
    if why:
        return {"weighted_tlx": None, "reason": why}
    return {"weighted_tlx": sum(float(ratings[name]) * weights[name] for name in SUBSCALES) / len(PAIRS)}


def _wrong_ratings(ratings: Mapping[str, Any]) -> str | None:
    if strange := [name for name in ratings if name not in SUBSCALES]:
        return _("there is no subscale “{name}”").format(name=strange[0])
    if missing := [name for name in SUBSCALES if ratings.get(name) is None]:
        return _("{name} is not answered").format(name=missing[0])
    if off := [name for name in SUBSCALES if not is_within(ratings[name], 0, 100)]:
        return _("{name} is not on the scale").format(name=off[0])
    return None


def _named(responses: Responses) -> dict[str, Any]:
    return dict(zip(SUBSCALES, [*responses, *[None] * 6][:6], strict=True))


def _raw(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return {"raw_tlx": nasa_tlx_raw(ratings=_named(responses))["raw_tlx"]} | _named(responses)


def _weighted(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    # The comparisons stand after the ratings, in the order of PAIRS: 1 is the first of the two, 2 the second.
    ratings, choices = _named(responses), responses[6:]
    won = [pair[int(one) - 1] for pair, one in zip(PAIRS, choices, strict=False) if one in (1, 2)]
    weights = nasa_tlx_weights(pairwise_winners=won)["weights"]
    score = nasa_tlx_weighted(ratings=ratings, weights=weights)["weighted_tlx"] if weights else None
    return {"weighted_tlx": score, "raw_tlx": nasa_tlx_raw(ratings=ratings)["raw_tlx"]} | ratings


RATINGS: Final = {"ratings": (1, 2, 3, 4, 5, 6)}
RULES: Final = {
    "nasa_tlx_raw": Rule(person=_raw, consistent=RATINGS),
    "nasa_tlx_weighted": Rule(person=_weighted, consistent=RATINGS),
}
