"""What the protocol said would be analysed, and nothing else: each planned comparison with its n, effect and interval.

One value a participant and group: the mean over their sessions (of outcomes, the share that concluded). Pairs where
the same people met both (paired t), else Welch. p is adjusted over the whole plan (Holm).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from analysis.comparison import who_is
from analysis.measure import VALUE, Measured, metrics
from analysis.statistics.families import holm_adjustment
from analysis.statistics.means import paired_t_test, welch_t_test
from analysis.statistics.times import mean_ci
from studies.log import Log
from studies.protocol import Analysis
from studies.store import Store
from studies.study import Study
from studies.words import _
from studies.workspace import Workspace
from surveys.answers import by_session

ENOUGH = 2  # in each group, for an interval at all


def analysed(study: Study, log: Log, measured: Measured, scores: Mapping[str, Mapping[str, float]]) -> list[Any]:
    """Every planned comparison: people's where people took part, else robots', and it says whose.

    `scores` is instrument -> session -> score.
    """
    found = [_one(study, asked, log, measured, scores) for asked in study.analysis]
    adjusted = holm_adjustment(p_values=[one["p_value"] for one in found])["adjusted"]
    for one, p in zip(found, adjusted, strict=True):
        one["p_value_adjusted"] = p
    return found


def scores_of(study: Study, space: Workspace) -> dict[str, dict[str, float]]:
    """Instrument -> session -> score, of the instruments that the plan asks for."""
    wanted = sorted({one.measure for one in study.analysis} - set(metrics()))
    if not wanted:
        return {}
    store = Store(space.database_url)
    try:
        return {name: by_session(store, study.study, name, space) for name in wanted}
    finally:
        store.close()


def _one(
    study: Study, asked: Analysis, log: Log, measured: Measured, scores: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    heard = [one for one in log.heard() if who_is(one.source) != "load" and sorted(one.hears) != ["rates"]]
    whose = "people" if any(who_is(one.source) == "people" for one in heard) else "robots"
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    lost = 0
    for one in heard:
        if who_is(one.source) != whose:
            continue
        value = _value(asked.measure, one.session, measured, scores)
        group = {"conditions": one.condition, "languages": one.language, "tasks": one.task}[asked.compare]
        if value is None:
            lost += 1
        else:
            values[str(group)][one.participant or one.session].append(value)
    known = {"conditions": study.conditions, "languages": list(study.languages), "tasks": study.tasks}[asked.compare]
    groups = [one.rpartition("/")[2] if asked.compare == "tasks" else one for one in known]
    each = {group: {who: fmean(told) for who, told in values[group].items()} for group in groups}
    pairs = asked.paired if asked.paired is not None else asked.compare == "tasks" or (
        asked.compare == "conditions" and study.within
    )  # fmt: skip
    return {
        "measure": asked.measure,
        "compare": asked.compare,
        "hypothesis": asked.hypothesis,
        "of": whose,
        "groups": {group: _group(list(told.values())) for group, told in each.items()},
        "without_value": lost,
        **_difference(each[groups[0]], each[groups[-1]], bool(pairs)),
        "from": groups[0],
        "to": groups[-1],
    }


def _value(measure: str, session: str, measured: Measured, scores: Mapping[str, Mapping[str, float]]) -> float | None:
    if measure in scores:
        return scores[measure].get(session)
    result = measured.sessions.get(session, {}).get(measure)
    if result is None or result.state != VALUE or result.value is None or result.value == "broken":
        return None
    return float(result.value == "concluded") if isinstance(result.value, str) else float(result.value)


def _group(values: Sequence[float]) -> dict[str, Any]:
    if len(values) < ENOUGH:
        return {"n": len(values), "mean": values[0] if values else None, "ci_low": None, "ci_high": None,
                "reason": _("not enough to say: two participants a group are needed")}  # fmt: skip
    if max(values) - min(values) < 1e-9:
        return {"n": len(values), "mean": values[0], "ci_low": None, "ci_high": None, "reason": _("all are alike")}
    told = mean_ci(values=list(values))
    return {"n": len(values), "mean": told["mean"], "ci_low": told["ci_low"], "ci_high": told["ci_high"]}


def _difference(first: Mapping[str, float], last: Mapping[str, float], paired: bool) -> dict[str, Any]:
    """The last group less the first."""
    both = sorted(first.keys() & last.keys()) if paired else []
    if paired:
        test = paired_t_test(first=[last[who] for who in both], second=[first[who] for who in both])
        why = _("paired t test: the same participants met both")
    else:
        test = welch_t_test(group_a=list(last.values()), group_b=list(first.values()))
        why = _("Welch's t test: different participants in each")
    small = len(both) < ENOUGH if paired else min(len(first), len(last)) < ENOUGH
    reason = _("not enough to say: two participants a group are needed") if small else test.get("reason")
    return {
        "difference": test["difference"], "ci_low": test["ci_low"], "ci_high": test["ci_high"],
        "p_value": test["p_value"], "method": why, "reason": reason,
    }  # fmt: skip
