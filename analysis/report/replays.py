"""The sessions of a study that are worth watching: the most silent ones of which a replay was kept, for the report.

At most three, of different journeys or conditions, and no more than six megabytes together: a report is a file that
people send to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.comparison import who_is
from analysis.figures import measured, rounded
from analysis.measure import Measured
from analysis.report.tables import condition_or_all
from analysis.sessions import replay as player
from analysis.sessions.picture import picture_of
from studies import replays
from studies.log import Log
from studies.replays import Replay
from studies.troubles import Failed
from studies.words import _, ngettext
from studies.workspace import Workspace

MOST: Final = 3
MOST_BYTES: Final = 6_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The replays that a report shows, the most silent session first, and how many more there are."""

    shown: Mapping[str, Replay]
    others: int = 0
    damaged: int = 0


NONE: Final = Kept({})


def kept(log: Log, sessions: Mapping[str, Any], space: Workspace) -> Kept:
    """Which replays a report of this log shows: one for each journey and condition of robots or people."""
    heard = {s.session: s for s in log.heard() if who_is(s.source) != "load"}
    silent = {
        name: float(row["silent_time"].value or 0)
        for name, row in sessions.items()
        if name in heard and row["silent_time"].state == "value" and (space.pictures / name / replays.NAME).exists()
    }
    shown: dict[str, Replay] = {}
    told: set[tuple[str | None, ...]] = set()
    size = others = damaged = 0
    for name in sorted(silent, key=lambda n: (-silent[n], heard[n].started, n)):
        one = heard[name]
        about = (one.task, one.condition, who_is(one.source))
        if len(shown) == MOST or about in told:
            others += 1
            continue
        try:
            replay = replays.read(space.pictures / name)
        except Failed:
            damaged += 1
            continue
        if replay is None or size + replay.bytes > MOST_BYTES:
            others += 1
            continue
        size += replay.bytes
        told.add(about)
        shown[name] = replay
    return Kept(shown, others, damaged)


def part(kept: Kept, log: Log, measured_log: Measured, title_of: Any) -> dict[str, Any] | None:
    """The report's part in which sessions are watched; None when there is none to watch."""
    if not kept.shown and not kept.damaged:
        return None
    heard = {s.session: s for s in log.heard()}
    shown = []
    for name, replay in kept.shown.items():
        one = heard[name]
        told = (title_of(one.task) if one.task else "", condition_or_all(one.condition))
        title = " · ".join(words for words in told if words) or name
        silent = float(measured_log.sessions[name]["silent_time"].value or 0)
        shown.append(
            {
                "title": title,
                "who": who_is(one.source),
                "silent": _("{seconds} in silent waits").format(seconds=measured(rounded(silent, 1), "s")),
                "height": player.height_of(replay),
                "page": player.page(replay, picture_of(log, name, measured_log.presets), title),
            }
        )
    return {"shown": shown, "notes": _notes(kept)}


def _notes(kept: Kept) -> list[str]:
    notes = []
    if kept.others:
        more = ngettext("{n} more replay is in the workbench.", "{n} more replays are in the workbench.", kept.others)
        notes.append(more.format(n=kept.others))
    if kept.damaged:
        bad = ngettext("{n} replay is damaged and left out.", "{n} replays are damaged and left out.", kept.damaged)
        notes.append(bad.format(n=kept.damaged))
    return notes
