"""The working calendar of a country's offices: its weekend, public holidays, office hours, and those of Ramadan.

Confirmed: weekends, by the library `holidays` and by Unicode's CLDR alike (tests/test_calendars.py); they are today's,
for past years too, though some states moved theirs (the Emirates in 2022). Hours ahead of UTC, by the time-zone
database; the Netherlands' summer time is not followed, which moves its office hours by one. Public holidays and the
days of Ramadan are those of `holidays`, 2000 to 2040; what follows the moon is reckoned there for years to come.
In Ramadan its hours stand in place of the usual ones; a day with hours of its own is open when both say so.

Assumed: office hours, in Ramadan too. No published source was at hand for all offices of a state, and offices of one
state differ; the presets say so beside every figure. A study that knows better says it in the workspace:

# calendars.yaml in the workspace
bahrain: {hours: [7.5, 14], ramadan: [9, 13.5], days: {Thu: [7.5, 13]}}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import holidays
import yaml
from holidays.calendars.islamic import _IslamicLunar

from studies.measuring.presets import DAYS, Calendar, Hours
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace, workspace

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


#: The workspace's own office hours, by country.
FILE: Final = "calendars.yaml"
ASSUMED, OWN = "assumed: what offices commonly keep", "as the workspace says"


def calendar_of(country: str, space: Workspace | None = None) -> Calendar:
    """The calendar of a country of COUNTRIES, with the workspace's own office hours where it says them.

    KeyError for another country, WrongInput for hours that are none.
    """
    place = COUNTRIES[country]
    own = _own(country, (space or workspace()).root / FILE)
    if not own:
        return _calendar(country, place, ASSUMED)
    days = tuple((day, _hours(country, said)) for day, said in (own.get("days") or {}).items())
    known = replace(
        place,
        hours=_hours(country, own.get("hours", place.hours)),
        ramadan=_hours(country, own["ramadan"]) if own.get("ramadan") else place.ramadan,
        others=days or (place.others if "hours" not in own else ()),
    )
    return _calendar(country, known, OWN)


def _own(country: str, path: Path) -> dict[str, Any]:
    """What the workspace says of a country's offices; nothing where it says nothing."""
    if not path.exists():
        return {}
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as cause:
        raise WrongInput(_("{path} cannot be read: {cause}").format(path=path, cause=cause)) from cause
    own = told.get(country) if isinstance(told, dict) else None
    if own is None:
        return {}
    strange = sorted(set(own) - {"hours", "ramadan", "days"}) if isinstance(own, dict) else [str(own)]
    if strange or set(own.get("days") or {}) - set(DAYS):
        why = _("{path}: {country} can say hours, ramadan, and days ({days}), each as [8, 14.5].")
        raise WrongInput(why.format(path=path, country=country, days=in_a_row(DAYS)))
    return dict(own)


def _hours(country: str, said: object) -> Hours:
    pair = list(said) if isinstance(said, (list, tuple)) else []
    if len(pair) != 2 or not all(isinstance(n, (int, float)) for n in pair) or not 0 <= pair[0] < pair[1] <= 24:
        why = _("{file}: the hours of {country} are {said}; write two hours of the day, such as [8, 14.5].")
        raise WrongInput(why.format(file=FILE, country=country, said=said))
    return float(pair[0]), float(pair[1])


@cache
def _calendar(country: str, place: Country, hours_are: str) -> Calendar:
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
        own_days=tuple(day for day, _hours_of_it in place.others),
        hours_are=hours_are,
    )


@cache
def _ramadans() -> tuple[tuple[str, str], ...]:
    """The first day of each Ramadan, and the day after its last: the feast."""
    moon = _IslamicLunar()
    begins = sorted({day for year in YEARS for day, *_told in moon.ramadan_beginning_dates(year)})
    feasts = sorted({day for year in YEARS for day, *_told in moon.eid_al_fitr_dates(year)})
    pairs = ((day, next((feast for feast in feasts if feast > day), None)) for day in begins)
    return tuple((day.isoformat(), feast.isoformat()) for day, feast in pairs if feast is not None)
