"""Files of service requests, a request a row (311 lines, complaint desks): opened, closed, by which agency, how.

Each request is a case: the citizen begins and submits it when it is opened; the agency's last word, where it is dated
and comes before the end, is an answer; closing it concludes it. A request that is not closed stays open to the end of
hearing, which is the latest time in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

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
    "channel": ("open data channel type", "channel", "source", "method received", "القناة"),
}  # fmt: skip

#: How a request came in; what is not named here came by post or file, as far as waiting for a reply goes.
_MICROSECOND: Final = timedelta(microseconds=1)


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
    clock.look([row[place] for _line, row in rows_of(path, sheet, Tally()) for place in dated])
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
        self._agencies: dict[str, str | None] = {}
        self._open: list[str] = []
        self._latest = 0
        self._rows = 0

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
        if case in self._cases:
            self._tally.leave(where, _("a request of that number came before"))
            return
        self._cases[case] = opened
        about = "/".join(filter(None, (slug(cell("agency")), slug(cell("type"))))) or "request"
        agency = self._given.agency or slug(cell("agency")) or None
        self._agencies[case] = agency
        self._say(case, opened, "citizen", "begins", about, agency)
        self._say(case, opened, "citizen", "submits", about, agency)
        self._end(where, case, opened, cell("closed"), cell("updated"), about, agency)

    def _end(
        self, where: str, case: str, opened: int, closed: str, updated: str, about: str, agency: str | None
    ) -> None:
        end = self._clock.moment(closed) if closed else None
        if closed and end is None:
            self._tally.leave(where, _("the time it was closed cannot be read; it was kept as open"))
        if end is not None and end < opened:
            self._tally.leave(where, _("it was closed before it was opened; it was kept as open"))
            end = None
        told = self._clock.moment(updated) if updated else None
        if told is not None and told >= opened and (end is None or told < end):
            self._say(case, told, "service", "answers", about, agency)
        if end is not None:
            self._say(case, end, "service", "concludes", "closed", agency)
        else:
            self._open.append(case)

    def told(self) -> Imported:
        """All of them as a log."""
        ends = EPOCH + self._latest * _MICROSECOND
        hears = HEARS if self._places["updated"] is not None else HEARS - {"answers"}
        still_open = set(self._open)
        sessions = [
            Session(
                case,
                EPOCH + began * _MICROSECOND,
                ended=ends if case in still_open else None,
                source="case",
                hears=hears,
            )
            for case, began in self._cases.items()
        ]
        facts = {"cases": len(self._cases), "open": len(self._open)}
        notes = tuple(self._clock.told())
        return Imported(Log.of(self._said, sessions), self._tally.told(), self._rows, notes, facts)

    def _say(self, case: str, when: int, actor: str, verb: str, about: str, agency: str | None) -> None:
        self._latest = max(self._latest, when)
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
