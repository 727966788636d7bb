"""A league of services that may be believed: who stands outside what chance would do, and who cannot be told apart.

Shares (needs settled, say) against exact binomial limits, places as intervals, satisfaction as it would be if every
service had settled the same share of needs. Services with too few cases are named, not ranked; those that cannot be
told apart share a place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from analysis.statistics.completion import adjusted_wald_ci
from analysis.statistics.league import (
    expected_ranks_beta,
    funnel_limits_exact,
    funnel_overdispersion,
    rank_intervals_pairwise,
)
from analysis.statistics.own_levels import reach
from analysis.sureness import UNHEARD
from studies.titles import service_name
from studies.troubles import WrongInput
from studies.words import N_, _

#: a service with fewer cases is named and not ranked
FEWEST: Final = 20
INSIDE: Final = N_("within what chance would do")
PROBABILITIES: Final = (0.001, 0.025, 0.975, 0.999)


@dataclass(frozen=True, slots=True)
class Standing:
    """One service: its share with interval, its place as an interval, its limits, and satisfaction standardised.

    `group` counts from 1; services of one group cannot be told apart and share a place. `cases` are those whose outcome
    could be heard; the share is None where there are none.
    """

    service: str
    cases: int
    settled: int
    share: float | None
    low: float | None
    high: float | None
    group: int | None = None
    place_low: int | None = None
    place_high: int | None = None
    expected_place: float | None = None
    limits: tuple[float, ...] = ()
    says: str = ""
    satisfaction: float | None = None
    standardised: float | None = None
    standardised_low: float | None = None
    standardised_high: float | None = None
    rated: int = 0

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "service": self.service, "cases": self.cases, "settled": self.settled, "share": self.share,
            "ci_low": self.low, "ci_high": self.high, "group": self.group,
            "places": [self.place_low, self.place_high] if self.place_low else None,
            "expected_place": self.expected_place, "limits": list(self.limits), "says": self.says,
            "satisfaction": {"n": self.rated, "mean": self.satisfaction, "standardised": self.standardised,
                             "ci_low": self.standardised_low, "ci_high": self.standardised_high},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class League:
    """All services, best group first, those too small last; what all together come to; and whether chance suffices."""

    standings: tuple[Standing, ...]
    target: float | None
    fewest: int
    overdispersion: float | None
    told_apart: bool
    says: str

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"target": self.target, "fewest": self.fewest, "overdispersion": self.overdispersion,
                "told_apart": self.told_apart, "says": self.says,
                "services": [one.json() for one in self.standings]}  # fmt: skip


def league(
    settled: Mapping[str, tuple[int, int]],
    ratings: Mapping[str, Sequence[tuple[bool, float]]] | None = None,
    *,
    fewest: int = FEWEST,
    confidence: float = 0.95,
) -> League:
    """The league of services, each with (settled, cases); `ratings` is (was the need settled, score) a visit.

    Cases and visits are those whose outcome could be heard; a service with none is named and not measurable.

    Raises WrongInput for impossible counts.
    """
    for name, (x, n) in settled.items():
        if not 0 <= x <= n:
            text = _("{name}: {x} of {n} cases settled is impossible.")
            raise WrongInput(text.format(name=name, x=x, n=n))
    big = [name for name, (_x, n) in settled.items() if n and n >= fewest]
    everything = sum(settled[name][1] for name in big)
    target = sum(settled[name][0] for name in big) / everything if everything else None
    scores = _standardised(ratings or {}, fewest, confidence)
    found = {}
    for name, (x, n) in settled.items():
        ci = (
            adjusted_wald_ci(successes=x, trials=n, confidence=confidence)
            if n
            else dict.fromkeys(("ci_low", "ci_high"))
        )
        share = x / n if n else None
        found[name] = Standing(name, n, x, share, ci["ci_low"], ci["ci_high"], **scores.get(name, {}))
    ranked = _ranked(found, big, target, confidence)
    small = [replace(one, says=_too_few(one, fewest)) for name, one in sorted(found.items()) if name not in big]
    phi = None
    if len(big) > 1 and target not in (None, 0.0, 1.0):
        phi = funnel_overdispersion(numerators=[settled[n][0] for n in big], denominators=[settled[n][1] for n in big])[
            "phi"
        ]
    apart = len({one.group for one in ranked}) > 1
    says = ""
    if len(big) < 2:
        says = _("Fewer than two services have {fewest} cases or more: there is no league.").format(fewest=fewest)
    elif not apart:
        says = _("No service can be told from the next: all share one place.")
    return League((*ranked, *small), target, fewest, phi, apart, says)


def _too_few(one: Standing, fewest: int) -> str:
    if not one.cases:
        return _(UNHEARD)
    return _("too few cases to rank: {n}; {fewest} would do").format(n=one.cases, fewest=fewest)


def _ranked(
    found: Mapping[str, Standing], names: Sequence[str], target: float | None, confidence: float
) -> list[Standing]:
    if not names or target is None:
        return []
    mine = [found[name] for name in names]
    # Agresti-Coull's centre and error, so that a service where everybody got there is not taken for certain.
    z2 = 3.8414588206941236
    centre = [(one.settled + z2 / 2) / (one.cases + z2) for one in mine]
    errors = [math.sqrt(p * (1 - p) / (one.cases + z2)) for p, one in zip(centre, mine, strict=True)]
    places = rank_intervals_pairwise(estimates=centre, standard_errors=errors, confidence=confidence)
    lowest = expected_ranks_beta(events=[o.settled for o in mine], trials=[o.cases for o in mine])["expected_ranks"]
    limits = (
        funnel_limits_exact(
            target_proportion=target, denominators=[o.cases for o in mine], probabilities=PROBABILITIES
        )["limits"]
        if 0 < target < 1
        else [[] for _one in mine]
    )
    every = []
    for k, one in enumerate(mine):
        every.append(replace(
            one, place_low=places["rank_low"][k], place_high=places["rank_high"][k],
            expected_place=len(mine) + 1 - lowest[k], limits=tuple(limits[k]),
            says=_where(one.settled / one.cases, limits[k]),
        ))  # fmt: skip
    every.sort(key=lambda one: (one.place_low or 0, one.place_high or 0, one.expected_place or 0, one.service))
    return _grouped(every)


def _grouped(every: Sequence[Standing]) -> list[Standing]:
    """Groups of services whose places overlap, one with the next: only those of different groups are told apart."""
    group, reach, found = 0, 0, []
    for one in every:
        if (one.place_low or 1) > reach:
            group += 1
        reach = max(reach, one.place_high or 1)
        found.append(replace(one, group=group))
    return found


def _where(share: float, limits: Sequence[float]) -> str:
    """Where a share stands against its limits, in words."""
    if not limits:
        return ""
    far_below, below, above, far_above = limits
    if share < far_below:
        return _("far below what chance would do")
    if share < below:
        return _("below what chance would do")
    if share > far_above:
        return _("far above what chance would do")
    return _("above what chance would do") if share > above else _(INSIDE)


def _standardised(
    ratings: Mapping[str, Sequence[tuple[bool, float]]], fewest: int, confidence: float
) -> dict[str, dict[str, Any]]:
    """Mean satisfaction with the outcomes of all services together as weights (direct standardisation).

    Who got what they wanted rates higher: a service is not to look better for saying yes more often. None where a
    service has too few ratings, or fewer than two of an outcome that the others have.
    """
    everyone = [done for rows in ratings.values() for done, _score in rows]
    if not everyone:
        return {}
    settled = sum(everyone) / len(everyone)
    shares = {True: settled, False: 1 - settled}
    found: dict[str, dict[str, Any]] = {}
    for name, rows in ratings.items():
        told: dict[str, Any] = {"rated": len(rows)}
        if rows:
            told["satisfaction"] = float(np.mean([score for _done, score in rows]))
        strata = {w: [score for done, score in rows if done == w] for w, share in shares.items() if share > 0}
        if len(rows) >= fewest and min(map(len, strata.values())) >= 2:
            mean = sum(shares[w] * float(np.mean(scores)) for w, scores in strata.items())
            parts = {w: shares[w] ** 2 * float(np.var(s, ddof=1)) / len(s) for w, s in strata.items()}
            wide = reach(math.sqrt(sum(parts.values())), len(rows) - len(strata), confidence)
            told |= {"standardised": mean, "standardised_low": mean - wide, "standardised_high": mean + wide}
        found[name] = told
    return found


def told(found: League) -> str:
    """The league for a person at a terminal."""
    lines = [found.says] if found.says else []
    for one in found.standings:
        places = _("place {low} to {high}").format(low=one.place_low, high=one.place_high) if one.group else "–"
        name = service_name(one.service) or _("no service told")
        if one.share is None:
            lines.append(f"–  {name}: {one.says}")
            continue
        share = _("{settled} of {cases} settled ({low:.0%} to {high:.0%})").format(
            settled=one.settled, cases=one.cases, low=one.low, high=one.high
        )
        lines.append(f"{one.group or '–'}  {name}: {places}; {share}; {one.says}")
    return "\n".join(lines) or _("There are no cases to rank services by.")
