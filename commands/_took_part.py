"""What a participant's tasks came to, as a moderator and a program read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from analysis.measure import VALUE, Result, measure
from studies import archive
from studies.events import FURTHER, Session
from studies.log import Log
from studies.measuring.outcomes import outcome_name
from studies.store.assignments import Assignment
from studies.words import _
from studies.workspace import Workspace

#: what is told of each task besides how it ended
METRICS = ("steps", "needless_steps", "lostness", "repeat_questions", "silent_time", "time_on_task")
#: what goes by the clock, which stands still between two sittings
TIMED: Final = ("silent_time", "time_on_task")
#: a participant who came back later went on in a further sitting of the same session: visit, visit~2, …
_SITTING: Final = re.compile(FURTHER)


def tasks_told(those: list[Assignment], study: str, space: Workspace) -> list[dict[str, Any]]:
    """Each task with what it was measured to be; of one that is not in the log, how far it is."""
    log = archive.read(study, space) if study in archive.studies_in(space) else None
    measured = _measured(log, {one.session for one in those}) if log is not None else {}
    found = []
    for one in those:
        told: dict[str, Any] = {
            "place": one.place, "task": one.told["task"], "condition": one.condition, "session": one.session,
            "state": one.state,
        }  # fmt: skip
        if (row := measured.get(one.session)) is not None:
            told |= {"success": row["success"].json(), "outcome": row["outcome"].json()}
            told |= {"shortest_path": one.told["journey"].get("shortest_path")}
            told |= {name: row[name].json() for name in METRICS}
        found.append(told)
    return found


def _measured(log: Log, wanted: set[str]) -> dict[str, dict[str, Result]]:
    """What these sessions were measured to be, each over all its sittings.

    The way is one, whoever paused on it: a later sitting tells neither the shortest path nor the pages needed again.
    """
    sittings: dict[str, list[str]] = {}
    for name in log.sessions["session"].to_pylist():
        if (session := _SITTING.sub("", name)) in wanted:
            sittings.setdefault(session, []).append(name)
    if not sittings:
        return {}
    mine = log.only(name for names in sittings.values() for name in names)
    apart, whole = measure(mine).sessions, measure(_joined(mine)).sessions
    return {
        session: {**whole[session], **{one: _added(one, whole[session], [apart[n] for n in names]) for one in TIMED}}
        for session, names in sittings.items()
    }


def _joined(log: Log) -> Log:
    """The same with each session's sittings as one; heard is what could be heard in all of them."""
    rows: dict[str, Session] = {}
    for row in sorted(log.heard(), key=lambda one: one.started):
        name = _SITTING.sub("", row.session)
        first = rows.get(name)
        rows[name] = (
            replace(first, ended=row.ended, hears=first.hears & row.hears) if first else replace(row, session=name)
        )
    return Log.of([replace(one, session=_SITTING.sub("", one.session)) for one in log.said()], rows.values())


def _added(metric: str, whole: Mapping[str, Result], parts: Sequence[Mapping[str, Result]]) -> Result:
    """Seconds of each sitting, added up; as the whole says where it has none."""
    values = [float(part[metric].value or 0.0) for part in parts if part[metric].state == VALUE]
    return Result(VALUE, sum(values)) if values and whole[metric].state == VALUE else whole[metric]


def told(tasks: list[dict[str, Any]]) -> list[str]:
    """The same, a line a task."""
    lines = []
    for one in tasks:
        line = _("{place}. {task} ({condition})").format(**one)
        if "success" not in one:
            lines.append(f"{line}: " + (_("not begun") if one["state"] == "waiting" else _("not in the log yet")))
            continue
        lines.append(
            _("{what}: {how}; steps {steps}, shortest path {shortest}, lostness {lostness}, repeat questions {asked}")
            .format(
                what=line, how=success_name(one["success"]), steps=_shown(one["steps"]),
                shortest=one["shortest_path"] if one["shortest_path"] is not None else "–",
                lostness=_shown(one["lostness"]), asked=_shown(one["repeat_questions"]),
            )
        )  # fmt: skip
    return lines


def success_name(result: dict[str, Any]) -> str:
    """How a task ended, in words."""
    return outcome_name(result["value"]) if result["state"] == VALUE else _(result["state"])


def _shown(result: dict[str, Any]) -> str:
    if result["state"] != Result(VALUE).state:
        return _(result["state"])
    return f"{result['value']:.2f}".rstrip("0").rstrip(".")
