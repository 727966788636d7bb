"""What a service costs those who must use it: hours and money a year, by service and by step, and what a remedy saves.

Standard Cost Model over measured step times. Volumes and tariffs are choices that somebody must make: explicit inputs,
never defaults. Hours need a volume only; money is told where a tariff is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.statistics.burden import standard_cost_model
from studies.misfits import dotted, first_misfit
from studies.troubles import WrongInput
from studies.words import _


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
            place, message = first_misfit(wrong)
            raise WrongInput(f"{path.name}, {dotted([str(service), *place])}: {message}.") from None
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
    """One service under one condition: a case's minutes and, by a volume, hours and money a year; steps likewise.

    `says` is how sure the minutes are, in one plain sentence.
    """

    service: str
    condition: str | None
    who: str
    cases: int
    minutes: float
    low: float | None
    high: float | None
    steps: tuple[StepTime, ...]
    says: str = ""

    @property
    def waiting(self) -> float:
        """Of a case's minutes, those in which the citizen waits for the service."""
        return sum(one.waiting for one in self.steps)

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
            "waiting_minutes": self.waiting, "confidence": self.says,
            "a_year": self.a_year(volume) if volume else None,
            "currency": (volume.currency or None) if volume else None,
        }  # fmt: skip


def saved(seconds_each: float, volume: Volume) -> dict[str, float | None]:
    """What a remedy saves in a year that spares each case so many seconds: hours, and money where there is a tariff."""
    hours = seconds_each / 3600 * volume.cases_a_year
    return {"hours": hours, "money": None if volume.hourly_tariff is None else hours * volume.hourly_tariff}
