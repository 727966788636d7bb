"""Every metric of a log: one value a session, or the reason why there is none.

The judge's bench: each metric is handed what it declared, what a source cannot hear is said, and a metric that fails
costs its own column, not the rest.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, Protocol, cast

import numpy as np

import analysis.metrics
from studies.events import SCREENS, VERBS
from studies.log import Log
from studies.measuring.batch import Batch, V, batch_of
from studies.measuring.presets import Presets
from studies.measuring.waits import Wait, told
from studies.script import parse
from studies.words import N_, _, in_a_row

VALUE: Final = "value"
NOT_APPLICABLE: Final = "not applicable"
NOT_MEASURABLE: Final = "not measurable"
BROKEN: Final = "broken"
STATES: Final = (N_("value"), N_("not applicable"), N_("not measurable"), N_("broken"))


class Metric(Protocol):
    """What a file in `analysis/metrics/` holds."""

    TITLE: str
    UNIT: str
    BETTER: str
    NEEDS: tuple[str, ...]
    MEANING: str
    measure: Callable[[Batch, Presets], np.ndarray]


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by id, in the order of the glossary: as a citizen meets them."""
    names = [m.name for m in pkgutil.iter_modules(analysis.metrics.__path__)]
    first = [m for m in _ORDER if m in names]
    rest = sorted(set(names) - set(first))
    return {m: cast(Metric, importlib.import_module(f"analysis.metrics.{m}")) for m in (*first, *rest)}


def metrics_for(log: Log) -> dict[str, Metric]:
    """The metrics that a reader wants of a log: those of cases only where there are more than single page visits."""
    cases = len(log.sentences.group_by(["case", "session"]).aggregate([])["case"])
    several = cases > len(log.sentences["case"].unique())
    elsewhere = not set(log.sentences["channel"].unique().to_pylist()) <= set(SCREENS)
    people = "participant" in log.sessions["source"].unique().to_pylist()
    return {
        name: m
        for name, m in metrics().items()
        if (several or elsewhere or not getattr(m, "OF_CASES", False))
        and (people or not getattr(m, "OF_PEOPLE", False))
    }


_ORDER: Final = (
    "outcome waits wait_time silent_waits silent_time longest_silence repeat_questions corrections steps needless_steps"
    " refusals hand_offs forwards resubmissions impatience dead_acts hesitation time_on_task"
).split()


@dataclass(frozen=True, slots=True)
class Result:
    """One metric of one session: a value, or a state with its reason. Never a zero for what cannot be heard."""

    state: str
    value: float | str | None = None
    reason: str | None = None

    def json(self) -> dict[str, Any]:
        """`{"state": "value", "value": 3.5}`, or another state with a `reason`."""
        return {"state": self.state, "value": self.value} if self.state == VALUE else self._why()

    def _why(self) -> dict[str, Any]:
        return {"state": self.state, "reason": self.reason}


@dataclass(frozen=True)
class Column:
    """One metric of every session of a batch: a value each, or which of a few reasons there are for having none."""

    values: np.ndarray  # float64 or object (the outcome)
    why: np.ndarray  # int8, index into `states`; 0 where there is a value
    states: tuple[Result, ...]  # the first is a value's; the others tell their state and reason
    counts: bool

    def results(self) -> list[Result]:
        """The column as results, one a session."""
        told = zip(self.values.tolist(), self.why.tolist(), strict=True)
        return [self.states[why] if why else Result(VALUE, plain(value, counts=self.counts)) for value, why in told]


@dataclass(frozen=True)
class Measured:
    """All metrics of a log under one set of presets."""

    batch: Batch
    presets: Presets
    found: dict[str, Column]

    @cached_property
    def columns(self) -> dict[str, list[Result]]:
        """metric -> a result a session, in the batch's order."""
        return {metric: column.results() for metric, column in self.found.items()}

    @cached_property
    def sessions(self) -> dict[str, dict[str, Result]]:
        """session -> metric -> result."""
        return {
            str(name): {metric: column[i] for metric, column in self.columns.items()}
            for i, name in enumerate(self.batch.names)
        }

    @cached_property
    def waits(self) -> dict[str, list[Wait]]:
        """session -> its waits, in order."""
        return told(self.batch, self.presets)

    @property
    def summary(self) -> dict[str, Any]:
        """How many sessions, how they ended, and of each metric n, mean, median, extremes and what could not be had.

        Sessions that the lab broke are counted and left out of the figures.
        """
        return summary_of(self.columns, self.presets)

    def json(self) -> dict[str, Any]:
        """`{"sessions": {id: {metric id: result}}, "summary": {…}}`."""
        return {
            "sessions": {s: {m: r.json() for m, r in row.items()} for s, row in self.sessions.items()},
            "summary": self.summary,
        }


