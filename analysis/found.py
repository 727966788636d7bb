"""Findings: what hurts citizens, where, how many of them, by which evidence, and what would mend it; weightiest first.

Made by rules over what was measured (analysis/findings/, one a file). What robots found is a hypothesis about people.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from analysis.figures import sentence
from analysis.finding_rules import rules
from analysis.leaders.cost import Volume, saved
from analysis.measure import Measured, hears_all
from analysis.measures_kept import frames_of
from analysis.statistics.completion import adjusted_wald_ci
from studies.events import hint
from studies.log import Log
from studies.planning.conditions import condition_name
from studies.titles import agency_name, service_name, step_name, thing_name
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

#: moments of evidence that a finding names; all of them are counted
SHOWN: Final = 5
LOW, MIDDLING, HIGH, HYPOTHESIS = N_("low"), N_("middling"), N_("high"), N_("hypothesis (robots)")


@dataclass(frozen=True, slots=True)
class Moment:
    """Where to look: a session, and the second of it."""

    session: str
    second: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: met by `cases` of `looked_at`, with the interval of that share among all citizens.

    Looked at are the cases in which it could have been heard, no others.
    """

    rule: str
    what: str
    service: str
    condition: str | None
    step: str
    who: str
    cases: int
    looked_at: int
    low: float
    high: float
    times: int
    evidence: tuple[Moment, ...]
    severity: int
    remedy: str
    seconds_each: float | None  # lost by a case on average, those that did not meet it included; None: not measurable
    hours_saved: float | None
    citizens_a_year: float | None
    confidence: str
    detail: str = ""

    @property
    def key(self) -> str:
        """By what owner and state are kept: the same wherever the same thing hurts, whoever met it and how often."""
        told = json.dumps([self.rule, self.service, self.condition, self.step, self.detail], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:10]

    @property
    def called(self) -> str:
        """What hurts, as people read it: data, offices and services by their titles."""
        name = agency_name if self.rule == "hand_offs" else thing_name
        return _(rules()[self.rule].TITLE).format(detail=name(self.detail) or _("it"))

    @property
    def keys(self) -> str:
        """The keys of all that it names, for whoever looks for them in a journey or on the command line."""
        parts = (self.service, self.condition, self.step, self.detail)
        return " · ".join(f"`{part}`" for part in parts if part)

    def where(self) -> str:
        """In which service, under which condition, at which step."""
        step = step_name(self.service, self.step)
        parts = (service_name(self.service), condition_name(self.condition), step)
        return sentence(" · ".join(part for part in parts if part))

    @property
    def share(self) -> float:
        """Of those looked at."""
        return self.cases / self.looked_at

    @property
    def weight(self) -> float:
        """By what findings are ranked: severity times the share that surely meets it (the interval's lower end)."""
        return self.severity * self.low

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "finding": self.key, "rule": self.rule, "what": self.what, "service": self.service,
            "condition": self.condition, "step": self.step or None, "who": self.who,
            "citizens": {"met": self.cases, "of": self.looked_at, "share": self.share, "ci_low": self.low,
                         "ci_high": self.high, "a_year": self.citizens_a_year},
            "times": self.times, "severity": self.severity, "remedy": self.remedy,
            "seconds_each": self.seconds_each, "hours_saved_a_year": self.hours_saved,
            "confidence": _(self.confidence), "hypothesis": self.confidence == HYPOTHESIS,
            "evidence": [{"session": m.session, "second": m.second} for m in self.evidence],
        }  # fmt: skip


def findings(
    log: Log, measured: Measured, volumes: Mapping[str, Volume] | None = None, confidence: float = 0.95
) -> list[Finding]:
    """Everything that the rules find, people before robots, the weightiest first; load citizens are left out.

    Hours saved and citizens a year are told where `volumes` has the service.
    """
    kept = frames_of(log, measured.presets)
    return findings_in(kept.sessions, kept.caught, volumes, confidence)


def findings_in(
    sessions: pd.DataFrame,
    caught: pd.DataFrame,
    volumes: Mapping[str, Volume] | None = None,
    confidence: float = 0.95,
) -> list[Finding]:
    """The same of what was measured already: a row a session, a row a moment (analysis/sessions/session_rows.py)."""
    counted = counted_sessions(sessions)
    told = counted.set_index("session")[["case", "service", "condition", "who", "hears"]]
    size = _Sizes(told)
    met = caught.join(told, on="session", how="inner")
    found = []
    for place, times in met.groupby(["service", "condition", "who", "rule", "step", "detail"], dropna=False):
        service, condition, who, name, step, detail = _place(place)
        rule, volume = rules()[str(name)], (volumes or {}).get(str(service))
        of, cases = size.of(rule.NEEDS)[_place(place[:3])], int(times["case"].nunique())
        ci = adjusted_wald_ci(successes=cases, trials=of, confidence=confidence)
        lost = float(times["lost"].sum(min_count=1))
        found.append(
            Finding(
                rule=str(name),
                what=_(rule.TITLE).format(detail=detail or _("it")),
                service=str(service),
                condition=condition,
                step=str(step),
                who=str(who),
                cases=cases,
                looked_at=of,
                low=ci["ci_low"],
                high=ci["ci_high"],
                times=len(times),
                evidence=tuple(_moments(times)),
                severity=rule.SEVERITY,
                remedy=_(rule.REMEDY),
                seconds_each=None if math.isnan(lost) else lost / of,
                hours_saved=None,
                citizens_a_year=None,
                confidence=_confidence(str(who), cases, ci["ci_low"]),
                detail=str(detail),
            )
        )
        found[-1] = with_volume(found[-1], volume)
    return sorted(
        found, key=lambda f: (f.who != "people", -f.weight, -(f.seconds_each or 0.0), f.rule, f.service, f.step)
    )


