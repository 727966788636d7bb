"""What everyone at once did to the service: how many got through, who waited where and how long, and when it began.

Everything is computed from raw times after the run, by the lab's one definition of a wait. Silence is not among it: the
wire hears no signs, so nobody knows whether a long wait was a silent one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from loadtests.recording import Told

#: A curve has at most so many points; a longer run has wider ones.
POINTS = 120


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait of one load citizen: at which step, from when (microseconds since 1970), for how many seconds.

    A wait that was still open when hearing ended is `open`: it lasted at least so long, and counts as that.
    """

    step: str
    opened: int
    seconds: float
    open: bool = False


@dataclass(frozen=True, slots=True)
class StepUnderLoad:
    """One step of the journey: its waits (seconds), how many were over the threshold, how many journeys ended there."""

    step: str
    waits: int
    over_threshold: int
    p50: float | None
    p95: float | None
    failures: int


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
    """What a load says about the service; times in seconds, `completion` a share of the journeys that ended."""

    journeys: int
    done: int
    unfinished: int
    requests: int
    journeys_per_second: float
    completion: float | None
    journey_p50: float | None
    journey_p95: float | None
    steps: list[StepUnderLoad] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    curve: list[Moment] = field(default_factory=list)


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """The time that this share of the waits did not exceed, from the raw times (interpolated); None of no waits."""
    return round(float(np.quantile(seconds, share)), 6) if len(seconds) else None


def summarise(
    journeys: Sequence[Told],
    waits: Sequence[Waited],
    *,
    start: int,
    seconds: float,
    steps: Sequence[str],
    threshold: float,
) -> Summary:
    """The whole load in numbers.

    `start` is when it began (microseconds since 1970), `seconds` how long new journeys were begun, `steps` the
    journey's step ids in order, `threshold` the seconds from which a wait is too long. Journeys per second are those
    done, a journey that was only in part within `seconds` counted in part; completion leaves out those that the end
    of the run cut short.
    """
    finished = [told for told in journeys if told.ending != "unfinished"]
    done = [told for told in finished if told.ending == "done"]
    begun, ended = _times(done, start)
    lasted = [told.seconds() for told in done]
    return Summary(
        journeys=len(finished),
        done=len(done),
        unfinished=len(journeys) - len(finished),
        requests=sum(told.requests for told in journeys),
        journeys_per_second=round(_parts(begun, ended, 0.0, seconds) / seconds, 3) if seconds else 0.0,
        completion=round(len(done) / len(finished), 6) if finished else None,
        journey_p50=percentile(lasted, 0.5),
        journey_p95=percentile(lasted, 0.95),
        steps=by_step(journeys, waits, steps, threshold),
        failures=failures(finished),
        curve=curve(journeys, waits, start, seconds, threshold),
    )


def by_step(
    journeys: Sequence[Told], waits: Sequence[Waited], steps: Sequence[str], threshold: float
) -> list[StepUnderLoad]:
    """The waits of each step that has any, or at which a journey ended early, in the journey's order."""
    times: dict[str, list[float]] = {}
    for wait in waits:
        times.setdefault(wait.step, []).append(wait.seconds)
    ended = Counter(told.step or "" for told in journeys if told.ending not in ("done", "unfinished"))
    order = {step: place for place, step in enumerate(steps)}
    found = sorted({*times, *ended}, key=lambda step: (order.get(step, len(order)), step))
    return [
        StepUnderLoad(
            step=step,
            waits=len(times.get(step, ())),
            over_threshold=sum(seconds > threshold for seconds in times.get(step, ())),
            p50=percentile(times.get(step, ()), 0.5),
            p95=percentile(times.get(step, ()), 0.95),
            failures=ended[step],
        )
        for step in found
    ]


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
    begun, ended = _times(journeys, start)
    done = np.array([told.ending == "done" for told in journeys], bool)
    closed = np.array([(wait.opened - start) / 1e6 + wait.seconds for wait in waits])
    lasted = np.array([wait.seconds for wait in waits])
    moments = []
    for since, till in zip(edges, edges[1:], strict=False):
        here = lasted[(closed >= since) & (closed < till)]
        moments.append(
            Moment(
                t=since,
                citizens=round(float(_within(begun, ended, since, till).sum()) / (till - since), 2),
                journeys_per_second=round(_parts(begun[done], ended[done], since, till) / (till - since), 3),
                p95=percentile(here.tolist(), 0.95),
                over_threshold=int((here > threshold).sum()),
            )
        )
    return moments


def _times(journeys: Sequence[Told], start: int) -> tuple[np.ndarray, np.ndarray]:
    """When the journeys began and ended, in seconds of the run."""
    begun = np.array([(told.started - start) / 1e6 for told in journeys], float)
    return begun, np.array([(told.ended - start) / 1e6 for told in journeys], float)


def _within(begun: np.ndarray, ended: np.ndarray, since: float, till: float) -> np.ndarray:
    """For how many seconds of a stretch each journey was under way."""
    return np.clip(np.minimum(ended, till) - np.maximum(begun, since), 0, None)


def _parts(begun: np.ndarray, ended: np.ndarray, since: float, till: float) -> float:
    """How many journeys a stretch amounts to, each counted by the part of it that fell into the stretch.

    Citizens who all set out at once arrive in waves; counted so, the waves do not pass for the service's pace.
    """
    lasted = np.maximum(ended - begun, 1e-9)
    return float((_within(begun, ended, since, till) / lasted).sum())
