"""When a wait counts as silent: thresholds and calendars by name, printed wherever a number made with them is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

DAY_US: Final = 86_400_000_000
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR: Final = 3_600_000_000

#: From when to when, in hours of the day.
Hours = tuple[float, float]


@dataclass(frozen=True)
class Calendar:
    """The days on which a service works, by its own clock."""

    name: str
    works: str = "Mon Tue Wed Thu Fri"
    utc_offset_hours: float = 0.0
    holidays: tuple[str, ...] = ()
    #: when the office is open, for every day or for each from Monday on; in Ramadan, where it keeps other hours
    hours: tuple[Hours, ...] = ((0.0, 24.0),)
    ramadan_hours: Hours | None = None
    #: days whose hours are their own: in Ramadan they are open when both say so, such as the Emirates' short Friday
    own_days: tuple[str, ...] = ()
    ramadans: tuple[tuple[str, str], ...] = ()  # first day, and the day after the last
    hours_are: str = ""  # how the hours are known: assumed, or as the workspace says

    def told_hours(self) -> dict[str, Any]:
        """When the office is open, where that is told."""
        if self.hours == ((0.0, 24.0),):
            return {}
        by_day = {day: list(self.hours[n % len(self.hours)]) for n, day in enumerate(DAYS) if day in self.works.split()}
        known = {"hours_are": self.hours_are} if self.hours_are else {}
        return {"hours": by_day, "ramadan_hours": list(self.ramadan_hours) if self.ramadan_hours else None, **known}

    def at_work(self, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """For how much of each stretch (µs since 1970, UTC) the office was open, in µs: its service time."""
        if not len(begins):
            return np.zeros(0, np.int64)
        shift = int(self.utc_offset_hours * _HOUR)
        both = np.stack([np.asarray(begins, np.int64), np.asarray(ends, np.int64)]) + shift
        day, into = np.divmod(both, DAY_US)
        first = int(day.min())
        opens, closes = self._open(np.arange(first, int(day.max()) + 1))
        before = np.concatenate(([0], np.cumsum(closes - opens)))[:-1]  # work done before each day
        day -= first
        done = before[day] + np.clip(into, opens[day], closes[day]) - opens[day]
        worked: np.ndarray = done[1] - done[0]
        return worked

    def _open(self, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """When the office opens and closes on each day (numbered from 1970), in µs of the day; alike where it rests."""
        dates = days.astype("datetime64[D]")
        of_week = np.array([self.hours[n % len(self.hours)] for n in range(7)])[(days + 3) % 7]  # day 0: a Thursday
        if self.ramadan_hours:
            bounds = np.array([day for fast in self.ramadans for day in fast], "datetime64[D]")
            fasting = np.searchsorted(bounds, dates, side="right") % 2 == 1
            own = np.array([day in self.own_days for day in DAYS])[(days + 3) % 7]
            of_week[fasting & own, 0] = np.maximum(of_week[fasting & own, 0], self.ramadan_hours[0])
            of_week[fasting & own, 1] = np.minimum(of_week[fasting & own, 1], self.ramadan_hours[1])
            of_week[fasting & ~own] = self.ramadan_hours
            of_week[:, 1] = np.maximum(of_week[:, 1], of_week[:, 0])  # where the two share no hour it stays closed
        mask = [day in self.works.split() for day in DAYS]
        of_week[~np.is_busday(dates, weekmask=mask, holidays=list(self.holidays))] = (0.0, 0.0)
        opens, closes = np.rint(of_week * _HOUR).astype(np.int64).T
        return opens, closes

    def next_working_day(self, moments: np.ndarray) -> np.ndarray:
        """One working day after each moment (µs since 1970, UTC): the same clock time on the next day of work.

        A moment outside the days of work counts from the beginning of the next one.
        """
        shift = int(self.utc_offset_hours * 3_600_000_000)
        local = np.asarray(moments, np.int64) + shift
        mask = [day in self.works.split() for day in DAYS]
        dates = np.floor_divide(local, DAY_US).astype("datetime64[D]")
        at_work = np.is_busday(dates, weekmask=mask, holidays=list(self.holidays))
        into_day = np.where(at_work, np.mod(local, DAY_US), 0)
        due = np.busday_offset(dates, 1, roll="forward", weekmask=mask, holidays=list(self.holidays))
        return due.astype(np.int64) * DAY_US + into_day - shift


CALENDARS: Final = {
    c.name: c
    for c in (
        Calendar("weekend-sat-sun"),
        Calendar("weekend-fri-sat", works="Sun Mon Tue Wed Thu", utc_offset_hours=3),
        Calendar("emirates", utc_offset_hours=4),
        Calendar("every-day", works=" ".join(DAYS)),
    )
}

#: seconds without a sign that a citizen bears: on screens (Miller 1968, Nielsen 1993) and in conversation.
_SCREEN, _TALK = 1.0, 3.0


@dataclass(frozen=True)
class Presets:
    """What the metrics take as given. Frozen, so that what was computed under it can be remembered by it."""

    name: str = "standard"
    #: seconds by channel that a silence must exceed; a channel without a figure has one working day.
    silence: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"web": _SCREEN, "mobile": _SCREEN, "phone": _TALK, "chat": _TALK, "video": _TALK, "desk": _TALK}
        ),
        hash=False,
    )
    calendar: Calendar = CALENDARS["weekend-sat-sun"]
    #: which signs of working count: those `seen`, or those `heard` (a screen reader's announcements).
    signs: str = "seen"

    def told(self) -> dict[str, Any]:
        """The presets as they are printed beside a number."""
        return {
            "name": self.name,
            "silence_seconds": dict(self.silence),
            "post_and_across_sessions": "one working day",
            "calendar": {"name": self.calendar.name, "works": self.calendar.works, **self.calendar.told_hours()},
            "signs": self.signs,
        }


PRESETS: Final = {"standard": Presets(), "listening": Presets("listening", signs="heard")}


def preset(name: str = "standard", calendar: str | None = None) -> Presets:
    """Presets by name, with another calendar if one is named. Raises WrongInput with the names there are."""
    if name not in PRESETS:
        raise WrongInput(
            _("There are no presets “{name}”. There are: {known}.{hint}").format(
                name=name, known=in_a_row(PRESETS), hint=hint(name, list(PRESETS))
            )
        )
    if calendar is None:
        return PRESETS[name]
    from studies.measuring.calendars import COUNTRIES, calendar_of  # which takes a moment, and few need it

    if calendar not in {*CALENDARS, *COUNTRIES}:
        known = [*CALENDARS, *COUNTRIES]
        raise WrongInput(
            _("There is no calendar “{name}”. There are: {known}.{hint}").format(
                name=calendar, known=in_a_row(known), hint=hint(calendar, known)
            )
        )
    found = PRESETS[name]
    days = CALENDARS[calendar] if calendar in CALENDARS else calendar_of(calendar)
    return Presets(f"{name}, {calendar}", found.silence, days, found.signs)
