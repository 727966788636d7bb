"""The working calendar of a country's offices: its weekend, public holidays, office hours, and those of Ramadan.

Weekends, public holidays and the days of Ramadan are those of the library `holidays`; days that follow the moon are
as they are reckoned there for years to come. Office hours are what government offices commonly keep, in hours of the
day; who knows better gives a `Calendar` of their own. Holidays are known from 2000 to 2040.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import holidays
from holidays.calendars.islamic import _IslamicLunar

from studies.presets import DAYS, Calendar, Hours

YEARS: Final = range(2000, 2041)


@dataclass(frozen=True, slots=True)
class Country:
    """Where an office is: ISO code, hours ahead of UTC, from when to when it is open, and in Ramadan."""

    code: str
    utc_offset_hours: float
    hours: Hours
    ramadan: Hours | None = None
    #: days with hours of their own, such as the Emirates' short Friday
    others: tuple[tuple[str, Hours], ...] = ()


COUNTRIES: Final = {
    "bahrain": Country("BH", 3, (7.0, 14.25), (8.0, 14.0)),
    "saudi-arabia": Country("SA", 3, (7.5, 14.5), (10.0, 15.0)),
    "united-arab-emirates": Country("AE", 4, (7.5, 15.5), (9.0, 14.5), (("Fri", (7.5, 12.0)),)),
    "kuwait": Country("KW", 3, (7.0, 14.0), (9.5, 14.0)),
    "qatar": Country("QA", 3, (7.0, 14.0), (9.0, 14.0)),
    "oman": Country("OM", 4, (7.5, 14.5), (9.0, 14.0)),
    "netherlands": Country("NL", 1, (9.0, 17.0)),
}


@cache
def calendar_of(country: str) -> Calendar:
    """The calendar of a country of COUNTRIES. KeyError for another."""
    place = COUNTRIES[country]
    free = holidays.country_holidays(place.code, years=YEARS)
    hours = tuple(dict(place.others).get(day, place.hours) for day in DAYS)
    return Calendar(
        country,
        works=" ".join(day for number, day in enumerate(DAYS) if number not in free.weekend),
        utc_offset_hours=place.utc_offset_hours,
        holidays=tuple(sorted(day.isoformat() for day in free)),
        hours=hours,
        ramadan_hours=place.ramadan,
        ramadans=_ramadans() if place.ramadan else (),
    )


@cache
def _ramadans() -> tuple[tuple[str, str], ...]:
    """The first day of each Ramadan, and the day after its last: the feast."""
    moon = _IslamicLunar()
    begins = sorted({day for year in YEARS for day, *_told in moon.ramadan_beginning_dates(year)})
    feasts = sorted({day for year in YEARS for day, *_told in moon.eid_al_fitr_dates(year)})
    pairs = ((day, next((feast for feast in feasts if feast > day), None)) for day in begins)
    return tuple((day.isoformat(), feast.isoformat()) for day, feast in pairs if feast is not None)
