"""Visits that somebody rated: what each went through, how it ended, and how satisfied they said they were.

Robots are left out: what a robot answers is nobody's satisfaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.measure import VALUE, Measured
from studies.log import Log
from studies.measuring.holdings import requests_of
from studies.measuring.waits import waits_of
from studies.words import N_

#: what is looked at as a driver: metric id -> by how much it is told, and in which words
DRIVERS: Final[Mapping[str, tuple[float, str]]] = {
    "repeat_questions": (1.0, N_("one more repeat question")),
    "silent_time": (10.0, N_("ten more seconds of silence")),
    "steps": (1.0, N_("one more step")),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One session that a participant rated. `measures` is metric id -> value."""

    session: str
    participant: str
    service: str
    settled: bool
    score: float
    measures: Mapping[str, float]
    condition: str | None = None


def rated_visits(
    log: Log, measured: Measured, scores: Mapping[str, float], drivers: Iterable[str] = tuple(DRIVERS)
) -> list[Visit]:
    """The participants' visits with a score and every driver measured, by session. `scores` is session -> score."""
    begun, wanted = begun_with(measured), list(drivers)
    found = []
    for row in log.heard():
        results = measured.sessions.get(row.session, {})
        told = [results.get(name) for name in (*wanted, "outcome")]
        if row.source != "participant" or row.session not in scores:
            continue
        if any(one is None or one.state != VALUE for one in told) or results["outcome"].value == "broken":
            continue
        service = row.task or begun.get(row.session) or ""
        values = {name: float(results[name].value or 0.0) for name in wanted}
        settled = results["outcome"].value == "concluded"
        person = row.participant or row.session
        found.append(Visit(row.session, person, service, settled, scores[row.session], values, row.condition))
    return found


def removed(
    measured: Measured, visits: Sequence[Visit], waits: Sequence[str] = (), questions: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """What a redesign would take from each visit: the silence at these steps, these repeat questions.

    Metric id -> an amount a visit. `waits` names steps; `questions` names what is asked for again.
    """
    batch = measured.batch
    place = {str(name): i for i, name in enumerate(batch.names)}
    mine = np.array([place[v.session] for v in visits], int)
    found: dict[str, np.ndarray] = {}
    if waits:
        all_waits = waits_of(batch, measured.presets)
        steps = np.array([str(batch.steps[s]) if s >= 0 else "" for s in batch.step[all_waits.row]], object)
        at_steps = np.isin(steps, list(waits))[all_waits.silence_wait] & all_waits.silent
        seconds = np.where(at_steps, all_waits.silence_to - all_waits.silence_from, 0) / 1e6
        owner = all_waits.session[all_waits.silence_wait]
        found["silent_time"] = np.bincount(owner, weights=seconds, minlength=batch.sessions)[mine]
    if questions:
        said = np.append(batch.words.astype(object), "")
        again = requests_of(batch).repeats & np.isin(said[batch.about].astype(str), list(questions))
        found["repeat_questions"] = batch.count(again)[mine]
    return found


def begun_with(measured: Measured) -> dict[str, str]:
    """The need that each session began with, where one was told."""
    batch = measured.batch
    rows = np.flatnonzero(batch.is_verb("begins") & (batch.about >= 0))
    return {str(batch.names[batch.session[row]]): str(batch.words[batch.about[row]]) for row in rows[::-1]}
