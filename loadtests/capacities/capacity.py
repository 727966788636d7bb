"""How many citizens an hour a service serves at most, and from how many at once on it no longer helps that more come.

Read from a stepped load: at each level so many citizens at once, and how many got through. The **knee** is where the
line of light load (everybody served as if alone) meets the plateau; beyond it more citizens mean longer waits, not more
served. The **plateau** is the mean of the levels within a twentieth of the best. Both are measured, not modelled. A
level at which nobody was served lies past the knee; no law is fitted to it, and nothing is said of it but that. The
Universal Scalability Law (studies/scalability.py) is fitted to all levels: it says what holds the service back, and
where throughput **peaks** before it falls. A service that keeps its pace to the last and then queues has a hard knee,
which the law smooths over; there the two straight lines are what is said. Intervals are 95 %, from a bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from loadtests.capacities.levels import Level
from loadtests.probes.probed import Against
from studies.scalability import Figures, resampled, throughput_at, usl_fit
from studies.troubles import WrongInput
from studies.words import _

#: How many levels a fit of three unknowns needs before it is worth anything.
FEWEST: Final = 6
#: The largest level must be so many times the knee, else nobody has seen that it is one.
PAST: Final = 1.2
#: What falls short of the light line by no more than this is light load, and by so much where few were counted.
LIGHT: Final = 0.05
CHANCE: Final = 0.15
#: What is so near to the best is plateau.
NEAR: Final = 0.95
#: Silence has begun where more than this share of the waits are silent.
QUIET: Final = 0.05
#: Beyond so many times the largest level nothing is said.
REACH: Final = 1.5
#: Citizens and journeys that disagree with Little's law by more than this were not measured at rest.
LITTLE: Final = 0.05
LEVELS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)

Drawn = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def json(self) -> dict[str, float]:
        """It as JSON."""
        return {"value": round(self.value, 4), "ci_low": round(self.low, 4), "ci_high": round(self.high, 4)}


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a service bears: citizens an hour at most, the knee and the peak in citizens at once.

    `missing` says what was not measured that would have been needed; then `knee` and `hourly` are None. `peak` is None
    where none was seen. `collapsed` is the smallest level past the knee that served nobody. `little` is the largest
    deviation from Little's law; `uneasy` names the levels where it was too large to trust them. `hard`: two straight
    lines describe the service better than the law.
    """

    levels: tuple[Level, ...]
    fit: Figures
    light: float
    hourly: Bounded | None
    knee: Bounded | None
    peak: Bounded | None
    alpha: Bounded | None
    beta: Bounded | None
    band: tuple[tuple[float, float, float, float], ...]
    little: float
    uneasy: tuple[float, ...]
    missing: tuple[str, ...]
    hard: bool = False
    collapsed: float | None = None

    @property
    def reach(self) -> float:
        """The most citizens at once of whom anything is said: none between the last who were served and a collapse."""
        return _reach(self.levels, self.collapsed)

    def at(self, citizens: float) -> float:
        """How many journeys a second so many citizens at once would get; WrongInput beyond what was measured."""
        if self.fit.get("gamma") is None or self.missing:
            raise WrongInput(" ".join(self.missing) or str(self.fit.get("reason")))
        if not 0 < citizens <= self.reach:
            raise WrongInput(
                _(
                    "{n:g} citizens at once are beyond what was measured: up to {reach:.0f} (1.5 times the largest"
                    " level) may be said. Measure further: --levels"
                ).format(n=citizens, reach=self.reach)
                if self.collapsed is None
                else _("Nothing is said beyond {n} citizens at once.").format(n=f"{self.reach:.0f}")
            )
        if self.hard and self.hourly:
            return min(self.light * citizens, self.hourly.value / 3600)
        return float(throughput_at(citizens, *_parameters(self.fit)))

    def json(self) -> dict[str, Any]:
        """It as JSON; citizens an hour, citizens at once, journeys a second."""

        def figure(bounded: Bounded | None) -> dict[str, float] | None:
            return None if bounded is None else bounded.json()

        fitted = {"alpha": figure(self.alpha), "beta": figure(self.beta), "gamma": self.fit.get("gamma")}
        fitted["residual_standard_error"] = self.fit.get("residual_standard_error")
        return {
            "citizens_per_hour": figure(self.hourly),
            "knee": figure(self.knee),
            "peak": figure(self.peak),
            "peak_seen": self.peak is not None,
            "collapsed_at": self.collapsed,
            "form": "hard knee" if self.hard else "gradual",
            "light_load": round(self.light, 6),
            "fit": {"law": "universal scalability law", **fitted},
            "levels": [
                {"citizens": each.citizens, "throughput": each.throughput, "latency": each.latency}
                | {"journeys": each.journeys, "failed": each.failed}
                | {"little": round(_little(each), 4) if each.throughput else None}
                for each in self.levels
            ],
            "curve": [
                dict(zip(("citizens", "throughput", "ci_low", "ci_high"), row, strict=True)) for row in self.band
            ],
            "measured_to": max((level.citizens for level in self.levels), default=None),
            "said_to": self.reach or None,
            "little": {"largest_deviation": round(self.little, 4), "levels_in_doubt": list(self.uneasy)},
            "missing": list(self.missing),
        }


