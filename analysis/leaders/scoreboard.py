"""How do the services stand? What a leader reads in two minutes, each figure with interval, n and how sure it is.

People and robots are never added up. What nobody has said (volumes, targets, owners) is not supposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis import sureness
from analysis.found import Finding, findings_in, with_volume
from analysis.leaders import changes, remedies
from analysis.leaders.agreed import MEASURES, REMEDIED, Decision, Target
from analysis.leaders.changes import Change
from analysis.leaders.cost import Volume
from analysis.leaders.ground import WAYS, YEAR, Ground, latest_quarter, quarter_name, within
from analysis.leaders.remedies import Remedy
from analysis.measure import NOT_MEASURABLE
from analysis.sureness import Sure
from studies.words import N_, _, spoken
from surveys.instruments import instrument as instrument_named

PER: Final = 1000  # citizens, where nobody has said how many there are in a year
WORST: Final = 3
TREND: Final = 8  # quarters
REACHED, MISSED, OPEN_YET = N_("reached"), N_("not reached"), N_("not enough to say")


@dataclass(frozen=True, slots=True)
class Quarter:
    """Satisfaction in one quarter."""

    name: str
    satisfaction: Sure


@dataclass(frozen=True, slots=True)
class Against:
    """A target, what was reached since it holds, and whether that is it."""

    target: Target
    reached: Sure
    verdict: str


@dataclass(frozen=True, slots=True)
class Need:
    """One need, over all channels: how many came which way, how many had it settled, what a citizen bears."""

    cases: int
    settled: Sure
    ways: Mapping[str, int]
    several: int  # cases that needed more than one channel


@dataclass(frozen=True, slots=True)
class Standing:
    """One service as people (or robots) met it; burdens are a case's."""

    service: str
    who: str
    satisfaction: Sure
    trend: tuple[Quarter, ...]
    burdens: Mapping[str, Sure]  # silent_time (s), repeat_questions, steps, needless_steps
    need: Need
    changed: tuple[Change, ...]
    against: tuple[Against, ...]
    volume: Volume | None
    stands_for: str

    def borne(self, measure: str) -> Sure:
        """What all citizens bear: in a year where the volume was told, else per 1,000; silence in hours."""
        factor = self.volume.cases_a_year if self.volume else float(PER)
        return self.burdens[measure].times(factor / 3600 if measure == "silent_time" else factor)

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "service": self.service, "who": self.who, "satisfaction": self.satisfaction.json(),
            "trend": [{"quarter": q.name, **q.satisfaction.json()} for q in self.trend],
            "per": "year" if self.volume else f"{PER} citizens",
            "borne": {("silent_hours" if m == "silent_time" else m): self.borne(m).json() for m in self.burdens},
            "cases": self.need.cases, "settled": self.need.settled.json(), "channels": dict(self.need.ways),
            "several_channels": self.need.several,
            "since_last_quarter": [one.json() for one in self.changed],
            "targets": [a.target.json() | {"reached": a.reached.json(), "verdict": a.verdict, "says": _(a.verdict)}
                        for a in self.against],
            "cases_a_year": self.volume.cases_a_year if self.volume else None, "stands_for": self.stands_for,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the findings worth most, with who sees to it, how far that is, and whether its remedy worked."""

    finding: Finding
    decision: Decision
    remedy: Remedy | None

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        told = self.decision.json()
        remedy = self.remedy.json() if self.remedy else None
        return {**self.finding.json(), "owner": told["owner"], "state": told["state"], "since": told["since"],
                "note": told["note"], "remedy_worked": remedy}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Everything on the board; `quarter` and `before` name what is compared under what changed."""

    study: str
    condition: str | None
    period: str
    instrument: str | None
    scale: tuple[float, float] | None
    quarter: str | None
    before: str | None
    standings: tuple[Standing, ...]
    worst: tuple[Worst, ...]
    behind: bool
    undated: int = 0  # cases of which no date is known: in no quarter

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "study": self.study, "condition": self.condition, "period": self.period, "instrument": self.instrument,
            "scale": list(self.scale) if self.scale else None, "quarter": self.quarter, "compared_with": self.before,
            "services": [one.json() for one in self.standings], "findings": [one.json() for one in self.worst],
            "newer_is_being_counted": self.behind, "cases_without_a_date": self.undated,
        }  # fmt: skip


