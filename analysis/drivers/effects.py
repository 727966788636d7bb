"""What drives satisfaction: what one more repeat question, ten more seconds of silence, one more step goes along with.

Each person has a level of their own (random intercept), each service too (fixed, so that only visits to the same
service are compared), and how it ended stands beside them: who got what they wanted rates higher, whatever it took.
Association, unless the study gave out the conditions by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from analysis.drivers.visits import DRIVERS, Visit
from analysis.statistics.importance import johnson_relative_weights, lmg_relative_importance
from analysis.statistics.models import ordinal_logit
from analysis.statistics.own_levels import Fit, random_intercept_reml
from studies.words import N_, _

#: fewer visits, or fewer a predictor, are too few to say anything of drivers
FEWEST: Final = 50
FEWEST_EACH: Final = 10
SETTLED: Final = "settled"
#: a score with at most so many different values is an order rather than a measure
LEVELS: Final = 11
KINDS: Final = ("lmg", "johnson")
ASSOCIATION: Final = N_("association: nobody gave out waits and questions by chance")
RANDOMISED: Final = N_("effect: the study gave out the conditions by chance, and they decide how much of it there was")


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much satisfaction changes with so much more of a driver; the p value stands last."""

    driver: str
    of: str
    change: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Drivers:
    """All that visits tell of what drives satisfaction; `too_few` says where they are, `reason` why there is none."""

    visits: int
    participants: int
    services: int
    effects: tuple[Effect, ...] = ()
    ordinal: tuple[Effect, ...] = ()
    by_outcome: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)
    importance: Mapping[str, Any] = field(default_factory=dict)
    person_sd: float | None = None
    residual_sd: float | None = None
    label: str = ASSOCIATION
    too_few: str = ""
    reason: str = ""
    unvaried: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # the fit's columns after the intercept, as far as they are named
    fit: Fit | None = None

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "visits": self.visits,
            "participants": self.participants,
            "services": self.services,
            "too_few": self.too_few or None,
            "reason": self.reason or None,
            "label": _(self.label),
            "effects": [_told(e) for e in self.effects],
            "ordinal": [_told(e) for e in self.ordinal],
            "by_outcome": {name: [_told(e) for e in effects] for name, effects in self.by_outcome.items()},
            "importance": self.importance,
            "person_sd": self.person_sd,
            "residual_sd": self.residual_sd,
            "did_not_vary": list(self.unvaried),
        }


def _told(e: Effect) -> dict[str, Any]:
    return {"driver": e.driver, "of": _(e.of), "change": e.change, "ci_low": e.low, "ci_high": e.high,
            "p_value": e.p_value}  # fmt: skip


def drivers(
    visits: Sequence[Visit],
    of: Mapping[str, tuple[float, str]] = DRIVERS,
    *,
    assigned: bool = False,
    seed: int = 0,
    draws: int = 400,
    confidence: float = 0.95,
) -> Drivers:
    """What goes along with satisfaction in these visits.

    `assigned`: the study gave out its conditions by chance, within or between participants. `seed` draws the bootstrap
    (whole persons, so that a person's visits stay together); 0 `draws` leaves importance without its intervals.
    """
    counted = (len(visits), len({v.participant for v in visits}), len({v.service for v in visits}))
    if not visits:
        return Drivers(*counted, reason=_("no participant has rated a visit that was measured"))
    measures, unvaried = _columns(visits, of)
    settled = np.array([v.settled for v in visits], float)
    predictors = dict(measures)
    if 0 < settled.sum() < len(settled):
        predictors[SETTLED] = settled
    little = too_few(len(visits), len(predictors) + counted[2] - 1)
    if not measures:
        return Drivers(*counted, unvaried=unvaried, too_few=little,
                       reason=_("nothing that could drive satisfaction varies among these visits"))  # fmt: skip
    fit = _fit(visits, predictors)
    if fit is None:
        return Drivers(*counted, unvaried=unvaried, too_few=little,
                       reason=_("the visits are too few, or one driver is made of the others"))  # fmt: skip
    by_outcome = {}
    for name, there in (("settled", settled > 0), ("not_settled", settled == 0)):
        some = [v for v, is_there in zip(visits, there, strict=True) if is_there]
        mine = _columns(some, {m: of[m] for m in measures})[0] if some else {}
        if mine and (alone := _fit(some, mine)) is not None:
            by_outcome[name] = _effects(alone, tuple(mine), of, confidence)
    return Drivers(
        *counted,
        effects=_effects(fit, tuple(predictors), of, confidence),
        ordinal=_ordinal(visits, predictors, of, seed, draws, confidence),
        by_outcome=by_outcome,
        importance=_importance(visits, predictors, seed, draws, confidence),
        person_sd=fit.group_sd,
        residual_sd=fit.residual_sd,
        label=RANDOMISED if assigned and _decided_by_condition(visits, measures) else ASSOCIATION,
        too_few=little,
        unvaried=unvaried,
        names=tuple(predictors),
        fit=fit,
    )


