"""What the protocol said would be analysed, and nothing else: each planned comparison with its n, effect and interval.

One value a participant and group: the mean over their sessions (of outcomes, the share that concluded). All groups at
once, then all pairs, each by the method that its design asks for (`method.py`). p is adjusted over the whole plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from statistics import fmean
from typing import Any

from analysis.comparison import SHARES, who_is
from analysis.measure import VALUE, Measured, metrics
from analysis.method import MEAN, SHARE, TIME, Answer, answer
from analysis.method_told import sentence
from analysis.statistics.families import holm_adjustment
from analysis.statistics.times import mean_ci
from studies.log import Log
from studies.planning.conditions import condition_name
from studies.planning.protocol import Analysis
from studies.planning.study import Study
from studies.store import Store
from studies.words import _
from studies.workspace import Workspace
from surveys.answers import by_session

ENOUGH = 2  # in each group, for an interval at all
Scores = Mapping[str, Mapping[str, float]]


@dataclass
class Values:
    """What was found of one measure: group -> participant -> values, and who gave up under which."""

    of: str
    lost: int = 0
    each: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    left: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def analysed(study: Study, log: Log, measured: Measured, scores: Scores) -> list[Any]:
    """Every planned comparison: people's where people took part, else robots', and it says whose.

    `scores` is instrument -> session -> score. Each has `pairs`, and where there are more than two groups `overall`.
    """
    found = [_one(study, asked, log, measured, scores) for asked in study.analysis]
    # What is shown together is one family: all pairs, and the question before them.
    places = [(one, key) for one in found for key in (*(["overall"] if one["overall"] else []), *one["pairs"])]
    told: list[dict[str, Any]] = [one[key] if key == "overall" else one["pairs"][key] for one, key in places]
    adjusted = holm_adjustment(p_values=[one["answer"].p_value for one in told])["adjusted"]
    for one, p in zip(told, adjusted, strict=True):
        done: Answer = replace(one.pop("answer"), p_adjusted=p)
        one.update(done.json(), said=sentence(done, len(told)))
    for one in found:
        one.update(_ends(one))
        one["pairs"] = list(one["pairs"].values())
    return found


def scores_of(study: Study, space: Workspace) -> dict[str, dict[str, float]]:
    """Instrument -> session -> score, of the instruments that the plan or the stopping rule asks for."""
    asked_for = {one.measure for one in study.analysis} | (
        {study.stopping.measure} if study.stopping.measure else set()
    )
    wanted = sorted(asked_for - set(metrics()))
    if not wanted:
        return {}
    store = Store(space.database_url)
    try:
        asked = study.study in store.studies()  # else nobody was asked anything yet
        return {name: by_session(store, study.study, name, space) if asked else {} for name in wanted}
    finally:
        store.close()


def told(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Planned comparisons as a person reads them: whose, of what, of each pair the effect, its interval and why."""
    whose = {"people": _("people"), "robots": _("robots")}
    by = {"conditions": _("conditions"), "languages": _("languages"), "tasks": _("tasks")}
    lines = []
    for one in found:
        known = metrics().get(one["measure"])
        measure, compared = _(known.TITLE) if known else one["measure"], by[one["compare"]]
        lines.append(_("{measure} by {compare} ({who})").format(
            measure=measure, compare=compared, who=whose[one["of"]]))  # fmt: skip
        if one["overall"]:
            lines.append("  " + _("all together: {said}").format(said=one["overall"]["said"]))
        lines += [
            "  " + _("{first} to {second}: {said}").format(
                first=condition_name(pair["from"]), second=condition_name(pair["to"]), said=pair["said"])
            for pair in one["pairs"]
        ]  # fmt: skip
    return lines


def _one(study: Study, asked: Analysis, log: Log, measured: Measured, scores: Scores) -> dict[str, Any]:
    values = values_of(asked, log, measured, scores)
    known = {"conditions": study.conditions, "languages": list(study.languages), "tasks": study.tasks}[asked.compare]
    groups = [one.rpartition("/")[2] if asked.compare == "tasks" else one for one in known]
    each = {group: {who: fmean(one) for who, one in values.each[group].items()} for group in groups}
    pairs = asked.paired if asked.paired is not None else asked.compare == "tasks" or (
        asked.compare == "conditions" and study.within
    )  # fmt: skip
    kind = kind_of(asked.measure, [value for one in each.values() for value in one.values()])
    found: dict[str, Any] = {
        "measure": asked.measure,
        "compare": asked.compare,
        "hypothesis": asked.hypothesis,
        "of": values.of,
        "paired": bool(pairs),
        "groups": {group: _group(list(one.values())) for group, one in each.items()},
        "without_value": values.lost,
        "overall": None,
        "pairs": {},
    }
    if len(groups) > 2:
        found["overall"] = {"answer": _answer(kind, each, groups, bool(pairs), {})}
    for a, b in combinations(groups, 2):
        told_of = _answer(kind, each, [a, b], bool(pairs), values.left)
        found["pairs"][f"{a}|{b}"] = {"from": a, "to": b, "answer": told_of}
    return found


