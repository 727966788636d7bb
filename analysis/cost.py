"""What a service costs those who must use it: hours and money a year, by service and by step, and what a remedy saves.

Standard Cost Model over measured step times. Volumes and tariffs are choices that somebody must make: explicit inputs,
never defaults. Hours need a volume only; money is told where a tariff is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.comparison import who_is
from analysis.measure import Measured
from analysis.statistics.burden import standard_cost_model
from analysis.statistics.times import mean_ci
from analysis.visits import begun_with
from studies.log import Log
from studies.troubles import WrongInput
from studies.words import _

BEFORE: Final = ""  # what passes before the first step is named


class Volume(BaseModel):
    """What one service's burden is counted with: cases a year, and by choice what an hour of a citizen is worth."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cases_a_year: Annotated[float, Field(ge=0)]
    hourly_tariff: Annotated[float, Field(ge=0)] | None = None
    out_of_pocket: Annotated[float, Field(ge=0)] = 0.0
    business_as_usual: Annotated[float, Field(ge=0, le=1)] = 0.0
    currency: str = ""


def read_volumes(path: Path) -> dict[str, Volume]:
    """Volumes and tariffs by service, from YAML. Raises WrongInput with the place and what is wrong there."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WrongInput(
            _("There is no file {path} of volumes. It says for each service: cases_a_year, hourly_tariff.").format(
                path=path
            )
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise WrongInput(_("{path} is no YAML: {cause}").format(path=path.name, cause=cause)) from None
    if not isinstance(told, dict) or not all(isinstance(row, dict) for row in told.values()):
        raise WrongInput(
            _("{path}: volumes are services with cases_a_year and, for money, hourly_tariff.").format(path=path.name)
        )
    found = {}
    for service, row in told.items():
        try:
            found[str(service)] = Volume.model_validate(row)
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join([str(service), *(str(part) for part in first["loc"])])
            raise WrongInput(f"{path.name}, {where}: {first['msg']}.") from None
    return found


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long one step took: the mean over cases (those that never came to it count as 0), with its t interval."""

    step: str
    minutes: float
    low: float | None
    high: float | None
    cases: int
    waiting: float  # of those minutes, the citizen waited for the service


@dataclass(frozen=True, slots=True)
class Burden:
    """One service under one condition: a case's minutes and, by a volume, hours and money a year; steps likewise."""

    service: str
    condition: str | None
    who: str
    cases: int
    minutes: float
    low: float | None
    high: float | None
    steps: tuple[StepTime, ...]

    def a_year(self, volume: Volume, minutes: float | None = None) -> dict[str, float | None]:
        """Hours a year of so many minutes a case (the whole case unless told), and money where there is a tariff."""
        whole = minutes is None
        found = standard_cost_model(
            minutes_per_case=self.minutes if minutes is None else minutes,
            hourly_tariff=volume.hourly_tariff or 0.0,
            population=volume.cases_a_year,
            out_of_pocket_per_case=volume.out_of_pocket if whole else 0.0,
            business_as_usual_share=volume.business_as_usual,
        )
        priced = volume.hourly_tariff is not None
        return {
            "hours": found["hours_per_year"],
            "money": found["administrative_cost"] if priced else None,
            "burden": found["administrative_burden"] if priced else None,
        }

    def json(self, volume: Volume | None = None) -> dict[str, Any]:
        """What is exchanged; by the year only where somebody said how many cases there are."""
        steps = []
        for one in self.steps:
            row: dict[str, Any] = {"step": one.step, "minutes": one.minutes, "ci_low": one.low, "ci_high": one.high,
                                   "cases": one.cases, "waiting_minutes": one.waiting}  # fmt: skip
            steps.append(row | ({"a_year": self.a_year(volume, one.minutes)} if volume else {}))
        return {
            "service": self.service, "condition": self.condition, "who": self.who, "cases": self.cases,
            "minutes": self.minutes, "ci_low": self.low, "ci_high": self.high, "steps": steps,
            "a_year": self.a_year(volume) if volume else None,
            "currency": (volume.currency or None) if volume else None,
        }  # fmt: skip


