"""What a service costs those who must use it, by the standard cost model: price times quantity."""

from __future__ import annotations

from typing import Final

from analysis.frameworks import COUNT, MINUTES, MONEY, Figure, Looked
from analysis.sureness import Sure
from studies.words import N_

TITLE: Final = N_("Standard cost model: what it costs citizens")
SOURCE: Final = (
    "International Standard Cost Model Manual, SCM Network (2005)",
    "http://www.amvab.dk/sw361.asp",
)


def _one_service(looked: Looked) -> str | None:
    services = looked.cases["service"].unique()
    return str(services[0]) if len(services) == 1 else None


def _population(looked: Looked) -> Sure | None:
    volume = looked.volumes.get(_one_service(looked) or "")
    return Sure(volume.cases_a_year, None, None, 0, "", N_("As somebody told it.")) if volume else None


def _tariff(looked: Looked) -> Sure | None:
    volume = looked.volumes.get(_one_service(looked) or "")
    told = volume is not None and volume.hourly_tariff is not None
    return Sure(volume.hourly_tariff, None, None, 0, "", N_("As somebody told it.")) if volume and told else None


def _cost(looked: Looked) -> Sure | None:
    volume = looked.volumes.get(_one_service(looked) or "")
    hours = looked.mean("time_on_task", 1 / 3600)
    if volume is None or volume.hourly_tariff is None or hours is None:
        return None
    return hours.times(volume.hourly_tariff * volume.cases_a_year)


FIGURES: Final = (
    Figure(
        "time",
        N_("Time: minutes of a case"),
        N_("Mean time from beginning to end over all sittings; `./lab cost` splits it by step."),
        ("time_on_task",),
        MINUTES,
        lambda looked: looked.mean("time_on_task", 1 / 60),
    ),
    Figure(
        "tariff",
        N_("Tariff: what an hour of a citizen is worth"),
        N_("A choice that somebody must make; kept with who made it."),
        ("volume",),
        MONEY,
        _tariff,
        lacking=N_("Say it for one service: `./lab volume SERVICE --hourly-tariff N`"),
    ),
    Figure(
        "quantity",
        N_("Quantity: cases in a year"),
        N_("As somebody told it; never supposed."),
        ("volume",),
        COUNT,
        _population,
        lacking=N_("Say it for one service: `./lab volume SERVICE --cases-a-year N`"),
    ),
    Figure(
        "administrative_cost",
        N_("Administrative cost in a year"),
        N_("Time times tariff times quantity, of one service."),
        ("time_on_task", "volume"),
        MONEY,
        _cost,
        lacking=N_("Say it for one service: `./lab volume SERVICE --cases-a-year N --hourly-tariff N`"),
    ),
    Figure(
        "business_as_usual",
        N_("What would be done anyway"),
        N_("Which part of the effort a citizen would make without the rule is a judgement, not a measurement."),
    ),
)  # fmt: skip
