"""Event logs as CSV, an event a row: what process-mining tools write, and what agencies' systems export.

Columns are found by the names that such files usually have (in English or Arabic), or as the mapping says. A case's
events may stand anywhere in the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from studies.cases.case_file import clock_of, imported, mapping_from
from studies.cases.csv_rows import Sheet, columns_of, rows_of, sheet_of
from studies.cases.events import Gathering
from studies.cases.mapping import Mapping
from studies.cases.moments import Clock
from studies.events import ALL_VERBS
from studies.importing import Imported, Tally
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

TITLE: Final = N_("an event log, .csv or .csv.gz: case, activity, time")
HEARS: Final = ALL_VERBS  # what a file tells is what its mapping names
MAPPED: Final = True

NAMES: Final = {
    "case": (
        "case:concept:name", "case id", "caseid", "case_id", "case", "trace",
        "رقم المعاملة", "رقم الطلب", "المعاملة",
    ),
    "activity": ("concept:name", "activity", "activity name", "event", "task", "action", "النشاط", "الإجراء", "الحدث"),
    "when": (
        "time:timestamp", "timestamp", "complete timestamp", "end_timestamp", "completed", "time", "date", "datetime",
        "event time", "الوقت", "التاريخ", "تاريخ الإجراء",
    ),
    "began": ("start_timestamp", "start timestamp", "started", "begin", "وقت البدء"),
    "group": ("org:group", "org:role", "group", "department", "role", "agency", "الإدارة", "القسم", "الجهة"),
}  # fmt: skip
NEEDED: Final = ("case", "activity", "when")


def recognises(path: Path) -> bool:
    """Its header names a case, an activity and a time. (Object-centric files name theirs ocel:…)"""
    sheet = sheet_of(path)
    if sheet is None or any(name.startswith("ocel:") for name in sheet.header):
        return False
    there = columns_of(sheet.header, NAMES, {})
    return all(there[key] is not None for key in NEEDED)


def recognises_by(path: Path, mapping: Path) -> bool:
    """The mapping names its columns."""
    sheet, told = sheet_of(path), mapping_from(mapping)
    return bool(sheet and told and all(told.columns.get(key) in sheet.header for key in NEEDED))


def read(path: Path) -> Imported:
    """The file's cases, read by a shipped mapping that fits or by a proposed one."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The file's cases. Raises WrongInput when a needed column is not there, or the dates must be asked about."""
    given = mapping_from(mapping)
    sheet = sheet_of(path)
    if sheet is None:
        raise WrongInput(_("{path} is no CSV with a header.").format(path=path))
    places = columns_of(sheet.header, NAMES, given.columns if given else {})
    for key in NEEDED:
        if places[key] is None:
            raise WrongInput(
                _("{path} has no column for the {key}. Its columns: {there}. Say which: columns: in a mapping.").format(
                    path=path, key=key, there=in_a_row(sheet.header)
                )
            )
    tally, clock, gathered = Tally(), clock_of(given), Gathering()
    _look(path, sheet, places, clock)
    rows = _gather(path, sheet, places, clock, gathered, tally)
    return imported(gathered.events(), given or Mapping(), clock, tally, rows)


def _look(path: Path, sheet: Sheet, places: dict[str, int | None], clock: Clock) -> None:
    """Find whether the day comes first, in as many of the file's times as it takes."""
    dated = [place for key in ("when", "began") if (place := places[key]) is not None]
    clock.look(row[place] for _line, row in rows_of(path, sheet, Tally()) for place in dated)


def _gather(
    path: Path, sheet: Sheet, places: dict[str, int | None], clock: Clock, gathered: Gathering, tally: Tally
) -> int:
    case, activity, when = (int(places[key] or 0) for key in NEEDED)
    began, group = places["began"], places["group"]
    rows = 0
    for line, row in rows_of(path, sheet, tally):
        rows += 1
        where = _("line {line}").format(line=line)
        if not row[case].strip() or not row[activity].strip():
            tally.leave(where, _("it names no case, or no activity"))
            continue
        ended = clock.moment(row[when].strip())
        if ended is None:
            tally.leave(where, _("its time cannot be read"))
            continue
        start = clock.moment(row[began].strip()) if began is not None and row[began].strip() else None
        if start is not None and start > ended:
            tally.leave(where, _("it ends before it begins; its end was kept"))
            start = None
        named = row[group].strip() if group is not None else ""
        if start is None or start == ended:
            gathered.add(row[case].strip(), row[activity].strip(), ended, None, named or None)
        else:
            gathered.add(row[case].strip(), row[activity].strip(), start, ended, named or None)
    return rows
