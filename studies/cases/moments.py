"""When something happened, as systems write it: with or without a zone, day or month first; never guessed.

Times become µs since 1970 (UTC). Of numbers such as 03/04/2011 the file itself must show which comes first: one date
with a day over 12 decides for its whole column; without one, whoever brings the file is asked, wherever it is met.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from studies.troubles import WrongInput
from studies.words import _

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = datetime(1970, 1, 1)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBERS: Final = re.compile(
    r"(?P<a>\d{1,4})[/.\-](?P<b>\d{1,2})[/.\-](?P<c>\d{2,4})"
    r"(?:[ T,،]+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d+))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?|ص|م)?)?"
)
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
#: After so many times in ISO's own order a file is taken to be written in it; one that is not is asked about when read.
_ENOUGH: Final = 10_000
_MARKS: Final = str.maketrans("", "", "\u200e\u200f\u202a\u202b\u202c\u202f\ufeff")


class DayOrMonth(WrongInput):
    """Nothing in a file says whether the day or the month of its dates comes first: whoever brings it is asked."""


@dataclass(slots=True)
class Clock:
    """How one file writes its times. `day_first` and `zone` are told by who brings it, or found in the file itself."""

    zone: tzinfo | None = None
    day_first: bool | None = None
    with_zone: int = 0
    without_zone: int = 0

    def moment(self, text: str) -> int | None:
        """A time as µs since 1970 UTC; None where the text is no time. Times without a zone are of the clock's own.

        Raises DayOrMonth for a date that is two, where nothing has said which comes first.
        """
        read: datetime | None
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            read = self._by_numbers(text)
            if read is None:
                return None
        if read.tzinfo is not None:
            self.with_zone += 1
            return (read - EPOCH) // _MICROSECOND
        self.without_zone += 1
        if self.zone is None:
            return (read - _NAIVE_EPOCH) // _MICROSECOND
        return (read.replace(tzinfo=self.zone) - EPOCH) // _MICROSECOND

    def look(self, texts: Iterable[str]) -> None:
        """Find in a file's times whether the day comes first. Raises DayOrMonth where that must be asked."""
        if self.day_first is not None:
            return
        doubtful = None
        for number, text in enumerate(texts):
            if number == _ENOUGH and doubtful is None:
                return
            numbers = _NUMBERS.fullmatch(_plain(text))
            if numbers is None or len(numbers["a"]) == 4:
                continue
            a, b = int(numbers["a"]), int(numbers["b"])
            if max(a, b) > 12:
                self.day_first = a > 12
                return
            if a != b:
                doubtful = doubtful or text
        if doubtful:
            raise _asked(doubtful)

    def _by_numbers(self, text: str) -> datetime | None:
        numbers = _NUMBERS.fullmatch(_plain(text))
        if numbers is None:
            return None
        a, b, c = int(numbers["a"]), int(numbers["b"]), int(numbers["c"])
        if len(numbers["a"]) == 4:
            year, month, day = a, b, c
        else:
            year = c if len(numbers["c"]) == 4 else 2000 + c
            if self.day_first is None and a != b and max(a, b) <= 12:
                raise _asked(text)
            day, month = (a, b) if self.day_first or (self.day_first is None and a > 12) else (b, a)
        hour, half = int(numbers["h"] or 0), (numbers["half"] or "").replace(".", "").lower()
        if half in ("pm", "م") and hour < 12:
            hour += 12
        if half in ("am", "ص") and hour == 12:
            hour = 0
        try:
            return datetime(
                year, month, day, hour, int(numbers["m"] or 0), int(numbers["s"] or 0),
                int((numbers["f"] or "0").ljust(6, "0")[:6]),
            )  # fmt: skip
        except ValueError:
            return None

    def told(self) -> list[str]:
        """What had to be assumed of the times, for the report."""
        if not self.without_zone:
            return []
        zone = self.zone or "UTC"
        if self.with_zone:
            words = _("{n} of {all} times have no zone; they were read as {zone}. Another: zone: in a mapping.")
        else:
            words = _("the times have no zone; they were read as {zone}. Another: zone: in a mapping.")
        return [words.format(n=self.without_zone, all=self.with_zone + self.without_zone, zone=zone)]


def _asked(date: str) -> DayOrMonth:
    return DayOrMonth(
        _(
            "Is {date} a date with the day first or the month? Nothing in the file decides it. "
            "Say dates: day_first or dates: month_first in a mapping (--mapping FILE)."
        ).format(date=date)
    )


def zone_named(name: str) -> tzinfo:
    """A zone by its name (Asia/Riyadh). Raises WrongInput when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise WrongInput(_("There is no time zone {name}. Write one such as Asia/Riyadh.").format(name=name)) from cause


def _plain(text: str) -> str:
    return text.translate(_DIGITS).translate(_MARKS).strip()