def burdens(log: Log, measured: Measured) -> list[Burden]:
    """The measured minutes of each service, condition and who (people apart from robots; load citizens left out).

    What passes from a sentence to the next of its session belongs to the step that was current; the time between
    sittings belongs to nobody. A case's minutes are those of all its sittings.
    """
    batch = measured.batch
    seconds, waits, step = _spent(measured)
    begun = begun_with(measured)
    rows = {row.session: row for row in log.heard()}
    group: dict[tuple[str, str | None, str], list[int]] = {}
    for place, name in enumerate(batch.names):
        row = rows[str(name)]
        who = who_is(row.source)
        outcome = measured.sessions[str(name)]["outcome"].value
        if who != "load" and outcome != "broken":
            service = row.task or begun.get(row.session) or ""
            group.setdefault((service, row.condition, who), []).append(place)
    found = []
    for (service, condition, who), places in sorted(group.items(), key=str):
        mine = np.isin(batch.session, places)
        if not mine.any():
            continue
        cases, case = np.unique(batch.case[mine], return_inverse=True)
        whole = np.bincount(case, seconds[mine], minlength=len(cases)) / 60
        steps = []
        for code in dict.fromkeys(step[mine].tolist()):
            here = step[mine] == code
            each = np.bincount(case, np.where(here, seconds[mine], 0), minlength=len(cases)) / 60
            ci = mean_ci(values=each.tolist())
            name = str(batch.steps[code]) if code >= 0 else BEFORE
            waited = float(np.bincount(case, np.where(here, waits[mine], 0), minlength=len(cases)).mean()) / 60
            low = None if ci["ci_low"] is None else max(0.0, ci["ci_low"])
            steps.append(StepTime(name, float(ci["mean"]), low, ci["ci_high"], len(np.unique(case[here])), waited))
        ci = mean_ci(values=whole.tolist())
        low = None if ci["ci_low"] is None else max(0.0, ci["ci_low"])
        found.append(Burden(service, condition, who, len(cases), float(ci["mean"]), low, ci["ci_high"], tuple(steps)))
    return found


def _spent(measured: Measured) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row the seconds until the next of its session, how many of them were waited, and the current step."""
    from studies.waits import waits_of

    batch = measured.batch
    n = len(batch)
    if not n:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    new = np.ones(n, bool)
    new[1:] = batch.session[1:] != batch.session[:-1]
    first = np.maximum.accumulate(np.where(new, np.arange(n), 0))
    told = np.maximum.accumulate(np.where(batch.step >= 0, np.arange(n), -1))
    step = np.where(told >= first, batch.step[told], -1)
    until = batch.hearing_ends()[batch.session]
    until[:-1] = np.where(new[1:], until[:-1], batch.when[1:])
    seconds = np.maximum(until - batch.when, 0) / 1e6
    found = waits_of(batch, measured.presets)
    waited = np.zeros(n)
    for row, opened, closed in zip(found.row.tolist(), found.opened.tolist(), found.closed.tolist(), strict=True):
        # A wait may run over several rows of its session.
        at = row
        while at < n and batch.session[at] == batch.session[row] and batch.when[at] < closed:
            waited[at] += max(0, min(closed, until[at]) - max(opened, int(batch.when[at]))) / 1e6
            at += 1
    return seconds, np.minimum(waited, seconds), step


def saved(seconds_each: float, volume: Volume) -> dict[str, float | None]:
    """What a remedy saves in a year that spares each case so many seconds: hours, and money where there is a tariff."""
    hours = seconds_each / 3600 * volume.cases_a_year
    return {"hours": hours, "money": None if volume.hourly_tariff is None else hours * volume.hourly_tariff}


def told(found: Sequence[Burden], volumes: Mapping[str, Volume]) -> str:
    """The burdens for a person at a terminal."""
    lines = []
    for one in found:
        volume = volumes.get(one.service)
        head = _("{service} ({condition}, {who}): {minutes:.1f} minutes a case, n = {n}").format(
            service=one.service, condition=one.condition or "–", who=_(one.who), minutes=one.minutes, n=one.cases
        )
        if volume:
            year = one.a_year(volume)
            head += _("; {hours:,.0f} hours a year").format(hours=year["hours"])
            if year["money"] is not None:
                head += _(", {money:,.0f} {currency}").format(money=year["money"], currency=volume.currency)
        lines.append(head)
        lines += [f"  {s.step or '–'}: {s.minutes:.2f} ({s.waiting:.2f})" for s in one.steps]
    return "\n".join(lines)