def capacity(levels: Sequence[Level], random: np.random.Generator, times: int = 400) -> Capacity:
    """What the levels of a stepped load say about the service. They may come in any order; equal ones are averaged."""
    every = tuple(sorted((each for each in levels if each.citizens > 0), key=lambda level: level.citizens))
    kept = tuple(each for each in every if each.throughput > 0)
    n = np.array([each.citizens for each in kept])
    x = np.array([each.throughput for each in kept])
    fallen = _collapsed(every)
    little = max((abs(_little(each)) for each in kept), default=0.0)
    uneasy = tuple(each.citizens for each in kept if abs(_little(each)) > LITTLE)
    light = light_line(kept)
    missing = tuple(_missing(n, x, light, fallen))
    fit = usl_fit(n.tolist(), x.tolist(), relative=True)
    if missing or fit["gamma"] is None:
        why = missing or (str(fit["reason"]),)
        nothing = (None, None, None, None, None)
        return Capacity(every, fit, light, *nothing, (), little, uneasy, why, collapsed=fallen)
    again = [one for one in resampled(n.tolist(), x.tolist(), random, times) if one["gamma"] is not None]
    knees, tops = _drawn(kept, fit, random, times)
    alpha, beta = (_bounded(fit[name], [one[name] for one in again]) for name in ("alpha", "beta"))
    top = plateau(x)
    hard = _deviation(x, _bent(n, light, top)) < _deviation(x, throughput_at(n, *_parameters(fit)))
    # Who serves everybody as if alone and then nobody has a hard knee; the law, which bends nowhere, fits as well.
    hard = hard or (fallen is not None and n.max() <= top / light * (1 + LIGHT))
    said: Drawn = partial(_bent, light=light, top=top) if hard else partial(_law, fit=fit)
    others: list[Drawn] = (
        [partial(_bent, light=high / bend, top=high) for bend, high in zip(knees, tops, strict=True)]
        if hard
        else [partial(_law, fit=one) for one in again]
    )
    # β whose interval touches zero may as well be none: then no peak was seen, whatever the formula gives. Nor was one
    # where two straight lines fit better than the law, which draws a fall out of every hard knee.
    peak = None
    if fit["peak_load"] is not None and not hard and beta.low > 1e-9 and fit["peak_load"] <= _reach(every, fallen):
        peak = _bounded(fit["peak_load"], [one["peak_load"] or np.inf for one in again])
    return Capacity(
        levels=every,
        fit=fit,
        light=light,
        hourly=_around(3600 * top, tops),
        knee=_around(float(top / light), knees),
        peak=peak,
        alpha=alpha,
        beta=beta,
        band=_band(float(n.max()), _reach(every, fallen), said, others),
        little=little,
        uneasy=uneasy,
        missing=(),
        hard=hard,
        collapsed=fallen,
    )


def before_silence(levels: Sequence[Level], heard: Sequence[Against]) -> dict[str, Any]:
    """How many citizens an hour are served before silence begins, as the browser beside the load heard it.

    The best level among those with no more citizens than in the last range, from the smallest on, in which at most a
    twentieth of the browser's waits were silent.
    """
    quiet = 0.0
    for part in sorted((one for one in heard if one.waits), key=lambda one: one.citizens):
        if part.silent_waits > QUIET * part.waits:
            break
        quiet = float(part.most)
    served = [level.throughput for level in levels if level.citizens <= quiet + 0.5]
    if not any(one.waits for one in heard):
        return {"state": "not measurable", "reason": _("the wire hears no signs: run with --probe")}
    if not served:
        return {"state": "value", "value": 0.0, "citizens_at_once": 0}
    return {"state": "value", "value": round(3600 * max(served), 1), "citizens_at_once": round(quiet)}


def light_line(levels: Sequence[Level]) -> float:
    """How many journeys a second each citizen gets while nobody is in another's way.

    From the smallest level on, all together, for as long as a citizen gets nearly what they got so far: a twentieth
    less at most, somewhat more while so few were counted that chance alone may take it away.
    """
    citizens = done = counted = 0.0
    for level in levels:
        less = max(LIGHT, min(CHANCE, 2 / math.sqrt(counted))) if counted else LIGHT
        if citizens and level.throughput / level.citizens < (1 - less) * done / citizens:
            break
        citizens, done, counted = citizens + level.citizens, done + level.throughput, counted + level.journeys
    return done / citizens if citizens else 0.0


def plateau(x: np.ndarray) -> float:
    """How many journeys a second the service does at most: the mean of what comes near the best."""
    return float(x[x >= NEAR * x.max()].mean())


