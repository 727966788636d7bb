"""Object-centric event logs: OCEL 2.0 as JSON, and OCEL as CSV (`ocel:eid`, `ocel:type:…`).

An event there belongs to several objects of several types. A case is one object of one type: the type that the mapping
names (`case_is: order`), else the one to which the most events belong singly; the report says which.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from studies.cases.case_file import clock_of, imported, mapping_from
from studies.cases.csv_rows import rows_of, sheet_of
from studies.cases.events import Gathering
from studies.cases.mapping import Mapping
from studies.events import ALL_VERBS
from studies.importing import Imported, Tally
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

TITLE: Final = N_("an object-centric event log, OCEL 2.0 JSON or OCEL CSV")
HEARS: Final = ALL_VERBS
MAPPED: Final = True

_TYPE: Final = "ocel:type:"
_NAMES: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"|([^\[\],\s'\"]+)")
_MOST_BYTES: Final = 1 << 30  # JSON is read whole


@dataclass(frozen=True, slots=True)
class _Event:
    where: str
    activity: str
    when: str
    objects: dict[str, list[str]]


def recognises(path: Path) -> bool:
    """JSON with objects and events, or a CSV whose columns are ocel's."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as file:
                beginning = file.read(4096)
        except (OSError, EOFError):
            return False
    if beginning.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return any(key in beginning for key in (b'"objectTypes"', b'"eventTypes"', b'"ocel:'))
    sheet = sheet_of(path)
    return sheet is not None and any(name.startswith(_TYPE) for name in sheet.header)


def read(path: Path) -> Imported:
    """The file's cases by the type that most events belong to singly."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The file's cases. Raises WrongInput for what is no such file, or a type that the mapping names and nobody has."""
    given = mapping_from(mapping)
    tally, clock, gathered = Tally(), clock_of(given), Gathering()
    events = list(_csv(path, tally) if sheet_of(path) else _json(path, tally))
    singly = Counter(kind for event in events for kind, names in event.objects.items() if len(names) == 1)
    kinds = sorted({kind for event in events for kind in event.objects})
    chosen = given.case_is if given else None
    if chosen is not None and chosen not in kinds:
        why = _("No event of {path} belongs to a “{kind}”. Its types are: {there}.")
        raise WrongInput(why.format(path=path, kind=chosen, there=in_a_row(kinds)))
    chosen = chosen or max(kinds, key=lambda kind: (singly[kind], kind), default=None)
    clock.look(event.when for event in events)
    for event in events:
        when = clock.moment(event.when)
        if when is None:
            tally.leave(event.where, _("its time cannot be read"))
            continue
        names = event.objects.get(chosen or "", [])
        if not names:
            tally.leave(_("events that belong to no {kind}").format(kind=chosen), _("they are in no case"))
        for name in names:
            gathered.add(name, event.activity, when)
    notes = []
    if chosen is not None and len(kinds) > 1:
        note = _("A case is one {kind}; there are also {others}. Another: case_is: in a mapping.")
        notes.append(note.format(kind=chosen, others=in_a_row(kind for kind in kinds if kind != chosen)))
    return imported(gathered.events(), given or Mapping(), clock, tally, len(events), notes)


def _csv(path: Path, tally: Tally) -> Iterator[_Event]:
    sheet = sheet_of(path)
    assert sheet is not None
    there = {name: place for place, name in enumerate(sheet.header)}
    kinds = {name.removeprefix(_TYPE): place for name, place in there.items() if name.startswith(_TYPE)}
    for line, row in rows_of(path, sheet, tally):
        objects = {kind: _names(row[place]) for kind, place in kinds.items()}
        where = _("line {line}").format(line=line)
        activity, when = (row[there[name]] if name in there else "" for name in ("ocel:activity", "ocel:timestamp"))
        if not activity.strip():
            tally.leave(where, _("it names no activity"))
            continue
        yield _Event(where, activity.strip(), when.strip(), {kind: names for kind, names in objects.items() if names})


def _names(cell: str) -> list[str]:
    """The objects of a cell such as ['i1', 'i2']: read, never executed."""
    return [next(filter(None, found.groups())) for found in _NAMES.finditer(cell) if any(found.groups())]


def _json(path: Path, tally: Tally) -> Iterator[_Event]:
    told = _loaded(path)
    version_1 = "ocel:events" in told
    objects = told.get("ocel:objects" if version_1 else "objects", [])
    kind_of = _kinds(objects)
    events = told.get("ocel:events" if version_1 else "events", [])
    for number, event in enumerate(events.items() if isinstance(events, dict) else enumerate(events), 1):
        where, facts = _("event {number}").format(number=number), event[1]
        if not isinstance(facts, dict):
            tally.leave(where, _("it is no event"))
            continue
        activity = str(facts.get("ocel:activity" if version_1 else "type") or "").strip()
        if not activity:
            tally.leave(where, _("it names no activity"))
            continue
        belongs: dict[str, list[str]] = {}
        for name in _related(facts, version_1):
            belongs.setdefault(kind_of.get(name, _("unknown")), []).append(name)
        yield _Event(where, activity, str(facts.get("ocel:timestamp" if version_1 else "time") or ""), belongs)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WrongInput(
                _("{path} is larger than 1 GB of JSON, which is read whole. Export it as XES.").format(path=path)
            )
        with path.open("rb") as raw:
            body = raw.read()
        told = json.loads(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)
    except (OSError, EOFError, ValueError, RecursionError) as cause:
        raise WrongInput(_("{path} is no JSON: {cause}").format(path=path, cause=cause)) from cause
    if not isinstance(told, dict):
        raise WrongInput(_("{path} is JSON, but holds no events.").format(path=path))
    return told


def _kinds(objects: Any) -> dict[str, str]:
    if isinstance(objects, dict):
        return {
            str(name): str(facts.get("ocel:type", "")) for name, facts in objects.items() if isinstance(facts, dict)
        }
    return {str(o["id"]): str(o.get("type", "")) for o in objects if isinstance(o, dict) and "id" in o}


def _related(facts: dict[str, Any], version_1: bool) -> Sequence[str]:
    if version_1:
        return [str(name) for name in facts.get("ocel:omap", [])]
    related = facts.get("relationships") or []
    return list(dict.fromkeys(str(r["objectId"]) for r in related if isinstance(r, dict) and "objectId" in r))