def scoreboard(
    ground: Ground,
    *,
    condition: str | None = None,
    instrument: str | None = None,
    period: str = YEAR,
    targets: Mapping[tuple[str, str], Target] | None = None,
    volumes: Mapping[str, Volume] | None = None,
    decisions: Mapping[str, Decision] | None = None,
) -> Scoreboard:
    """The board of a study under one condition (None: those of its sessions that have none, else all)."""
    asked = instrument or ground.answers.most_answered()
    cases, ratings = _under(ground.cases, condition), _under(ground.ratings(asked or ""), condition)
    scale = instrument_named(asked).scoring.range if asked else None
    ends = (float(scale[0]), float(scale[1])) if scale else None
    latest = latest_quarter([cases, ratings])
    pairs = pd.concat([frame[["who", "service"]].drop_duplicates() for frame in (cases, ratings)]).drop_duplicates()
    places = sorted(zip(pairs["who"].tolist(), pairs["service"].tolist(), strict=True))
    standings = [
        _standing(
            service,
            who,
            cases[(cases["service"] == service) & (cases["who"] == who)],
            ratings[(ratings["service"] == service) & (ratings["who"] == who)],
            latest,
            period,
            ends,
            (volumes or {}).get(service),
            [one for (name, _measure), one in sorted((targets or {}).items()) if name == service],
        )
        for who, service in places
    ]
    return Scoreboard(
        ground.study, condition, period, asked, ends,
        quarter_name(latest) if latest is not None else None,
        quarter_name(latest - 1) if latest is not None else None,
        tuple(_as_shown_together(standings)),
        tuple(worst_of(ground, condition, volumes, decisions)[:WORST]),
        ground.behind,
        int(cases["quarter"].isna().sum()),
    )  # fmt: skip


def worst_of(
    ground: Ground,
    condition: str | None = None,
    volumes: Mapping[str, Volume] | None = None,
    decisions: Mapping[str, Decision] | None = None,
) -> list[Worst]:
    """All findings with who sees to them; what was refused or remedied stands behind what is still to be done."""
    found = [with_volume(one, (volumes or {}).get(one.service)) for one in _found(ground, condition)]
    said = decisions or {}
    days = {key: one.since for key, one in said.items() if one.state == REMEDIED and one.since}
    remedied = remedies.all_of(found, days, ground)
    rows = [Worst(one, said.get(one.key, Decision(one.key)), remedied.get(f"{one.key} {one.who}")) for one in found]
    over = {REMEDIED, "refused"}
    # By severity times how many surely meet it: citizens in a year where every service's volume was told, else shares.
    # Never by hours, which would sink what has no time of its own, such as giving up.
    a_year = {one.service: volume.cases_a_year for one in found if (volume := (volumes or {}).get(one.service))}
    counted = all(one.service in a_year for one in found)
    return sorted(
        rows,
        key=lambda row: (
            row.finding.who != "people",
            row.decision.state in over,
            -row.finding.weight * (a_year[row.finding.service] if counted else 1.0),
        ),
    )


def _found(ground: Ground, condition: str | None) -> list[Finding]:
    sessions = ground.kept.sessions
    chosen = sessions if condition is None else sessions[sessions["condition"].eq(condition)]
    name = ("findings", condition, spoken())
    return ground.remembered(name, lambda: findings_in(chosen, ground.kept.caught))


def _standing(
    service: str,
    who: str,
    cases: pd.DataFrame,
    ratings: pd.DataFrame,
    latest: float | None,
    period: str,
    scale: tuple[float, float] | None,
    volume: Volume | None,
    agreed: list[Target],
) -> Standing:
    shown, rated = within(cases, period, latest), within(ratings, period, latest)
    burdens = {
        measure: sureness.mean_of(shown[measure].to_numpy(float), who, least=0.0, heard=measure == "silent_time")
        for measure in ("silent_time", "repeat_questions", "steps", "needless_steps")
    }
    ways = {way: int(shown[f"by_{way}"].sum()) for way in dict.fromkeys(WAYS.values())}
    together = sum(shown[f"by_{way}"].astype(int) for way in ways) if len(shown) else np.zeros(0)
    return Standing(
        service,
        who,
        _rated(rated, who, scale),
        _trend(ratings, latest, who, scale),
        burdens,
        Need(len(shown), sureness.share_heard(shown["settled"].to_numpy(float), who), ways,
             int((np.asarray(together) > 1).sum())),
        _changed(cases, ratings, latest),
        tuple(_against(one, cases, ratings, who, scale) for one in agreed),
        volume,
        sureness.stands_for(len(shown), volume.cases_a_year if volume else None),
    )  # fmt: skip


