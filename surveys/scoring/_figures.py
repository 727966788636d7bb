"""Means, shares and their intervals, as every questionnaire's figures need them; what is undefined says why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from statistics import fmean, stdev
from typing import Any

from scipy.special import ndtri, stdtrit

from studies.measuring.shares import adjusted_wald
from studies.troubles import WrongInput
from studies.words import _


def is_number(answer: object) -> bool:
    """Whether an answer is a finite number; true and false are none."""
    return isinstance(answer, Real) and not isinstance(answer, bool) and math.isfinite(float(answer))


def is_whole(answer: object, low: int, high: int) -> bool:
    """Whether an answer is one of the whole numbers of a scale."""
    return is_number(answer) and float(answer) == int(answer) and low <= answer <= high  # type: ignore[arg-type, call-overload, operator]


def is_within(answer: object, low: float, high: float) -> bool:
    """Whether an answer lies on a continuous scale."""
    return is_number(answer) and low <= float(answer) <= high  # type: ignore[arg-type]


def is_count(number: object) -> bool:
    """Whether this can be how often something was counted."""
    return isinstance(number, Integral) and not isinstance(number, bool) and int(number) >= 0


def on_scale(ratings: Sequence[Any], low: int, high: int) -> list[float]:
    """The ratings that are answers: neither missing nor off the scale."""
    return [float(rating) for rating in ratings if is_whole(rating, low, high)]


def z_of(confidence: float) -> float:
    """The normal quantile of a two-sided confidence. Raises WrongInput where that is not between 0 and 1."""
    return float(ndtri((1 + checked(confidence)) / 2))


def checked(confidence: float) -> float:
    """A confidence that is one. Raises WrongInput otherwise."""
    if not is_number(confidence) or not 0 < confidence < 1:
        raise WrongInput(_("A confidence lies between 0 and 1: .95, say; not {given}.").format(given=confidence))
    return float(confidence)


def mean_with_interval(*, values: Sequence[float], confidence: float = 0.95) -> dict[str, Any]:
    """A mean of n persons, its sample standard deviation and t interval; None with a reason where n is too small."""
    n = len(values)
    empty: dict[str, Any] = {"n": n, "mean": None, "sd": None, "ci_low": None, "ci_high": None}
    if n == 0:
        return empty | {"reason": _("nobody has answered")}
    mean = fmean(values)
    if n == 1:
        return empty | {"mean": mean, "reason": _("one person's answers have no interval")}
    sd = stdev(values)
    margin = float(stdtrit(n - 1, (1 + checked(confidence)) / 2)) * sd / n**0.5
    return {"n": n, "mean": mean, "sd": sd, "ci_low": mean - margin, "ci_high": mean + margin}


def summary_of(values: Sequence[float | None], confidence: float = 0.95) -> dict[str, Any]:
    """The same of those who answered, with how many did not."""
    there = [value for value in values if value is not None]
    return mean_with_interval(values=there, confidence=confidence) | {"missing": len(values) - len(there)}


def share_with_interval(
    count: int, n: int, confidence: float = 0.95
) -> tuple[float | None, float | None, float | None]:
    """A share of n in per cent, its adjusted Wald interval (studies/measuring/shares.py); None where there are none."""
    sure = checked(confidence)
    if n == 0:
        return None, None, None
    _middle, low, high = adjusted_wald(count, n, sure)
    return 100 * count / n, 100 * low, 100 * high


def mean_of(values: Sequence[float | None]) -> float | None:
    """The mean of what was answered; None where nothing was."""
    there = [value for value in values if value is not None]
    return fmean(there) if there else None
