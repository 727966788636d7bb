"""Whether a study may stop by its own rule, which was settled before it started."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from studies.planning.study import Study
from studies.words import _
from studies.workspace import Workspace


def stopping(study: Study, space: Workspace) -> dict[str, Any]:
    """The rule, how far it is met, and whether no further participant need be asked; people count, else robots.

    One value a participant and condition, and an interval for each condition: `reached` is half the widest, and None
    as long as one of them has none.
    """
    from analysis.comparison import who_is
    from studies import archive

    planned, rule = sum(study.languages.values()), study.stopping
    log = archive.read(study.study, space) if study.study in archive.studies_in(space) else None
    # A survey's page is no sitting with the service: whoever only answered one took no part yet.
    heard = (
        [one for one in log.heard() if who_is(one.source) != "load" and sorted(one.hears) != ["rates"]] if log else []
    )
    whose = "people" if any(who_is(one.source) == "people" for one in heard) else "robots"
    seen = {one.participant for one in heard if one.participant and who_is(one.source) == whose}
    found: dict[str, Any] = {
        "planned": planned, "took_part": len(seen), "of": whose, "margin": rule.margin, "reached": None,
        "conditions": {},
    }  # fmt: skip
    if rule.measure and rule.margin and log is not None:
        found["conditions"] = each = _margins(study, rule.measure, log, seen, space)
        margins = [one["reached"] for one in each.values()]
        found["reached"] = None if None in margins else max(margins)
    enough = found["reached"] is not None and found["reached"] <= (rule.margin or 0.0) and len(seen) >= rule.at_least
    found["stop"] = len(seen) >= planned or bool(enough)
    robots = whose == "robots" and bool(seen)
    if found["stop"]:
        said = _("By its own rule the study may stop: {n} robots took part, and nobody else.") if robots else _(
            "By its own rule the study may stop: {n} took part.")  # fmt: skip
    else:
        said = _("{n} of {of} participants were rehearsed by robots; the study goes on.") if robots else _(
            "{n} of {of} participants took part; the study goes on.")  # fmt: skip
    found["said"] = said.format(n=len(seen), of=planned)
    return found


def _margins(study: Study, name: str, log: Any, seen: set[str], space: Workspace) -> dict[str, dict[str, Any]]:
    """How many participants of each condition have a value, and half the width of its interval."""
    from analysis.measure import measure
    from analysis.planned import kind_of, scores_of, values_of
    from studies.planning.protocol import Analysis

    values = values_of(Analysis(measure=name), log, measure(log), scores_of(study, space))
    each = {
        condition: [fmean(given) for who, given in values.each[condition].items() if who in seen]
        for condition in study.conditions
    }
    kind = kind_of(name, [value for one in each.values() for value in one])
    return {condition: {"n": len(one), "reached": _margin(kind, one)} for condition, one in each.items()}


def _margin(kind: str, values: Sequence[float]) -> float | None:
    """Half the width of the interval of a share or of a mean; None where the values yield none."""
    from analysis.method import SHARE
    from analysis.planned import ENOUGH
    from analysis.statistics.completion import adjusted_wald_ci
    from analysis.statistics.times import mean_ci

    if len(values) < ENOUGH:
        return None
    if kind == SHARE:
        told = adjusted_wald_ci(successes=int(sum(values)), trials=len(values))
    elif max(values) - min(values) < 1e-9:
        return None  # all are alike: how far they may be off is not known
    else:
        told = mean_ci(values=values)
    return float(told["ci_high"] - told["ci_low"]) / 2