def too_few(visits: int, predictors: int) -> str:
    """What is to be said where there are too few visits for so many predictors (services count); else nothing."""
    enough = max(FEWEST, FEWEST_EACH * predictors)
    if visits >= enough:
        return ""
    text = _("not enough to say: {n} rated visits for {predictors} predictors; {enough} would do")
    return text.format(n=visits, predictors=predictors, enough=enough)


def _columns(
    visits: Sequence[Visit], of: Mapping[str, tuple[float, str]]
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """The drivers that vary within some service, and the names of those that do not."""
    found = {name: np.array([v.measures[name] for v in visits], float) for name in of}
    services = _services(visits)
    varies = {name: float(np.abs(_within(column, services)).max()) > 1e-9 for name, column in found.items()}
    return {n: c for n, c in found.items() if varies[n]}, tuple(n for n in found if not varies[n])


def _services(visits: Sequence[Visit]) -> np.ndarray:
    return np.unique([v.service for v in visits], return_inverse=True)[1]


def _within(column: np.ndarray, services: np.ndarray) -> np.ndarray:
    """A column less its mean in each service."""
    return np.asarray(column - (np.bincount(services, column) / np.bincount(services))[services])


def _fit(visits: Sequence[Visit], predictors: Mapping[str, np.ndarray]) -> Fit | None:
    services = _services(visits)
    each = [(services == k).astype(float) for k in range(1, services.max() + 1)]
    columns = np.column_stack([np.ones(len(visits)), *predictors.values(), *each])
    people = np.array([v.participant for v in visits])
    return random_intercept_reml(np.array([v.score for v in visits], float), columns, people)


def _effects(
    fit: Fit, names: tuple[str, ...], of: Mapping[str, tuple[float, str]], confidence: float
) -> tuple[Effect, ...]:
    found = []
    for place, name in enumerate(names, 1):
        amount, words = _unit(name, of)
        direction = np.zeros(len(fit.beta))
        direction[place] = amount
        found.append(Effect(name, words, *fit.along(direction, confidence), fit.p_value(direction)))
    return tuple(found)


def _unit(name: str, of: Mapping[str, tuple[float, str]]) -> tuple[float, str]:
    return of.get(name, (1.0, N_("the need was settled") if name == SETTLED else name))


def _ordinal(
    visits: Sequence[Visit],
    predictors: Mapping[str, np.ndarray],
    of: Mapping[str, tuple[float, str]],
    seed: int,
    draws: int,
    confidence: float,
) -> tuple[Effect, ...]:
    """The same in log odds of a higher answer, where the score is one of a few; intervals by drawing whole persons."""
    scores = np.array([v.score for v in visits], float)
    if not 2 <= len(np.unique(scores)) <= LEVELS:
        return ()
    services = _services(visits)
    columns = {n: c * _unit(n, of)[0] ** -1 for n, c in predictors.items()}
    columns |= {f"service {k}": (services == k).astype(float) for k in range(1, services.max() + 1)}

    def slopes(rows: np.ndarray) -> np.ndarray | None:
        given = scores[rows]
        order = [str(x) for x in np.unique(given)]
        there = {n: c[rows].tolist() for n, c in columns.items() if np.ptp(c[rows]) > 0}
        if not set(predictors) <= set(there):
            return None
        found = ordinal_logit(outcome=[str(x) for x in given], outcome_order=order, predictors=there)["coefficients"]
        return None if found is None else np.array([found[n] for n in predictors])

    whole = slopes(np.arange(len(visits)))
    if whole is None:
        return ()
    drawn = [s for rows in _drawn(visits, seed, min(draws, 200)) if (s := slopes(rows)) is not None]
    if len(drawn) < 20:
        return ()
    low, high = np.quantile(drawn, [0.5 - confidence / 2, 0.5 + confidence / 2], axis=0)
    below = (np.array(drawn) <= 0).mean(0)
    p_values = np.maximum(2 * np.minimum(below, 1 - below), 1 / len(drawn))
    return tuple(
        Effect(name, _unit(name, of)[1], float(whole[k]), float(low[k]), float(high[k]), float(min(1.0, p_values[k])))
        for k, name in enumerate(predictors)
    )


def _drawn(visits: Sequence[Visit], seed: int, draws: int) -> list[np.ndarray]:
    """Rows of as many persons as there are, drawn with replacement, so often."""
    if not draws:
        return []
    people, each = np.unique([v.participant for v in visits], return_inverse=True, return_counts=True)[1:]
    rows = np.split(np.argsort(people, kind="stable"), np.cumsum(each)[:-1])
    draw = np.random.default_rng(seed)
    return [np.concatenate([rows[k] for k in draw.integers(0, len(rows), len(rows))]) for _draw in range(draws)]


def _importance(
    visits: Sequence[Visit], predictors: Mapping[str, np.ndarray], seed: int, draws: int, confidence: float
) -> dict[str, Any]:
    """What each predictor brings of R² within services: LMG and Johnson, with bootstrap intervals (whole persons)."""
    services = _services(visits)
    inside = {name: _within(column, services) for name, column in predictors.items()}
    response = _within(np.array([v.score for v in visits], float), services)

    def shares(rows: np.ndarray) -> dict[str, dict[str, float]] | None:
        given = {name: column[rows].tolist() for name, column in inside.items()}
        lmg = lmg_relative_importance(response=response[rows].tolist(), predictors=given)
        johnson = johnson_relative_weights(response=response[rows].tolist(), predictors=given)
        if lmg["lmg"] is None or johnson["weights"] is None:
            return None
        return {"lmg": lmg["lmg"], "johnson": johnson["weights"]}

    whole = shares(np.arange(len(visits)))
    if whole is None:
        return {}
    drawn = [s for rows in _drawn(visits, seed, draws) if (s := shares(rows)) is not None]
    told: dict[str, Any] = {"r_squared": sum(whole["lmg"].values()), "draws": len(drawn), "seed": seed}
    for kind in KINDS:
        told[kind] = {}
        for name in predictors:
            told[kind][name] = {"share": whole[kind][name], "ci_low": None, "ci_high": None}
            if len(drawn) >= 20:
                values = [one[kind][name] for one in drawn]
                low, high = np.quantile(values, [0.5 - confidence / 2, 0.5 + confidence / 2])
                told[kind][name] |= {"ci_low": float(low), "ci_high": float(high)}
    return told


def _decided_by_condition(visits: Sequence[Visit], measures: Mapping[str, np.ndarray]) -> bool:
    """Does the condition decide how much of each driver a visit held (half of its spread or more)?"""
    conditions = np.unique([v.condition or "" for v in visits], return_inverse=True)[1]
    if conditions.max() < 1:
        return False
    services = _services(visits)
    both = np.unique(services * (conditions.max() + 1) + conditions, return_inverse=True)[1]
    for column in measures.values():
        whole, rest = _within(column, services), _within(column, both)
        if (rest**2).sum() > 0.5 * (whole**2).sum():
            return False
    return True
