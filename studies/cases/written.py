"""A study's log as an event log for process-mining tools: XES (IEEE 1849) and CSV, an event a sentence.

An event's activity is the sentence itself, `service answers traffic/renew`, so that the file comes back in as what it
was; the other columns of the log stand beside it under `lab:`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from studies.log import Log
from studies.troubles import WrongInput
from studies.words import _, in_a_row

FORMATS: Final = ("xes", "csv")
_BESIDE: Final = ("session", "step", "channel", "agency", "cause", "sense")
_HEADER: Final = ("case:concept:name", "concept:name", "start_timestamp", "time:timestamp", "org:group")
_EXTENSIONS: Final = {"Concept": "concept", "Time": "time", "Organizational": "org"}


def write(log: Log, format_: str, path: Path) -> int:
    """Write a log in one of FORMATS; how many events. Raises WrongInput for another format."""
    match format_:
        case "xes":
            return _xes(log, path)
        case "csv":
            return _csv(log, path)
    raise WrongInput(
        _("There is no format {given} for a log. There are: {there}.").format(given=format_, there=in_a_row(FORMATS))
    )


def _rows(log: Log) -> Iterator[dict[str, Any]]:
    for batch in log.sentences.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _activity(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["actor"], row["verb"], row["about"])))


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _csv(log: Log, path: Path) -> int:
    events = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # with its mark: spreadsheets need it for Arabic
        out = csv.writer(file)
        out.writerow([*_HEADER, *(f"lab:{name}" for name in _BESIDE), "lab:value"])
        for row in _rows(log):
            began = _at(row["when"]) if row["until"] else ""
            ended = _at(row["until"] or row["when"])
            told = [row["case"], _activity(row), began, ended, row["agency"], *(row[name] for name in _BESIDE)]
            out.writerow([_harmless(cell) for cell in [*told, row["value"]]])
            events += 1
    return events


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _xes(log: Log, path: Path) -> int:
    events, case = 0, None
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n')
        for name, prefix in _EXTENSIONS.items():
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            file.write(f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
        for row in _rows(log):
            if row["case"] != case:
                file.write("  </trace>\n" if case is not None else "")
                case = row["case"]
                file.write(f'  <trace>\n    <string key="concept:name" value={quoteattr(case)}/>\n')
            events += _event(file.write, row)
        file.write("  </trace>\n</log>\n" if case is not None else "</log>\n")
    return events


def _event(write_: Any, row: dict[str, Any]) -> int:
    """One event; what lasts is a start and a complete."""
    told = [("start", row["when"]), ("complete", row["until"])] if row["until"] else [("complete", row["when"])]
    for cycle, moment in told:
        write_("    <event>\n")
        write_(f'      <string key="concept:name" value={quoteattr(_activity(row))}/>\n')
        write_(f'      <date key="time:timestamp" value="{_at(moment)}"/>\n')
        write_(f'      <string key="lifecycle:transition" value="{cycle}"/>\n')
        if row["agency"]:
            write_(f'      <string key="org:group" value={quoteattr(row["agency"])}/>\n')
        for name in _BESIDE:
            if row[name] is not None:
                write_(f'      <string key="lab:{name}" value={quoteattr(row[name])}/>\n')
        if row["value"] is not None:
            write_(f'      <float key="lab:value" value="{row["value"]}"/>\n')
        write_("    </event>\n")
    return len(told)
