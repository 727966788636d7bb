"""How many must take part for the study to show what it is for: how wide, how likely, how much would be seen.

Three answers for the number that the protocol plans and for every smaller and larger one: half the width of the
interval of the share who complete (adjusted Wald), the power to see the difference that must not be missed, and the
share of problems that somebody meets. What is assumed stands in the protocol's `planning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist
from typing import Any, Final

from analysis.statistics.discovery import problem_discovery_probability, problem_discovery_sample_size
from analysis.statistics.planning import (
    power_paired_proportions,
    power_two_means,
    power_two_proportions,
    sample_size_mean_ci,
    sample_size_paired_proportions,
    sample_size_proportion_ci,
    sample_size_two_means,
    sample_size_two_proportions,
)
from studies.planning.assignment import tasks_balanced
from studies.planning.study import Study
from studies.words import _

LARGEST: Final = 200  # participants a condition up to which the curves are drawn, unless more are needed


def plan(study: Study) -> dict[str, Any]:
    """What the planned number gives, what would be needed, the curves between, and what should be thought about."""
    assumed = study.planning
    people = sum(study.languages.values())
    n = people if study.within else people // len(study.conditions)
    needed = _needed(study)
    wants = [one["n"] for one in needed.values() if one.get("n")]
    last = min(max([2 * n, 20, *(int(1.2 * want) for want in wants)]), max(LARGEST, 2 * n))
    return {
        "participants": people,
        "per_condition": n,
        "design": "within" if study.within else "between",
        "languages": study.languages,
        "sessions": people * len(study.tasks) * (len(study.conditions) if study.within else 1),
        "assumed": assumed.model_dump(exclude_none=True),
        "power_by": power_by(study),
        "planned": _at(study, n),
        "needed": needed,
        "curve": [_at(study, one) for one in sorted({*_steps(max(last, 10)), n}) if one >= 2],
        "warnings": warnings(study, n, needed),
    }


def warnings(study: Study, n: int, needed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the planned number does not carry, in sentences."""
    said = []
    for what, one in needed.items():
        if one.get("n") and one["n"] > n:
            said.append(
                _("{what}: {needed} in each condition would be needed, {n} are planned.").format(
                    what=names()[what], needed=one["n"], n=n
                )
            )
    for language, enough in tasks_balanced(study).items():
        said.append(
            _("The order of the {k} tasks is not balanced in “{language}”: {enough} participants would do.").format(
                k=len(study.tasks), language=language, enough=enough
            )
        )
    return said


def power_by(study: Study) -> str | None:
    """By which method the power is found, in words; None where nothing is compared."""
    a = study.planning
    if len(study.conditions) < 2:
        return None
    if a.difference and a.spread:
        return _("paired t test (noncentral t)") if study.within else _("two means (noncentral t)")
    if not a.better:
        return None
    return (
        _("McNemar’s test of the same people (Connor 1987)") if study.within else _("two independent shares (normal)")
    )


def names() -> dict[str, str]:
    """What each answer is called."""
    return {
        "interval": _("Half the width of the interval"),
        "power": _("Power to see the difference"),
        "problems": _("Problems that somebody meets"),
        "mean": _("Interval of the mean"),
    }


def _needed(study: Study) -> dict[str, dict[str, Any]]:
    a = study.planning
    interval = sample_size_proportion_ci(
        expected_proportion=a.completion, margin=a.margin, confidence=a.confidence, method="adjusted_wald"
    )
    found: dict[str, dict[str, Any]] = {"interval": {"n": interval["n"], "margin": a.margin}}
    if a.difference and a.spread and len(study.conditions) > 1:
        many = sample_size_two_means(
            difference=a.difference, sd=a.spread, power=a.power, paired=study.within, confidence=a.confidence
        )
        found["power"] = {"n": many["n_per_group"], "power": a.power, "reason": many.get("reason")}
        found["mean"] = {"n": sample_size_mean_ci(sd=a.spread, margin=a.difference, confidence=a.confidence)["n"]}
    elif a.better and len(study.conditions) > 1 and study.within:
        many = sample_size_paired_proportions(
            p1=a.completion, p2=a.better, together=a.together or 0.0, power=a.power, confidence=a.confidence
        )
        found["power"] = {"n": many["n_pairs"], "power": a.power, "reason": many.get("reason")}
    elif a.better and len(study.conditions) > 1:
        many = sample_size_two_proportions(p1=a.completion, p2=a.better, power=a.power, confidence=a.confidence)
        found["power"] = {"n": many["n_per_group"], "power": a.power, "reason": many.get("reason")}
    problems = problem_discovery_sample_size(p=a.problem, discovery_goal=a.goal)
    found["problems"] = {"n": problems["participants"], "goal": a.goal}
    return found


def _at(study: Study, n: int) -> dict[str, Any]:
    """What n participants in each condition give."""
    a = study.planning
    found: dict[str, Any] = {"n": n, "interval": None, "power": None}
    found["interval"] = half_width(a.completion, n, a.confidence)
    if n >= 2 and len(study.conditions) > 1:
        if a.difference and a.spread:
            found["power"] = power_two_means(
                difference=a.difference, sd=a.spread, n_per_group=n, paired=study.within, confidence=a.confidence
            )["power"]
        elif a.better and study.within:
            found["power"] = power_paired_proportions(
                p1=a.completion, p2=a.better, n_pairs=n, together=a.together or 0.0, confidence=a.confidence
            )["power"]
        elif a.better:
            found["power"] = power_two_proportions(
                p1=a.completion, p2=a.better, n_per_group=n, confidence=a.confidence
            )["power"]
    found["problems"] = problem_discovery_probability(p=a.problem, participants=n)["proportion_discovered"]
    return found


def half_width(share: float, n: int, confidence: float = 0.95) -> float:
    """Half the adjusted Wald interval of a share that is as expected: what `sample_size_proportion_ci` turns around."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    middle = (n * share + z * z / 2) / (n + z * z)
    return z * sqrt(middle * (1 - middle) / (n + z * z))


def _steps(last: int) -> list[int]:
    every = max(1, last // 100)
    return [*range(2, min(last, 20) + 1), *range(20, last + 1, every)]