def summary_of(columns: Mapping[str, list[Result]], presets: Presets) -> dict[str, Any]:
    """The figures over all sessions, those that the lab broke left out."""
    outcomes = [r.value for r in columns["outcome"]]
    whole = [i for i, outcome in enumerate(outcomes) if outcome != "broken"]
    return {
        "sessions": len(outcomes),
        "broken": len(outcomes) - len(whole),
        "outcomes": dict(Counter(str(o) for o in outcomes if o is not None)),
        "metrics": {m: _figures([c[i] for i in whole]) for m, c in columns.items() if not worded(m)},
        "presets": presets.told(),
    }


def _figures(results: list[Result]) -> dict[str, Any]:
    values = np.array([r.value for r in results if r.state == VALUE], float)
    states = Counter(r.state for r in results if r.state != VALUE)
    if not len(values):
        return {"n": 0, "mean": None, "median": None, "min": None, "max": None, "total": None, **states}
    figures = {"mean": values.mean(), "median": np.median(values), "min": values.min(), "max": values.max()}
    figures["total"] = values.sum()
    return {"n": len(values), **{k: round(float(v), 6) for k, v in figures.items()}, **states}


def measure(log: Log, presets: Presets | None = None) -> Measured:
    """Every metric of every session in a log of whole cases."""
    presets = presets or Presets()
    batch = batch_of(log)
    return Measured(batch, presets, {name: column_of(metric, batch, presets) for name, metric in metrics().items()})


def column_of(metric: Metric, batch: Batch, presets: Presets) -> Column:
    """One metric of a batch. What fails costs its own column and says why."""
    deaf, reasons = _deaf(metric.NEEDS, batch)
    counts = counted(metric)
    states = (Result(VALUE), *(Result(NOT_MEASURABLE, reason=reason) for reason in reasons))
    try:
        values = metric.measure(batch, presets)
    except Exception as cause:  # noqa: BLE001 (one metric's mistake must not cost the others)
        broken = Result(BROKEN, reason=f"{type(cause).__name__}: {cause}")
        why = np.where(deaf == 0, len(states), deaf).astype(np.int8)
        return Column(np.full(len(why), np.nan), why, (*states, broken), counts)
    state, reason = getattr(metric, "ABSENT", (NOT_APPLICABLE, N_("the definition has nothing to divide by")))
    absent = (deaf == 0) & (values != values)
    why = np.where(absent, len(states), deaf).astype(np.int8)
    return Column(values, why, (*states, Result(state, reason=_(reason))), counts)


def worded(metric: str) -> bool:
    """Is what this metric tells a word?"""
    return bool(getattr(metrics()[metric], "WORDED", False))


def counted(metric: Metric) -> bool:
    """Is this metric a whole number?"""
    return metric.UNIT not in ("s", "share")


def plain(value: float | str, *, counts: bool) -> float | str:
    """A metric's value as it is handed out: a word, a whole number, or a number to the log's precision."""
    # Microseconds are what the log keeps; further digits are the computer's own, but for a share's.
    if isinstance(value, str):
        return value
    return int(value) if counts else round(float(value), 6 if abs(value) > 1 else 9)


def _deaf(needs: tuple[str, ...], batch: Batch) -> tuple[np.ndarray, list[str]]:
    """For each session which of the reasons why its source cannot hear what a metric needs, from 1; 0 where it can."""
    ears, whose = np.unique(batch.of_hears, return_inverse=True)
    reasons: list[str] = []
    of_ears = np.zeros(len(ears), np.int8)
    for place, hears in enumerate(ears.tolist()):
        if missing := _missing(needs, hears):
            verbs = in_a_row(
                _("{verb} by the {actor}").format(verb=v, actor=VERBS[v.split("|")[0]][0]) for v in missing
            )
            reasons.append(_("this source does not hear: {verbs}").format(verbs=verbs))
            of_ears[place] = len(reasons)
    return of_ears[whose], reasons


def hears_all(needs: tuple[str, ...], ears: np.ndarray) -> np.ndarray:
    """Which of these ears (a bit for each verb code) hear all that is needed."""
    kinds, which = np.unique(ears, return_inverse=True)
    found: np.ndarray = np.array([not _missing(needs, hears) for hears in kinds.tolist()], bool)[which]
    return found


def _missing(needs: tuple[str, ...], hears: int) -> list[str]:
    """What is needed and not heard."""
    return [n for n in needs if not any(hears >> V[verb] & 1 for verb in n.split("|"))]


def figure(metric: str, text: str) -> Any:
    """One metric of a play script: the value, or the state; by session where it tells several. For examples."""
    column = column_of(metrics()[metric], (batch := batch_of(parse(text))), Presets()).results()
    values = {str(name): r.value if r.state == VALUE else r.state for name, r in zip(batch.names, column, strict=True)}
    return values if len(values) > 1 else next(iter(values.values()))
