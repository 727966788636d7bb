"""A case file brought in: its events made sentences by the mapping given, a shipped one that fits, or a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from studies.cases.events import Events
from studies.cases.mapping import Mapping, read_mapping, shipped, written
from studies.cases.moments import Clock, zone_named
from studies.cases.proposal import proposed
from studies.cases.telling import log_of
from studies.importing import Imported, Tally
from studies.words import _

#: How many events a mapping must name at least before it is taken for that of the file.
_FITS: Final = 3


def mapping_from(path: Path | None) -> Mapping | None:
    """The mapping that was given, if one was."""
    return None if path is None else read_mapping(path)


def clock_of(mapping: Mapping | None) -> Clock:
    """How the file writes its times, as far as the mapping says it."""
    if mapping is None:
        return Clock()
    return Clock(None if mapping.zone is None else zone_named(mapping.zone), mapping.day_first)


def imported(
    events: Events, given: Mapping | None, clock: Clock, tally: Tally, rows: int, notes: Sequence[str] = ()
) -> Imported:
    """The events as a log, with what the report says of them."""
    mapping, origin = _mapping(events, given)
    told = [*notes, *clock.told()]
    if events.unsorted:
        told.append(
            _("{n} events stood before an earlier one of their case; they were put in order.").format(n=events.unsorted)
        )
    repeated, in_cases = events.repeated()
    facts: dict[str, Any] = {
        "cases": len(events.cases),
        "events": len(events),
        "group_changes": len(events.group_changes()),
        "repeated_activities": {"count": repeated, "cases": in_cases},
        "mapping": {"from": origin, "activities": _shown(events, mapping), "yaml": written(mapping)},
    }
    if origin == "proposed":
        told.append(_("The activities were read by a proposed mapping: look at it, and bring it as --mapping FILE."))
    return Imported(log_of(events, mapping), tally.told(), rows, tuple(told), facts)


def _mapping(events: Events, given: Mapping | None) -> tuple[Mapping, str]:
    if given is not None and given.activities:
        return given, "file"
    for name, known in shipped().items():
        if len(events.activities) >= _FITS and set(events.activities) <= set(known.activities):
            return known if given is None else replace(known, zone=given.zone, day_first=given.day_first), name
    return proposed(events.activities, given), "proposed"


def _shown(events: Events, mapping: Mapping) -> list[dict[str, Any]]:
    """Each activity, how often it happened, the sentence it is, why, and an example."""
    counts = [0] * len(events.activities)
    first: dict[int, str] = {}
    for activity, case in zip(events.activity.tolist(), events.case.tolist(), strict=True):
        counts[activity] += 1
        first.setdefault(activity, events.cases[case])
    return [
        {
            "activity": name,
            "events": counts[code],
            "sentence": " ".join(mapping.said(name)[:2]),
            "about": mapping.said(name)[2],
            "why": mapping.why.get(name, "") if name in mapping.activities else _("it is not named"),
            "example": first.get(code),
        }
        for code, name in enumerate(events.activities)
    ]