def _collapsed(levels: Sequence[Level]) -> float | None:
    """The smallest level, beyond the one at which the most were served, that served nobody."""
    best = max(levels, key=lambda level: level.throughput, default=None)
    if best is None or not best.throughput:
        return None
    return min(
        (each.citizens for each in levels if not each.throughput and each.citizens > best.citizens), default=None
    )


def _reach(levels: Sequence[Level], collapsed: float | None) -> float:
    """The most citizens at once of whom anything may be said."""
    if collapsed is None:
        return REACH * max((level.citizens for level in levels), default=0.0)
    return max(level.citizens for level in levels if level.throughput and level.citizens < collapsed)


def _missing(n: np.ndarray, x: np.ndarray, light: float, collapsed: float | None) -> list[str]:
    """What ought to have been measured and was not; `n` and `x` are of the levels at which somebody was served."""
    found = []
    if len(set(np.round(n, 1).tolist())) < FEWEST:
        message = _("A capacity needs at least {fewest} levels in which journeys were done; there were {n}.")
        found.append(message.format(fewest=FEWEST, n=len(n)))
    if not len(n) or n.min() > 1.05:
        found.append(_("One citizen alone was not measured: begin the levels with 1."))
    if collapsed is None and len(n) and light and n.max() < PAST * plateau(x) / light:
        found.append(
            _("No level lies past the knee: with {n:.0f} citizens at once more still got through. Add higher levels.")
            .format(n=n.max())
        )  # fmt: skip
    return found


def _little(level: Level) -> float:
    """By which part citizens and journeys disagree: N = X R (Little 1961)."""
    return level.throughput * (level.latency or 0.0) / level.citizens - 1 if level.citizens else 0.0


def _drawn(
    levels: Sequence[Level], fit: Figures, random: np.random.Generator, times: int
) -> tuple[list[float], list[float]]:
    """Knees and plateaus of what might as well have been measured: each level scattered around itself.

    Not around the law, whose form is wrong for a service with a hard knee. How far a level scatters is at most what
    its deviations from the law show (which hold the law's own error too), and at most what chance does to a count.
    """
    n = np.array([each.citizens for each in levels])
    x = np.array([each.throughput for each in levels])
    left = x / throughput_at(n, *_parameters(fit)) - 1
    spread = np.full(len(x), np.sqrt((left**2).sum() / max(1, len(x) - 3)))
    counted = np.array([each.journeys for each in levels], float)
    spread = np.where(counted > 0, np.minimum(spread, 1 / np.sqrt(np.maximum(counted, 1))), spread)
    knees, tops = [], []
    for _each in range(times):
        drawn = x * np.clip(1 + random.normal(0, spread), 0.05, None)
        again = [replace(level, throughput=float(y)) for level, y in zip(levels, drawn, strict=True)]
        tops.append(plateau(drawn))
        knees.append(plateau(drawn) / light_line(again))
    return knees, tops


def _bent(n: np.ndarray, light: float, top: float) -> np.ndarray:
    """Two straight lines: light load, and the plateau."""
    return np.minimum(light * n, top)


def _law(n: np.ndarray, fit: Figures) -> np.ndarray:
    """The Universal Scalability Law."""
    return np.asarray(throughput_at(n, *_parameters(fit)))


def _parameters(fit: Figures) -> tuple[float, float, float]:
    return fit["alpha"], fit["beta"], fit["gamma"]


def _deviation(x: np.ndarray, said: np.ndarray) -> float:
    """How far what was measured is from what is said, in proportion: the sum of squares."""
    return float(((x / said - 1) ** 2).sum())


def _bounded(value: float, drawn: Sequence[float]) -> Bounded:
    """A figure with the middle 95 % of what else it might have been."""
    low, high = np.quantile(np.asarray(drawn, float), [0.025, 0.975], method="nearest")
    return Bounded(value, min(value, float(low)), max(value, float(high)))


def _around(value: float, drawn: Sequence[float]) -> Bounded:
    """The same where drawing alone pushes a figure to one side, as the best of several does: only the width is kept."""
    low, middle, high = np.quantile(np.asarray(drawn, float), [0.025, 0.5, 0.975])
    return Bounded(value, float(value * low / middle), float(value * high / middle))


def _band(
    largest: float, reach: float, said_of: Drawn, again: Sequence[Drawn]
) -> tuple[tuple[float, float, float, float], ...]:
    """What describes the service, as a curve: citizens, throughput, its interval; as far as anything may be said."""
    at = np.unique(np.concatenate([np.linspace(1, max(2.0, reach), 61), [min(largest, max(2.0, reach))]]))
    said = said_of(at)
    low, high = np.quantile(np.array([one(at) for one in again]), [0.025, 0.975], axis=0)
    rows = zip(at, said, np.minimum(low, said), np.maximum(high, said), strict=True)
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in rows)
