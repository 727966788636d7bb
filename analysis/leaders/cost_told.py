"""What services cost their citizens, in tables and sentences: minutes, hours and money a year, by service and by step.

What nobody has said (how many cases there are in a year, what an hour is worth) is said to be missing, never supposed.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import figures
from analysis.found import Finding
from analysis.leaders.agreed import decisions, volumes
from analysis.leaders.burdens import burdens_in
from analysis.leaders.cost import Burden, StepTime, Volume, saved
from analysis.leaders.ground import Ground
from analysis.leaders.scoreboard import worst_of
from analysis.measures_kept import spent_at_hand
from studies.planning.conditions import condition_name
from studies.store import Store
from studies.titles import service_name, step_name
from studies.words import _, spoken
from studies.workspace import Workspace

SHOWN = 5  # remedies; the findings have them all


@dataclass(frozen=True, slots=True)
class Saving:
    """What mending one finding would save in a year; nothing by the year where nobody said how many cases there are."""

    finding: Finding
    seconds_each: float
    hours: float | None
    money: float | None
    currency: str

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"finding": self.finding.key, "service": self.finding.service, "condition": self.finding.condition,
                "step": self.finding.step or None, "who": self.finding.who, "what": self.finding.what,
                "remedy": self.finding.remedy, "seconds_each": self.seconds_each, "hours_a_year": self.hours,
                "money_a_year": self.money, "currency": self.currency or None}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Costs:
    """What the services of a study cost under one condition, what that rests on, and what remedies would save."""

    study: str
    condition: str | None
    burdens: tuple[Burden, ...]
    volumes: Mapping[str, Volume]
    savings: tuple[Saving, ...]

    def of(self, who: str) -> list[Burden]:
        """The services as people, or robots, went through them."""
        return [one for one in self.burdens if one.who == who]

    def saved_by(self, who: str) -> list[Saving]:
        """The remedies of what people, or robots, met; those that save most first."""
        return [one for one in self.savings if one.finding.who == who][:SHOWN]

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"study": self.study, "condition": self.condition,
                "services": [one.json(self.volumes.get(one.service)) for one in self.burdens],
                "remedies": [one.json() for one in self.savings]}  # fmt: skip


def costs_of(ground: Ground, space: Workspace, store: Store, condition: str | None) -> Costs:
    """The costs of a study's services as far as they were measured; no log is read."""
    known, decided = volumes(store), decisions(store)

    def worked_out() -> Costs:
        there = ground.remembered(
            ("burdens", spoken()), lambda: tuple(burdens_in(ground.kept.sessions, spent_at_hand(ground.study, space)))
        )
        found = [row.finding for row in worst_of(ground, condition, known, decided)]
        return costs(ground.study, there, known, found, condition)

    agreed = tuple(known.items()), tuple(decided.items())
    return ground.remembered(("costs", spoken(), condition, *agreed), worked_out)


def costs(
    study: str,
    burdens: Sequence[Burden],
    known: Mapping[str, Volume],
    found: Sequence[Finding],
    condition: str | None = None,
) -> Costs:
    """The same of burdens and findings that are there already; `condition` None: of all."""
    mine = [one for one in burdens if condition is None or one.condition == condition]
    savings = [_saving(one, one.seconds_each, known.get(one.service)) for one in found if one.seconds_each]
    savings.sort(key=lambda one: (one.finding.who != "people", -(one.hours or 0.0), -one.seconds_each))
    return Costs(study, condition, tuple(mine), known, tuple(savings))


def _saving(found: Finding, seconds_each: float, volume: Volume | None) -> Saving:
    if volume is None:
        return Saving(found, seconds_each, None, None, "")
    year = saved(seconds_each, volume)
    return Saving(found, seconds_each, year["hours"], year["money"], volume.currency)


def services_table(found: Costs, who: str) -> pd.DataFrame:
    """By service: a case's minutes, how many of them are waited, hours and money a year, how sure that is."""
    rows = [(one, found.volumes.get(one.service)) for one in found.of(who)]
    table = {_("Service"): [named(one) for one, _v in rows]}
    if len({one.condition for one, _v in rows}) > 1:
        table[_("Condition")] = [condition_name(one.condition) for one, _v in rows]
    return pd.DataFrame(
        table
        | {
            _("Minutes of a case"): [_minutes(one) for one, _v in rows],
            _("Waited of them"): [figures.number(round(one.waiting, 2)) for one, _v in rows],
            _("Hours in a year"): [_hours(one, volume) for one, volume in rows],
            _("Money in a year"): [_money(one, volume) for one, volume in rows],
            _("What it rests on"): [rests_on(volume) for _one, volume in rows],
            _("How sure"): [one.says for one, _v in rows],
        }
    )


def steps_table(one: Burden, volume: Volume | None) -> pd.DataFrame:
    """By step: a case's minutes, how many of them are waited, hours and money a year, how many cases came to it."""
    years = [one.a_year(volume, step.minutes) if volume else {} for step in one.steps]
    table = {
        _("Step"): [figures.sentence(_step(one, step)) for step in one.steps],
        _("Minutes of a case"): [_interval(step.minutes, step.low, step.high) for step in one.steps],
        _("Waited of them"): [figures.number(round(step.waiting, 2)) for step in one.steps],
        _("Cases that came to it"): [figures.number(step.cases) for step in one.steps],
        _("Hours in a year"): [_whole(year.get("hours")) for year in years],
    }
    if volume and volume.hourly_tariff is not None:
        table[_("Money in a year")] = [_priced(year.get("money"), volume.currency) for year in years]
    return pd.DataFrame(table)