def values_of(asked: Analysis, log: Log, measured: Measured, scores: Scores) -> Values:
    """What each participant came to in each group that is compared: people where people took part, else robots."""
    heard = [one for one in log.heard() if who_is(one.source) != "load" and sorted(one.hears) != ["rates"]]
    values = Values("people" if any(who_is(one.source) == "people" for one in heard) else "robots")
    for one in heard:
        if who_is(one.source) != values.of:
            continue
        value = _value(asked.measure, one.session, measured, scores)
        group = str({"conditions": one.condition, "languages": one.language, "tasks": one.task}[asked.compare])
        if value is None:
            values.lost += 1
            continue
        who = one.participant or one.session
        values.each[group][who].append(value)
        if asked.measure == "time_on_task" and _value("outcome", one.session, measured, scores) == 0.0:
            values.left[group].add(who)
    return values


def _value(measure: str, session: str, measured: Measured, scores: Scores) -> float | None:
    if measure in scores:
        return scores[measure].get(session)
    result = measured.sessions.get(session, {}).get(measure)
    if result is None or result.state != VALUE or result.value is None or result.value == "broken":
        return None
    return float(result.value in SHARES[measure]) if isinstance(result.value, str) else float(result.value)


def kind_of(measure: str, values: Sequence[float]) -> str:
    """What the values are: whether somebody got there, a time above nothing, or a number whose mean can be taken."""
    if measure in SHARES and all(value in (0.0, 1.0) for value in values):
        return SHARE
    known = metrics().get(measure)
    return TIME if known is not None and known.UNIT == "s" and values and min(values) > 0 else MEAN


def _answer(
    kind: str, each: Mapping[str, Mapping[str, float]], groups: Sequence[str], paired: bool,
    left: Mapping[str, set[str]],
) -> Answer:  # fmt: skip
    names = {group: sorted(each[group]) for group in groups}
    if paired:
        both = sorted(set.intersection(*(set(each[group]) for group in groups)))
        names = dict.fromkeys(groups, both)
    given = {group: [each[group][who] for who in names[group]] for group in groups}
    sizes = tuple(len(one) for one in given.values())
    if min(sizes) < ENOUGH:
        return Answer(
            "", _("two participants a group are needed"), None, "", None, None, sizes, {}, enough=False,
            says=_("not enough to say: two participants a group are needed"),
        )  # fmt: skip
    gave_up = {group: [who in left[group] for who in names[group]] for group in groups} if left else None
    return answer(kind, given, paired=paired, gave_up=None if paired else gave_up)


def _group(values: Sequence[float]) -> dict[str, Any]:
    if len(values) < ENOUGH:
        return {"n": len(values), "mean": values[0] if values else None, "ci_low": None, "ci_high": None,
                "reason": _("not enough to say: two participants a group are needed")}  # fmt: skip
    if max(values) - min(values) < 1e-9:
        return {"n": len(values), "mean": values[0], "ci_low": None, "ci_high": None, "reason": _("all are alike")}
    told_of = mean_ci(values=list(values))
    return {"n": len(values), "mean": told_of["mean"], "ci_low": told_of["ci_low"], "ci_high": told_of["ci_high"]}


def _ends(one: Mapping[str, Any]) -> dict[str, Any]:
    """The first group against the last, for whoever asks for one figure."""
    pairs = list(one["pairs"].values())
    # Pairs come as (first, second) … (first, last), …: the first group's last pair.
    pair = [each for each in pairs if each["from"] == pairs[0]["from"]][-1]
    return {
        "from": pair["from"], "to": pair["to"], "difference": pair["effect"], "effect_of": pair["of"],
        "ci_low": pair["ci_low"], "ci_high": pair["ci_high"], "n": pair["n"], "method": pair["method"],
        "why": pair["why"], "enough": pair["enough"], "would_do": pair["would_do"], "reason": pair["says"] or None,
        "said": pair["said"], "p_value": pair["p_value"], "p_value_adjusted": pair["p_adjusted"],
    }  # fmt: skip
