"""As it is against redesigned: what a redesign changed for citizens, metric by metric, and how sure that is.

The unit is a case (one need): what a citizen went through in several sittings of one case is added up first. Robots and
people are never pooled, and load citizens are not compared at all: they ran into each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from math import log as natural_log
from typing import Any, Final

import pyarrow.compute as pc

from analysis.method import MEAN, SHARE, TIME, Answer, answer, family
from analysis.statistics.completion import adjusted_wald_ci
from analysis.statistics.means import paired_t_test, welch_t_test
from analysis.statistics.times import geometric_mean_ci, mean_ci
from analysis.statistics.two_proportions import newcombe_difference_ci
from studies.events import Session
from studies.log import Log
from studies.words import N_

AS_IS: Final = "as_is"
REDESIGNED: Final = "redesigned"
LONGEST: Final = frozenset({"longest_silence"})
NOTHING: Final = ("broken", "not measurable", "not applicable")
#: metrics that tell a word: compared by the share of those that came to one of these
SHARES: Final = {"outcome": ("concluded",), "success": ("direct", "indirect")}
#: a time on task of a case whose need was not settled is none
UNSETTLED: Final = N_("not settled")
EVERYONE: Final = ("people", "robots")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a metric came to in some cases: `n` with a value, their middle (`kind`) and its interval where n allows one.

    `states` counts the cases without a value by state; `least` says that parts of a case could not be heard.
    """

    n: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    kind: str = "mean"
    alike: bool = False
    least: bool = False
    states: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Redesigned less as-is, with the interval of the difference where both have two cases or more.

    `verdict` is `better`, `worse`, `alike` or `unsure` (the interval holds zero, or there is not enough to say). Where
    `ratio`, the interval is of redesigned over as-is instead, since geometric means differ by a factor: 1 says that
    nothing changed.
    """

    value: float
    low: float | None = None
    high: float | None = None
    verdict: str = "unsure"
    reason: str = ""
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of one journey under both conditions, of robots or of people."""

    journey: str
    who: str
    metric: str
    title: str
    unit: str
    better: str
    as_is: Estimate
    redesigned: Estimate
    difference: Difference | None
    answered: Answer | None = None  # by which method and why; p adjusted among those shown together
    together: int = 1


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric module says of itself."""

    id: str
    title: str
    unit: str
    better: str


def who_is(source: str | None) -> str:
    """Whose sessions these are: `people`, `robots`, or `load`."""
    return {"robot": "robots", "load": "load"}.get(source or "", "people")


def compare(
    log: Log, results: Mapping[str, Mapping[str, Any]], metrics: Sequence[Metric], confidence: float = 0.95
) -> list[Comparison]:
    """Each journey's metrics as they are and redesigned, people first, in the order of the metrics given.

    `results` is session -> metric id -> Result (anything with `state`, `value`, `reason`).
    """
    cases = _cases(log)
    found = []
    for journey, who in sorted({(c.journey, c.who) for c in cases if c.who in EVERYONE}):
        mine = [c for c in cases if (c.journey, c.who) == (journey, who)]
        rows = []
        for metric in metrics:
            sides = {
                condition: [(c, _of_case(metric, c, results)) for c in mine if c.condition == condition]
                for condition in (AS_IS, REDESIGNED)
            }
            a, b = (estimate(metric.id, [r for _, r in sides[condition]], confidence) for condition in sides)
            if not a.n and not b.n and not a.states and not b.states:
                continue
            difference = _difference(metric, sides[AS_IS], sides[REDESIGNED], a, b, confidence)
            answered = _answered(metric, sides[AS_IS], sides[REDESIGNED], a, b, confidence)
            told = (metric.id, metric.title, metric.unit, metric.better)
            rows.append(Comparison(journey, who, *told, a, b, difference, answered))
        found += _as_a_family(rows)
    return found


def _as_a_family(rows: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons of one table: what is shown together is judged together (Holm 1979)."""
    told = family({row.metric: row.answered for row in rows if row.answered is not None})
    together = sum(one.p_value is not None for one in told.values())
    return [replace(row, answered=told.get(row.metric), together=together) for row in rows]


