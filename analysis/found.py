"""Findings: what hurts citizens, where, how many of them, by which evidence, and what would mend it; weightiest first.

Made by rules over what was measured (analysis/findings/, one a file). What robots found is a hypothesis about people.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, cast

import analysis.findings
from analysis.comparison import who_is
from analysis.cost import Volume, saved
from analysis.findings import Caught
from analysis.measure import Measured
from analysis.statistics.completion import adjusted_wald_ci
from analysis.visits import begun_with
from studies.log import Log
from studies.words import N_, _

#: moments of evidence that a finding names; all of them are counted
SHOWN: Final = 5
LOW, MIDDLING, HIGH, HYPOTHESIS = N_("low"), N_("middling"), N_("high"), N_("hypothesis (robots)")


class Rule(Protocol):
    """What a file in `analysis/findings/` holds."""

    TITLE: str
    SEVERITY: int
    REMEDY: str
    caught: Callable[[Measured], Iterable[Caught]]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by name."""
    names = [m.name for m in pkgutil.iter_modules(analysis.findings.__path__) if not m.name.startswith("_")]
    return {name: cast(Rule, importlib.import_module(f"analysis.findings.{name}")) for name in names}


@dataclass(frozen=True, slots=True)
class Moment:
    """Where to look: a session, and the second of it."""

    session: str
    second: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: met by `cases` of `looked_at`, with the interval of that share among all citizens."""

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
    seconds_each: float  # lost by a case on average, those that did not meet it included
    hours_saved: float | None
    citizens_a_year: float | None
    confidence: str

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
            "rule": self.rule, "what": self.what, "service": self.service, "condition": self.condition,
            "step": self.step or None, "who": self.who,
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
    found: list[Finding] = []
    groups = _groups(log, measured)
    for name, rule in rules().items():
        caught: dict[tuple[Any, ...], list[Caught]] = defaultdict(list)
        for one in rule.caught(measured):
            if one.session in groups.of:
                caught[(*groups.of[one.session], one.step, one.detail)].append(one)
        for (service, condition, who, step, detail), times in caught.items():
            volume = (volumes or {}).get(service)
            looked_at = len(groups.cases[service, condition, who])
            met = len({groups.case[one.session] for one in times})
            ci = adjusted_wald_ci(successes=met, trials=looked_at, confidence=confidence)
            each = sum(one.lost for one in times) / looked_at
            found.append(
                Finding(
                    rule=name,
                    what=_(rule.TITLE).format(detail=detail or _("it")),
                    service=service,
                    condition=condition,
                    step=step,
                    who=who,
                    cases=met,
                    looked_at=looked_at,
                    low=ci["ci_low"],
                    high=ci["ci_high"],
                    times=len(times),
                    evidence=tuple(_moments(measured, times)),
                    severity=rule.SEVERITY,
                    remedy=_(rule.REMEDY),
                    seconds_each=each,
                    hours_saved=saved(each, volume)["hours"] if volume else None,
                    citizens_a_year=met / looked_at * volume.cases_a_year if volume else None,
                    confidence=_confidence(who, met, ci["ci_low"]),
                )
            )
    return sorted(found, key=lambda f: (f.who != "people", -f.weight, -f.seconds_each, f.rule, f.service, f.step))


@dataclass(frozen=True, slots=True)
class _Groups:
    of: Mapping[int, tuple[str, str | None, str]]  # session -> service, condition, who
    case: Mapping[int, int]
    cases: Mapping[tuple[str, str | None, str], set[int]]


def _groups(log: Log, measured: Measured) -> _Groups:
    batch = measured.batch
    begun, rows = begun_with(measured), {row.session: row for row in log.heard()}
    case = dict(zip(batch.session.tolist(), batch.case.tolist(), strict=True))
    of, cases = {}, defaultdict(set)
    for place, name in enumerate(batch.names):
        row = rows[str(name)]
        who = who_is(row.source)
        if who == "load" or place not in case or measured.sessions[str(name)]["outcome"].value == "broken":
            continue
        of[place] = (row.task or begun.get(row.session) or "", row.condition, who)
        cases[of[place]].add(case[place])
    return _Groups(of, case, cases)


def settled_by_service(log: Log, measured: Measured) -> dict[str, tuple[int, int]]:
    """(settled, all) of each service's cases: people's where there are any, else robots'; never both together."""
    groups = _groups(log, measured)
    everyone = {who for _service, _condition, who in groups.cases}
    chosen = "people" if "people" in everyone else "robots"
    settled: dict[str, set[int]] = defaultdict(set)
    cases: dict[str, set[int]] = defaultdict(set)
    for place, (service, _condition, who) in groups.of.items():
        if who == chosen:
            cases[service].add(groups.case[place])
            if measured.sessions[str(measured.batch.names[place])]["outcome"].value == "concluded":
                settled[service].add(groups.case[place])
    return {service: (len(settled[service]), len(all_of)) for service, all_of in sorted(cases.items())}


def _moments(measured: Measured, times: Iterable[Caught]) -> Iterator[Moment]:
    """The costliest times, each of another session as long as there are any."""
    batch = measured.batch
    ordered = sorted(times, key=lambda one: (-one.lost, one.when))
    first = {one.session: one for one in reversed(ordered)}
    others = [one for one in ordered if first[one.session] is not one]
    for one in [*sorted(first.values(), key=lambda o: (-o.lost, o.when)), *others][:SHOWN]:
        second = (one.when - int(batch.of_started[one.session])) / 1e6
        yield Moment(str(batch.names[one.session]), round(second, 3))


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
        where = f"{one.service}, {one.step}" if one.step else one.service
        lines.append(f"{place}. {one.what} [{where}; {one.condition or '–'}] {share}; {_(one.confidence)}")
        lines.append(f"   {one.remedy}")
        if one.evidence:
            seen = ", ".join(f"{m.session} @ {m.second:g} s" for m in one.evidence)
            lines.append("   " + _("See: {seen}").format(seen=seen))
    return "\n".join(lines) or _("The rules found nothing that hurts citizens here.")
