"""What everyone at once did to the service: how many got through, who waited where and how long, and when it began.

Everything is computed after the run, by the lab's one definition of a wait, from the moment each citizen was due.
Percentiles come from histograms (wrong by 0.4 % at most), so that those of several machines and runs can be added up.
Silence is not among it: the wire hears no signs, so nobody knows whether a long wait was a silent one; a browser beside
the load does (`probed`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loadtests.crowd import Requested
from loadtests.histograms import Histogram
from loadtests.recording import SAID, Told

#: A curve has at most so many points; a longer run has wider ones.
POINTS = 120
_STEP = SAID.index("step")


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait of one load citizen: at which step, from when (microseconds since 1970), for how many seconds.

    A wait that was still open when hearing ended is `open`: it lasted at least so long, and counts as that.
    """

    step: str
    opened: int
    seconds: float
    open: bool = False
    session: str = ""


@dataclass(frozen=True, slots=True)
class StepUnderLoad:
    """One step of the journey: its waits (seconds), how many were over the threshold, and who got how far.

    Of the journeys that `started` the step, some ended there (`failures`), some were cut short there by the end of the
    load, the others `completed` it.
    """

    step: str
    waits: int
    over_threshold: int
    p50: float | None
    p95: float | None
    failures: int
    journey: str = ""
    started: int = 0
    completed: int = 0
    unfinished: int = 0
    p90: float | None = None
    p99: float | None = None
    longest: float | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """One journey of a load by itself: who started, who came through, where and why the others did not; seconds."""

    journey: str
    started: int
    completed: int
    failed: int
    unfinished: int
    completion: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    steps: list[StepUnderLoad] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RequestedAt:
    """The requests that a step took, as Locust shows them, times in seconds.

    Of its `failures` some nobody answered, the others the service answered with an error of its own (status 500 up).
    """

    step: str
    requests: int
    failures: int
    mean: float | None
    shortest: float | None
    longest: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    per_second: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One stretch of the run from `t` seconds on: citizens under way (mean), journeys done a second, slowest waits.

    `p95` is of the waits that ended in it, None when none did; `over_threshold` is how many of those were too long.
    """

    t: float
    citizens: float
    journeys_per_second: float
    p95: float | None
    over_threshold: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a load says about the service; times in seconds, `completion` a share of the journeys that ended.

    `steps` are those at which somebody waited or ended; the funnels have them all. `kept_waiting` is the share of all
    citizens, those that the end of the load cut short too, who had to wait longer than the threshold at some step.
    """

    journeys: int
    done: int
    unfinished: int
    requests: int
    journeys_per_second: float
    completion: float | None
    journey_p50: float | None
    journey_p95: float | None
    journey_p99: float | None = None
    kept_waiting: float | None = None
    steps: list[StepUnderLoad] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    curve: list[Moment] = field(default_factory=list)
    by_journey: list[Funnel] = field(default_factory=list)
    by_request: list[RequestedAt] = field(default_factory=list)


def percentile(times: Histogram, share: float) -> float | None:
    """The time that this share of the waits did not exceed (wrong by 0.4 % at most); None of no waits."""
    found = times.percentile(share)
    return None if found is None else round(found, 6)


def summarise(
    journeys: Sequence[Told],
    waits: Sequence[Waited],
    *,
    start: int,
    seconds: float,
    steps: Mapping[str, Sequence[str]],
    threshold: float,
    requested: Mapping[str, Requested] | None = None,
) -> Summary:
    """The whole load in numbers.

    `start` is when it began (microseconds since 1970), `seconds` how long new journeys were begun, `steps` the step
    ids of each journey in order, `threshold` the seconds from which a wait is too long, `requested` the requests as the
    generator counted them. Journeys per second are those done, a journey that was only in part within `seconds` counted
    in part; completion leaves out those that the end of the run cut short.
    """
    finished = [told for told in journeys if told.ending != "unfinished"]
    done = [told for told in finished if told.ending == "done"]
    begun, ended = times_of(done, start)
    lasted = Histogram(told.seconds() for told in done)
    funnels = by_journey(journeys, waits, steps, threshold)
    kept = {wait.session for wait in waits if wait.seconds > threshold}
    return Summary(
        journeys=len(finished),
        done=len(done),
        unfinished=len(journeys) - len(finished),
        requests=sum(told.requests for told in journeys),
        journeys_per_second=round(parts_of(begun, ended, 0.0, seconds) / seconds, 3) if seconds else 0.0,
        completion=round(len(done) / len(finished), 6) if finished else None,
        journey_p50=percentile(lasted, 0.5),
        journey_p95=percentile(lasted, 0.95),
        journey_p99=percentile(lasted, 0.99),
        kept_waiting=round(len(kept) / len(journeys), 6) if journeys else None,
        steps=[step for funnel in funnels for step in funnel.steps if step.waits or step.failures],
        failures=failures(finished),
        curve=curve(journeys, waits, start, seconds, threshold),
        by_journey=funnels,
        by_request=[] if requested is None else by_request(requested, seconds),
    )