def _answered(
    metric: Metric,
    before: Sequence[tuple[Case, Found]],
    after: Sequence[tuple[Case, Found]],
    a: Estimate,
    b: Estimate,
    confidence: float,
) -> Answer | None:
    """What the design's own method says of the difference; None where a side has fewer than two cases."""
    if min(a.n, b.n) < 2:
        return None
    sides: Sequence[Sequence[float]] = (a.values, b.values)
    kind = SHARE if metric.id in SHARES else TIME if a.kind == b.kind == "geometric mean" else MEAN
    pairs = _pairs(before, after) if kind != SHARE else []
    if pairs:
        sides = [[pair[place] for pair in pairs] for place in (0, 1)]
    return answer(kind, {AS_IS: sides[0], REDESIGNED: sides[1]}, paired=bool(pairs), confidence=confidence)


@dataclass(frozen=True, slots=True)
class Case:
    """One need: its sittings in the order they began, and whose it was."""

    case: str
    journey: str
    condition: str
    who: str
    person: str | None
    sessions: tuple[str, ...]


def _cases(log: Log) -> list[Case]:
    pairs = log.sentences.group_by(["session", "case"]).aggregate([])
    case_of = dict(zip(pairs["session"].to_pylist(), pairs["case"].to_pylist(), strict=True))
    begun = _begun(log)
    sittings: dict[str, list[Session]] = defaultdict(list)
    for session in sorted(log.heard(), key=lambda s: (s.started, s.session)):
        sittings[case_of.get(session.session, session.session)].append(session)
    found = []
    for case, parts in sittings.items():
        journey = next((s.task for s in parts if s.task), None) or next(
            (begun[s.session] for s in parts if s.session in begun), None
        )
        condition = next((s.condition for s in parts if s.condition), None)
        if journey and condition in (AS_IS, REDESIGNED):
            who = who_is(next((s.source for s in parts if s.source), None))
            person = next((s.participant for s in parts if s.participant), None)
            found.append(Case(case, journey, condition, who, person, tuple(s.session for s in parts)))
    return found


def _begun(log: Log) -> dict[str, str]:
    rows = log.sentences.filter(pc.equal(log.sentences["verb"], "begins"))
    return {r["session"]: r["about"] for r in rows.select(["session", "about"]).to_pylist() if r["about"]}


@dataclass(frozen=True, slots=True)
class Found:
    """A metric of one case: its state, and its value where there is one."""

    state: str
    value: float | str | None = None
    least: bool = False
    reason: str = ""


def _of_case(metric: Metric, case: Case, results: Mapping[str, Mapping[str, Any]]) -> Found:
    """A case's value: the sum of its sittings' (of the longest, the longest; of the outcome, the last word)."""
    parts = [results[s][metric.id] for s in case.sessions if metric.id in results.get(s, {})]
    if not parts:
        return Found("not measurable", reason="")
    if metric.id == "time_on_task" and not _settled(case, results):
        return Found(UNSETTLED)  # the time of who gave up is no time that the task takes
    values = [part.value for part in parts if part.state == "value"]
    states = [part.state for part in parts if part.state != "value"]
    if "broken" in states or not values:
        state = next(s for s in NOTHING if s in states)
        return Found(state, reason=next((str(p.reason or "") for p in parts if p.state == state), ""))
    if metric.id in SHARES:
        return Found("value", next((value for value in values if value in SHARES[metric.id]), values[-1]))
    added = max(values) if metric.id in LONGEST else sum(values)
    return Found("value", float(added), least="not measurable" in states)


def _settled(case: Case, results: Mapping[str, Mapping[str, Any]]) -> bool:
    """Was the need settled, as far as that could be heard?"""
    ended = [results[s]["outcome"] for s in case.sessions if "outcome" in results.get(s, {})]
    heard = [one.value for one in ended if one.state == "value"]
    return not heard or "concluded" in heard or "broken" in heard