def with_volume(found: Finding, volume: Volume | None) -> Finding:
    """A finding with what it comes to in a year, where somebody has said how many cases there are.

    Hours only where it has a time of its own: giving up costs no nought hours.
    """
    if volume is None:
        return found
    hours = None if found.seconds_each is None else saved(found.seconds_each, volume)["hours"]
    return replace(found, hours_saved=hours, citizens_a_year=found.share * volume.cases_a_year)


def counted_sessions(sessions: pd.DataFrame) -> pd.DataFrame:
    """The sessions that findings, league and scoreboard count: no load citizens, none that the lab broke, no empty."""
    return sessions[(sessions["who"] != "load") & (sessions["outcome"] != "broken") & ~sessions["silent"].astype(bool)]


class _Sizes:
    """Of how many cases a service's findings are, by the verbs that a rule needs: those with a sitting that hears them.

    Sessions that hear the same are many, ways of hearing few: each way is counted once.
    """

    def __init__(self, told: pd.DataFrame) -> None:
        self.told = told
        self.ears = told["hears"].unique()
        self.counted: dict[bytes, dict[tuple[str | None, ...], int]] = {}

    def of(self, needs: tuple[str, ...]) -> dict[tuple[str | None, ...], int]:
        """The cases by service, condition and whose they are."""
        hearing = hears_all(needs, self.ears)
        if hearing.tobytes() not in self.counted:
            mine = self.told if hearing.all() else self.told[self.told["hears"].isin(self.ears[hearing])]
            found = mine.groupby(["service", "condition", "who"], dropna=False)["case"].nunique()
            self.counted[hearing.tobytes()] = {_place(place): int(n) for place, n in found.items()}
        return self.counted[hearing.tobytes()]


def heard_by(sessions: pd.DataFrame, rule: str) -> pd.Series:
    """The cases in which what a rule finds could have been heard, load citizens and what the lab broke left out."""
    counted = counted_sessions(sessions)
    found: pd.Series = counted.loc[hears_all(rules()[rule].NEEDS, counted["hears"].to_numpy()), "case"]
    return found


def under(sessions: pd.DataFrame, word: str | None) -> pd.DataFrame:
    """The sessions under one condition, all where none is asked for. Raises WrongInput for one that is not there."""
    if word is None:
        return sessions
    there = sorted(str(one) for one in sessions["condition"].dropna().unique() if one)
    if word not in there:
        text = _("{option} {word} is not there. There are: {known}.{hint}")
        known = in_a_row(there) or _("none")
        raise WrongInput(text.format(option="--condition", word=word, known=known, hint=hint(word, there)))
    return sessions[sessions["condition"].eq(word)]


def _place(place: Any) -> tuple[str | None, ...]:
    return tuple(None if pd.isna(one) else str(one) for one in place)


def settled_in(sessions: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """(settled, all whose outcome could be heard) of each service's cases: people's where there are any, else robots'.

    Never both together. A service of which no outcome could be heard has none of none.
    """
    counted = counted_sessions(sessions)
    chosen = counted[counted["who"] == ("people" if (counted["who"] == "people").any() else "robots")]
    done = concluded(chosen["outcome"]).groupby([chosen["service"], chosen["case"]]).max()
    return {str(name): (int(each.sum()), int(each.count())) for name, each in done.groupby(level=0)}


def concluded(outcomes: pd.Series) -> pd.Series:
    """1 where it ended with the need settled, 0 where it did not, missing (NaN) where that could not be heard."""
    return outcomes.eq("concluded").astype(float).where(outcomes.notna())


def _moments(times: pd.DataFrame) -> Iterator[Moment]:
    """The costliest times, each of another session as long as there are any."""
    ordered = times.sort_values(["lost", "at"], ascending=[False, True], kind="stable")
    again = ordered.duplicated("session")
    for row in pd.concat([ordered[~again], ordered[again]])[:SHOWN].itertuples():
        yield Moment(str(row.session), round(float(str(row.second)), 3))


def _confidence(who: str, met: int, low: float) -> str:
    """How sure it is that many citizens meet it: by people, and by where the interval of their share begins."""
    if who == "robots":
        return HYPOTHESIS
    if met < 2:
        return LOW
    return HIGH if low >= 0.25 else MIDDLING


def told(found: Iterable[Finding]) -> str:
    """The findings for a person at a terminal."""
    lines = []
    for place, one in enumerate(found, 1):
        share = _("{met} of {of} cases ({low:.0%} to {high:.0%})").format(
            met=one.cases, of=one.looked_at, low=one.low, high=one.high
        )
        lines.append(f"{place}. {one.called} [{one.where()}] {share}; {_(one.confidence)}; {one.key}")
        lines.append(f"   {one.remedy}")
        if one.evidence:
            seen = in_a_row(f"{m.session} @ {m.second:g} s" for m in one.evidence)
            lines.append("   " + _("See: {seen}").format(seen=seen))
    return "\n".join(lines) or _("The rules found nothing that hurts citizens here.")