def by_journey(
    journeys: Sequence[Told], waits: Sequence[Waited], steps: Mapping[str, Sequence[str]], threshold: float
) -> list[Funnel]:
    """Each journey of the load by itself, in the order of the mix."""
    only = next(iter(steps), "")
    of_session = {told.session: told.task or only for told in journeys}
    funnels = []
    for journey in steps:
        mine = [told for told in journeys if (told.task or only) == journey]
        own = [wait for wait in waits if of_session.get(wait.session, only) == journey]
        finished = [told for told in mine if told.ending != "unfinished"]
        lasted = Histogram(told.seconds() for told in finished if told.ending == "done")
        funnels.append(
            Funnel(
                journey=journey,
                started=len(mine),
                completed=lasted.n,
                failed=len(finished) - lasted.n,
                unfinished=len(mine) - len(finished),
                completion=round(lasted.n / len(finished), 6) if finished else None,
                p50=percentile(lasted, 0.5),
                p90=percentile(lasted, 0.9),
                p95=percentile(lasted, 0.95),
                p99=percentile(lasted, 0.99),
                steps=by_step(mine, own, steps[journey], threshold, journey),
                failures=failures(finished),
            )
        )
    return funnels


def by_step(
    journeys: Sequence[Told], waits: Sequence[Waited], steps: Sequence[str], threshold: float, journey: str = ""
) -> list[StepUnderLoad]:
    """Each step that was started, has waits, or at which a journey ended early, in the journey's order."""
    times: dict[str, Histogram] = {}
    over: Counter[str] = Counter()
    for wait in waits:
        times.setdefault(wait.step, Histogram()).add(wait.seconds)
        over[wait.step] += wait.seconds > threshold
    ended = Counter(told.step or "" for told in journeys if told.ending not in ("done", "unfinished"))
    cut = Counter(told.step or "" for told in journeys if told.ending == "unfinished" and told.step)
    started = Counter(step for told in journeys for step in _steps_taken(told))
    order = {step: place for place, step in enumerate(steps)}
    found = sorted({*times, *ended, *started}, key=lambda step: (order.get(step, len(order)), step))
    return [
        StepUnderLoad(
            step=step,
            waits=waited.n,
            over_threshold=over[step],
            p50=percentile(waited, 0.5),
            p95=percentile(waited, 0.95),
            failures=ended[step],
            journey=journey,
            started=started[step],
            completed=max(0, started[step] - ended[step] - cut[step]),
            unfinished=cut[step],
            p90=percentile(waited, 0.9),
            p99=percentile(waited, 0.99),
            longest=round(waited.longest, 6) if waited.n else None,
        )
        for step in found
        for waited in [times.get(step, Histogram())]
    ]


def _steps_taken(told: Told) -> set[str]:
    """The steps that a journey came to."""
    taken = {row[_STEP] for row in told.said if row[_STEP]}
    if told.step:
        taken.add(told.step)
    return taken


def by_request(requested: Mapping[str, Requested], seconds: float) -> list[RequestedAt]:
    """The requests of each step, as the generator counted them."""
    return [
        RequestedAt(
            step=step,
            requests=one.times.n,
            failures=one.failures,
            mean=_rounded(one.times.mean()),
            shortest=round(one.times.shortest, 6) if one.times.n else None,
            longest=round(one.times.longest, 6) if one.times.n else None,
            p50=percentile(one.times, 0.5),
            p95=percentile(one.times, 0.95),
            p99=percentile(one.times, 0.99),
            per_second=round(one.times.n / seconds, 3) if seconds else 0.0,
            bytes=one.bytes,
        )
        for step, one in requested.items()
    ]


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def failures(journeys: Sequence[Told]) -> list[dict[str, Any]]:
    """Why journeys came to nothing: how they ended, at which step and why, the most frequent first."""
    kinds = Counter((told.ending, told.step or "", told.why or "") for told in journeys if told.ending != "done")
    ordered = sorted(kinds.items(), key=lambda found: (-found[1], found[0]))
    return [{"kind": kind, "step": step, "why": why, "count": count} for (kind, step, why), count in ordered]


def curve(
    journeys: Sequence[Told], waits: Sequence[Waited], start: int, seconds: float, threshold: float
) -> list[Moment]:
    """How it went over time: a moment a second, or wider ones when the run was long."""
    if seconds <= 0:
        return []
    width = float(max(1, math.ceil(seconds / POINTS)))
    edges = [i * width for i in range(math.ceil(seconds / width))] + [seconds]
    begun, ended = times_of(journeys, start)
    done = np.array([told.ending == "done" for told in journeys], bool)
    closed = np.array([(wait.opened - start) / 1e6 + wait.seconds for wait in waits])
    lasted = np.array([wait.seconds for wait in waits])
    moments = []
    for since, till in zip(edges, edges[1:], strict=False):
        here = lasted[(closed >= since) & (closed < till)]
        moments.append(
            Moment(
                t=since,
                citizens=round(float(within(begun, ended, since, till).sum()) / (till - since), 2),
                journeys_per_second=round(parts_of(begun[done], ended[done], since, till) / (till - since), 3),
                p95=percentile(Histogram(here.tolist()), 0.95),
                over_threshold=int((here > threshold).sum()),
            )
        )
    return moments


def times_of(journeys: Sequence[Told], start: int) -> tuple[np.ndarray, np.ndarray]:
    """When the journeys began and ended, in seconds of the run."""
    begun = np.array([(told.started - start) / 1e6 for told in journeys], float)
    return begun, np.array([(told.ended - start) / 1e6 for told in journeys], float)


def within(begun: np.ndarray, ended: np.ndarray, since: float, till: float) -> np.ndarray:
    """For how many seconds of a stretch each journey was under way."""
    return np.clip(np.minimum(ended, till) - np.maximum(begun, since), 0, None)


def parts_of(begun: np.ndarray, ended: np.ndarray, since: float, till: float) -> float:
    """How many journeys a stretch amounts to, each counted by the part of it that fell into the stretch.

    Citizens who all set out at once arrive in waves; counted so, the waves do not pass for the service's pace.
    """
    lasted = np.maximum(ended - begun, 1e-9)
    return float((within(begun, ended, since, till) / lasted).sum())