def estimate(metric: str, found: Iterable[Found], confidence: float = 0.95) -> Estimate:
    """The middle of some cases and its interval.

    A share for the outcome (cases whose need was settled; adjusted Wald), a geometric mean for time on task when every
    time is above zero, else a mean with its t interval.
    """
    told = list(found)
    states = dict(Counter(one.state for one in told if one.state != "value"))
    reason = next((one.reason for one in told if one.reason), "")
    values = [one.value for one in told if one.state == "value" and one.value is not None]
    if not values:
        return Estimate(states=states, reason=reason)
    if metric in SHARES:
        states.update({"broken": states.get("broken", 0) + values.count("broken")} if "broken" in values else {})
        settled = [float(v in SHARES[metric]) for v in values if v != "broken"]
        if not settled:
            return Estimate(kind="share", states=states, reason=reason)
        share = adjusted_wald_ci(successes=int(sum(settled)), trials=len(settled), confidence=confidence)
        low, high = (share["ci_low"], share["ci_high"]) if len(settled) > 1 else (None, None)
        return Estimate(
            len(settled), share["proportion"], low, high, "share", states=states, reason=reason, values=tuple(settled)
        )
    numbers = [float(v) for v in values]
    least = any(one.least for one in told)
    if metric == "time_on_task" and len(numbers) > 1 and min(numbers) > 0:
        geometric = geometric_mean_ci(times=numbers, confidence=confidence)
        middle, kind, ci = geometric["geometric_mean"], "geometric mean", geometric
    else:
        ci = mean_ci(values=numbers, confidence=confidence)
        middle, kind = ci["mean"], "mean"
    alike = len(numbers) > 1 and max(numbers) - min(numbers) < 1e-9
    low, high = (None, None) if alike else (ci["ci_low"], ci["ci_high"])
    if low is not None and min(numbers) >= 0:
        low = max(0.0, low)  # nobody waits, repeats or steps less than nothing
    return Estimate(len(numbers), middle, low, high, kind, alike, least, states, reason, tuple(numbers))


def _difference(
    metric: Metric,
    before: Sequence[tuple[Case, Found]],
    after: Sequence[tuple[Case, Found]],
    a: Estimate,
    b: Estimate,
    confidence: float,
) -> Difference | None:
    """Redesigned less as-is: of shares by Newcombe, of the same people pair by pair, else by Welch."""
    if a.value is None or b.value is None:
        return None
    if a.kind == b.kind == "geometric mean":
        return _by_a_factor(metric, a, b, _pairs(before, after), confidence)
    if metric.id in SHARES:
        test = newcombe_difference_ci(
            successes_a=int(sum(b.values)),
            trials_a=b.n,
            successes_b=int(sum(a.values)),
            trials_b=a.n,
            confidence=confidence,
        )
        if min(a.n, b.n) < 2:
            test = {**test, "ci_low": None, "ci_high": None, "reason": "two cases a side are needed"}
    elif pairs := _pairs(before, after):
        test = paired_t_test(first=[p[1] for p in pairs], second=[p[0] for p in pairs], confidence=confidence)
    else:
        test = welch_t_test(group_a=b.values, group_b=a.values, confidence=confidence)
    value, low, high = test["difference"], test["ci_low"], test["ci_high"]
    return Difference(value, low, high, _verdict(metric.better, value, low, high, a, b), test.get("reason", ""))


def _by_a_factor(
    metric: Metric, a: Estimate, b: Estimate, pairs: Sequence[tuple[float, float]], confidence: float
) -> Difference:
    """How much longer or shorter skewed times became: the t interval of the logarithms' difference, as a ratio."""
    if pairs:
        first, second = [natural_log(p[1]) for p in pairs], [natural_log(p[0]) for p in pairs]
        test = paired_t_test(first=first, second=second, confidence=confidence)
    else:
        logs = [[natural_log(v) for v in side.values] for side in (b, a)]
        test = welch_t_test(group_a=logs[0], group_b=logs[1], confidence=confidence)
    value, low, high = (b.value or 0.0) - (a.value or 0.0), test["ci_low"], test["ci_high"]
    verdict = _verdict(metric.better, value, low, high, a, b)
    if low is None or high is None:
        return Difference(value, None, None, verdict, test["reason"], ratio=True)
    return Difference(value, exp(low), exp(high), verdict, ratio=True)


def _pairs(before: Sequence[tuple[Case, Found]], after: Sequence[tuple[Case, Found]]) -> list[tuple[float, float]]:
    """The values of people who went through both, when everyone did; nothing otherwise."""
    sides = []
    for side in (before, after):
        told = {c.person: f.value for c, f in side if c.person and f.state == "value"}
        if len(told) != len(side) or not told:
            return []
        sides.append(told)
    if sides[0].keys() != sides[1].keys():
        return []
    return [(float(sides[0][p]), float(sides[1][p])) for p in sorted(sides[0], key=str)]  # type: ignore[arg-type]


def _verdict(better: str, value: float, low: float | None, high: float | None, a: Estimate, b: Estimate) -> str:
    if abs(value) < 1e-9:
        return "alike"
    if low is not None and high is not None and low <= 0 <= high:
        return "unsure"
    if low is None and not (a.alike and b.alike):
        return "unsure"
    if better not in ("lower", "higher"):
        return "changed"
    return "better" if (value < 0) == (better == "lower") else "worse"