def savings_table(savings: Sequence[Saving]) -> pd.DataFrame:
    """What each remedy would save a case, and in a year."""
    return pd.DataFrame(
        {
            _("Finding"): [figures.sentence(one.finding.called) for one in savings],
            _("Where"): [one.finding.where() for one in savings],
            _("Remedy"): [one.finding.remedy for one in savings],
            _("Lost by a case"): [figures.measured(round(one.seconds_each, 1), "s") for one in savings],
            _("Hours saved in a year"): [_whole(one.hours) for one in savings],
            _("Money saved in a year"): [_priced(one.money, one.currency) for one in savings],
        }
    )


def named(one: Burden) -> str:
    """A service; what no service was told of is said to be so."""
    return service_name(one.service) or _("no service told")


def unsaid(found: Costs, who: str) -> list[str]:
    """The services of which nobody has said how many cases there are in a year, or what an hour is worth, by key."""
    return [
        one.service
        for one in found.of(who)
        if one.service
        and ((volume := found.volumes.get(one.service)) is None or volume.hourly_tariff is None)
    ]  # fmt: skip


def unsaid_told(services: Sequence[str]) -> str:
    """What is missing to tell hours and money, and of which services."""
    text = _(
        "Hours need to know how many cases there are in a year, money what an hour is worth. Not said yet of: {of}."
    )
    return text.format(of=_(", ").join(dict.fromkeys(map(service_name, services))))


def rests_on(volume: Volume | None) -> str:
    """What the year is counted with; what nobody has said is said to be missing."""
    if volume is None:
        return _("nobody has said how many cases there are in a year")
    cases = _("{n} cases in a year").format(n=figures.number(volume.cases_a_year))
    if volume.hourly_tariff is None:
        return figures.sentence(_("{cases}; nobody has said what an hour is worth").format(cases=cases))
    worth = _priced(volume.hourly_tariff, volume.currency)
    return figures.sentence(_("{cases}; {money} an hour").format(cases=cases, money=worth))


def volume_command(service: str) -> str:
    """The command that says what is missing of a service."""
    return f"./lab volume {shlex.quote(service)} --cases-a-year N --hourly-tariff N"


def command(found: Costs) -> str:
    """The command that says the same."""
    words = ["./lab", "cost", found.study]
    words += ["--condition", found.condition] if found.condition else []
    return shlex.join(words)


def told(found: Costs) -> str:
    """The costs for a person at a terminal."""
    lines = []
    for one in found.burdens:
        volume = found.volumes.get(one.service)
        head = _("{service} ({condition}, {who}): {minutes:.1f} minutes a case, n = {n}").format(
            service=named(one), condition=condition_name(one.condition) or "–", who=_(one.who), minutes=one.minutes,
            n=one.cases,
        )  # fmt: skip
        if volume:
            year = one.a_year(volume)
            head += _("; {hours:,.0f} hours a year").format(hours=year["hours"])
            if year["money"] is not None:
                head += _(", {money:,.0f} {currency}").format(money=year["money"], currency=volume.currency)
        lines += [head, f"  {one.says}"]
        lines += [f"  {_step(one, s)}: {s.minutes:.2f} ({s.waiting:.2f})" for s in one.steps]
    missing = unsaid(found, "people") or unsaid(found, "robots")
    lines += [unsaid_told(missing), volume_command(missing[0])] if missing else []
    for saving in found.savings[:SHOWN]:
        if saving.hours is not None:
            text = _("{what} [{where}]: {hours:,.0f} hours a year would be saved")
            said = text.format(what=saving.finding.called, where=saving.finding.where(), hours=saving.hours)
            lines.append(said if saving.money is None else f"{said}, {_priced(saving.money, saving.currency)}")
    return "\n".join(lines)


def _step(one: Burden, step: StepTime) -> str:
    return step_name(one.service, step.step) or _("at no named step")


def _minutes(one: Burden) -> str:
    value = _interval(one.minutes, one.low, one.high)
    return figures.sentence(_("{value}, n = {n}").format(value=value, n=figures.number(one.cases)))


def _interval(value: float, low: float | None, high: float | None) -> str:
    told = figures.number(round(value, 2))
    return told if low is None or high is None else figures.sentence(f"{told} ({figures.span(low, high)})")


def _hours(one: Burden, volume: Volume | None) -> str:
    if volume is None:
        return figures.NOTHING
    ends = [None if end is None else one.a_year(volume, end)["hours"] for end in (one.minutes, one.low, one.high)]
    hours, low, high = (None if end is None else float(round(end)) for end in ends)
    if hours is None or low is None or high is None:
        return _whole(hours)
    return figures.sentence(f"{figures.number(hours)} ({figures.span(low, high)})")


def _money(one: Burden, volume: Volume | None) -> str:
    return figures.NOTHING if volume is None else _priced(one.a_year(volume)["money"], volume.currency)


def _whole(value: float | None) -> str:
    return figures.NOTHING if value is None else figures.number(float(round(value)) if value >= 10 else round(value, 2))


def _priced(money: float | None, currency: str) -> str:
    if money is None or not currency:
        return _whole(money)
    return figures.sentence(_("{number} {unit}").format(number=_whole(money), unit=currency))