def _persons(ratings: pd.DataFrame) -> np.ndarray:
    """One value a person, or the interval would take two answers of one person for two persons."""
    found: np.ndarray = ratings.groupby("participant")["score"].mean().to_numpy(float)
    return found


def _rated(ratings: pd.DataFrame, who: str, scale: tuple[float, float] | None) -> Sure:
    if not len(ratings):
        return Sure(None, None, None, 0, who, _("Nobody was asked."))
    return sureness.mean_of(_persons(ratings), who, scale)


def _trend(
    ratings: pd.DataFrame, latest: float | None, who: str, scale: tuple[float, float] | None
) -> tuple[Quarter, ...]:
    if latest is None:
        return ()
    recent = ratings[ratings["quarter"] > latest - TREND]
    return tuple(
        Quarter(quarter_name(float(str(number))), sureness.mean_of(_persons(rows), who, scale))
        for number, rows in recent.groupby("quarter")
    )


def _changed(cases: pd.DataFrame, ratings: pd.DataFrame, latest: float | None) -> tuple[Change, ...]:
    """This quarter against the one before it, measure by measure; not yet as they count together."""
    if latest is None:
        return ()
    before, now = (cases[cases["quarter"] == latest - k] for k in (1, 0))
    rated = [_persons(ratings[ratings["quarter"] == latest - k]) for k in (1, 0)]
    shares = [(int(rows["settled"].sum()), int(rows["settled"].count())) for rows in (before, now)]
    return (
        changes.of_means("satisfaction", "higher", *rated),
        changes.of_shares("settled", "higher", *shares),
        *(
            changes.of_means(m, MEASURES[m], before[m].to_numpy(float), now[m].to_numpy(float))
            for m in ("silent_time", "repeat_questions", "steps")
        ),
    )


def _as_shown_together(standings: list[Standing]) -> list[Standing]:
    """What changed of all services is one family, of people and of robots each: they are shown together."""
    found = list(standings)
    for who in (sureness.PEOPLE, sureness.ROBOTS):
        mine = [k for k, one in enumerate(found) if one.who == who]
        counted = iter(changes.together([change for k in mine for change in found[k].changed]))
        for k in mine:
            found[k] = replace(found[k], changed=tuple(next(counted) for _change in found[k].changed))
    return found


def _against(
    target: Target, cases: pd.DataFrame, ratings: pd.DataFrame, who: str, scale: tuple[float, float] | None
) -> Against:
    """What was reached since the target holds: reached where the whole interval is, missed where none of it is."""
    since = pd.Timestamp(target.since, tz="UTC")
    mine = cases[cases["started"] >= since]
    if target.measure == "satisfaction":
        reached = _rated(ratings[ratings["when"] >= since], who, scale)
    elif target.measure == "settled":
        reached = sureness.share_heard(mine["settled"].to_numpy(float), who)
    else:
        reached = sureness.mean_of(mine[target.measure].to_numpy(float), who, least=0.0)
    if reached.value is None and target.measure != "satisfaction" and len(mine):
        return Against(target, reached, NOT_MEASURABLE)
    if reached.low is None or reached.high is None:
        return Against(target, reached, OPEN_YET)
    if MEASURES[target.measure] == "higher":
        sure, lost = reached.low >= target.value, reached.high < target.value
    else:
        sure, lost = reached.high <= target.value, reached.low > target.value
    return Against(target, reached, REACHED if sure else MISSED if lost else OPEN_YET)


def _under(frame: pd.DataFrame, condition: str | None) -> pd.DataFrame:
    return frame if condition is None else frame[frame["condition"].eq(condition)]
