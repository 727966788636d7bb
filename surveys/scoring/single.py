"""One question after a task or a contact: SEQ, SMEQ, CES, and any instrument whose score is the mean of its items."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_within, mean_of, mean_with_interval, on_scale
from surveys.scoring._rule import Responses, Rule


def seq_summary(*, ratings: Sequence[Any], confidence: float = 0.95) -> dict[str, Any]:
    """How easy a task was, 1 (very difficult) to 7 (very easy), with its t interval (Sauro and Dumas 2009)."""
    return mean_with_interval(values=on_scale(ratings, 1, 7), confidence=confidence)


def smeq_summary(*, ratings: Sequence[Any], confidence: float = 0.95) -> dict[str, Any]:
    """How much effort a task took, 0..150, high is bad, with its t interval (Zijlstra and van Doorn 1985)."""
    return mean_with_interval(values=[float(r) for r in ratings if is_within(r, 0, 150)], confidence=confidence)


def ces_summary(*, ratings: Sequence[Any], confidence: float = 0.95) -> dict[str, Any]:
    """How far people agree that it was made easy, 1..7, and the share in per cent who do, 5 to 7 (CES 2.0).

    CES 1.0 asks for effort on five points, low being good: its answers do not belong here.
    """
    given = on_scale(ratings, 1, 7)
    if not given:
        return {"n": 0, "mean": None, "percent_agree": None, "reason": _("nobody has answered")}
    interval = mean_with_interval(values=given, confidence=confidence)
    agree = 100 * sum(rating >= 5 for rating in given) / len(given)
    return {**interval, "mean": fmean(given), "percent_agree": agree}


def _mean(instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    values = []
    for item, answer in zip(instrument.items, responses, strict=False):
        scale = item.scale or instrument.scale
        values.append(None if answer is None else scale.low + scale.high - answer if item.reversed else answer)
    return {instrument.instrument: mean_of(values)}


def _mean_and_distribution(instrument: Instrument, rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    if len(instrument.items) > 1 or len(instrument.scale.points) > 11:
        return {}
    return {"distribution": {str(point): sum(row[0] == point for row in rows) for point in instrument.scale.points}}


def _effort(_instrument: Instrument, rows: Sequence[Responses], _confidence: float) -> dict[str, Any]:
    return {"percent_agree": ces_summary(ratings=[row[0] for row in rows])["percent_agree"]}


def _written(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return {"written": float(any(answer not in (None, 0) for answer in responses))}


RULES: Final = {
    "mean": Rule(person=_mean, group=_mean_and_distribution),
    "ces": Rule(person=_mean, group=_effort),
    "written": Rule(person=_written),
}
