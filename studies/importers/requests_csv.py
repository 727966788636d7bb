"""Files of service requests, a request a row (311 lines, complaint desks): opened, closed, by which agency, how.

Each request is a case: the citizen begins and submits it when it is opened; the agency's last word, where it is dated
and comes before the end, is an answer; closing it concludes it. By which channel a request came in is not read:
whoever telephoned does not hold the line until it is settled, and days are not to be judged as seconds of a call. A
request that is not closed stays open to the end of hearing: the latest opening, or a later time that does not stand
alone. One mistyped year would else make every open request wait until then.

A request closed before it was opened, or later than it was brought in, is closed, but nobody knows when: that it was
settled is heard of it, and no wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from studies.cases.case_file import clock_of, mapping_from
from studies.cases.csv_rows import columns_of, rows_of, sheet_of
from studies.cases.mapping import Mapping
from studies.cases.moments import EPOCH, Clock
from studies.events import Sentence, Session
from studies.importing import Imported, Tally
from studies.log import Log
from studies.topics import slug
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

TITLE: Final = N_("service requests as .csv (311): opened, closed, agency")
HEARS: Final = frozenset("begins submits answers concludes".split())
SETTLED: Final = frozenset({"concludes"})  # what is heard of a request that was closed nobody knows when
MAPPED: Final = True

NAMES: Final = {
    "case": ("unique key", "service request id", "service_request_id", "request id", "case number", "case id",
             "caseid", "case_enquiry_id", "sr number", "ticket id", "id", "رقم الطلب", "رقم البلاغ", "رقم الشكوى"),
    "created": ("created date", "opened", "open date", "open_dt", "requested_datetime", "requested datetime",
                "date opened", "date received", "creation date", "created", "created at", "تاريخ الفتح", "تاريخ الطلب",
                "تاريخ البلاغ", "تاريخ التقديم"),
    "closed": ("closed date", "closed", "close date", "closed_dt", "date closed", "completion date", "closed at",
               "resolved", "resolved at", "closed datetime", "تاريخ الإغلاق", "تاريخ الإنجاز"),
    "updated": ("resolution action updated date", "updated_datetime", "last updated", "updated", "تاريخ التحديث"),
    "type": ("complaint type", "request type", "service_name", "service name", "category", "type", "sr type",
             "case title", "نوع البلاغ", "نوع الشكوى", "نوع الطلب", "الخدمة"),
    "agency": ("agency", "agency responsible", "agency_responsible", "department", "owner department", "الجهة"),
}  # fmt: skip

_MICROSECOND: Final = timedelta(microseconds=1)
_DAY: Final = 86_400_000_000
#: How near another request's time must lie to one later than all openings, for hearing to have gone on until then.
_NEAR: Final = 31 * _DAY


def recognises(path: Path) -> bool:
    """Its header has a number, a time opened and a time closed, and no activity."""
    sheet = sheet_of(path)
    if sheet is None:
        return False
    there = columns_of(sheet.header, NAMES, {})
    return all(there[key] is not None for key in ("case", "created", "closed"))


def read(path: Path) -> Imported:
    """The file's requests."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The file's requests; the mapping names columns, the zone, and whether the day comes first."""
    given = mapping_from(mapping) or Mapping()
    sheet = sheet_of(path)
    if sheet is None:
        raise WrongInput(_("{path} is no CSV with a header.").format(path=path))
    places = columns_of(sheet.header, NAMES, given.columns)
    for key in ("case", "created", "closed"):
        if places[key] is None:
            raise WrongInput(
                _("{path} has no column for the {key}. Its columns: {there}. Say which: columns: in a mapping.").format(
                    path=path, key=key, there=in_a_row(sheet.header)
                )
            )
    tally, clock = Tally(), clock_of(given)
    dated = [place for key in ("created", "closed", "updated") if (place := places[key]) is not None]
    clock.look(row[place] for _line, row in rows_of(path, sheet, Tally()) for place in dated)
    requests = _Requests(places, clock, tally, given)
    for line, row in rows_of(path, sheet, tally):
        requests.take(line, row)
    return requests.told()


class _Requests:
    """The requests of a file as they are read."""

    def __init__(self, places: dict[str, int | None], clock: Clock, tally: Tally, given: Mapping) -> None:
        self._places, self._clock, self._tally, self._given = places, clock, tally, given
        self._said: list[Sentence] = []
        self._cases: dict[str, int] = {}  # each with when it began
        self._open: list[str] = []
        self._undated: set[str] = set()  # closed, nobody knows when
        self._latest: dict[str, int] = {}  # each with its latest time
        self._rows = 0
        # times without a zone may be ahead of the clock by half a day
        self._brought = (datetime.now(UTC) - EPOCH) // _MICROSECOND + _DAY

    def take(self, line: int, cells: Sequence[str]) -> None:
        """One row."""
        self._rows += 1
        where = _("line {line}").format(line=line)

        def cell(key: str) -> str:
            place = self._places[key]
            return "" if place is None else cells[place].strip()

        case, opened = cell("case"), self._clock.moment(cell("created"))
        if not case:
            self._tally.leave(where, _("it names no case"))
            return
        if opened is None:
            self._tally.leave(where, _("the time it was opened cannot be read"))
            return
        if opened > self._brought:
            self._tally.leave(where, _("it was opened later than the file was brought in"))
            return
        if case in self._cases:
            self._tally.leave(where, _("a request of that number came before"))
            return
        self._cases[case] = opened
        about = "/".join(filter(None, (slug(cell("agency")), slug(cell("type"))))) or "request"
        agency = self._given.agency or slug(cell("agency")) or None
        end = self._closed(where, case, opened, cell("closed"))
        self._say(case, opened, "citizen", "begins", about, agency)
        if case in self._undated:  # a sentence needs a time: its opening's, from which nothing is counted to there
            self._say(case, opened, "service", "concludes", "closed", agency)
            self._latest[case] = opened
            return
        self._say(case, opened, "citizen", "submits", about, agency)
        told = self._clock.moment(cell("updated")) if cell("updated") else None
        if told is not None and told > self._brought:
            self._tally.leave(where, _("its last word is dated later than the file was brought in"))
            told = None
        if told is not None and told >= opened and (end is None or told < end):
            self._say(case, told, "service", "answers", about, agency)
        if end is not None:
            self._say(case, end, "service", "concludes", "closed", agency)
        else:
            self._open.append(case)
        self._latest[case] = max(opened, told or opened) if end is None else end

    def _closed(self, where: str, case: str, opened: int, closed: str) -> int | None:
        """When a request was closed; None of an open one, and of one closed nobody knows when."""
        end = self._clock.moment(closed) if closed else None
        if closed and end is None:
            self._tally.leave(where, _("the time it was closed cannot be read; it was kept as open"))
        elif end is not None and not opened <= end <= self._brought:
            why = (
                _("it was closed before it was opened; when it was closed is not known")
                if end < opened
                else _("it was closed later than the file was brought in; when it was closed is not known")
            )
            self._tally.leave(where, why)
            self._undated.add(case)
            end = None
        return end

    def _ends(self) -> int:
        """Until when was heard of all requests."""
        latest = np.sort(np.fromiter(self._latest.values(), np.int64))
        near = latest[1:][np.diff(latest) <= _NEAR]
        return max(int(near.max(initial=0)), max(self._cases.values(), default=0))

    def told(self) -> Imported:
        """All of them as a log."""
        ends = self._ends()
        hears = HEARS if self._places["updated"] is not None else HEARS - {"answers"}
        still_open = set(self._open)
        sessions = [
            Session(
                case,
                EPOCH + began * _MICROSECOND,
                ended=EPOCH + max(ends, self._latest[case]) * _MICROSECOND if case in still_open else None,
                source="case",
                hears=SETTLED if case in self._undated else hears,
            )
            for case, began in self._cases.items()
        ]
        facts = {"cases": len(self._cases), "open": len(self._open)}
        notes = tuple(self._clock.told())
        return Imported(Log.of(self._said, sessions), self._tally.told(), self._rows, notes, facts)

    def _say(self, case: str, when: int, actor: str, verb: str, about: str, agency: str | None) -> None:
        self._said.append(
            Sentence(
                session=case,
                case=case,
                when=EPOCH + when * _MICROSECOND,
                seq=len(self._said) & 0x7FFFFFFF,
                actor=actor,
                verb=verb,
                about=about,
                channel=self._given.channel,
                agency=agency,
            )
        )
