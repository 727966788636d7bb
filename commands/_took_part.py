"""What a participant's tasks came to, as a moderator and a program read it."""

from __future__ import annotations

from typing import Any

from analysis.measure import VALUE, Measured, Result, measure
from studies import archive
from studies.store.assignments import Assignment
from studies.words import N_, _
from studies.workspace import Workspace

#: what is told of each task besides how it ended
METRICS = ("steps", "needless_steps", "lostness", "repeat_questions", "silent_time", "time_on_task")
#: how a task is said to have ended
SUCCESS = {
    "direct": N_("direct success"),
    "indirect": N_("indirect success"),
    "gave_up": N_("gave up"),
    "not_eligible": N_("not eligible"),
    "failed": N_("failed: they thought that it was done"),
    "open": N_("still open"),
    "broken": N_("the lab broke"),
}


def tasks_told(those: list[Assignment], study: str, space: Workspace) -> list[dict[str, Any]]:
    """Each task with what it was measured to be; of one that is not in the log, how far it is."""
    log = archive.read(study, space) if study in archive.studies_in(space) else None
    there = {row.session for row in log.heard()} if log is not None else set()
    mine = {one.session for one in those}
    measured: Measured | None = measure(log.only(there & mine)) if log is not None and there & mine else None
    found = []
    for one in those:
        told: dict[str, Any] = {
            "place": one.place, "task": one.told["task"], "condition": one.condition, "session": one.session,
            "state": one.state,
        }  # fmt: skip
        row = measured.sessions.get(one.session) if measured else None
        if row is not None:
            told |= {"success": row["success"].json(), "outcome": row["outcome"].json()}
            told |= {"shortest_path": one.told["journey"].get("shortest_path")}
            told |= {name: row[name].json() for name in METRICS}
        found.append(told)
    return found


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
    return _(SUCCESS[result["value"]]) if result["state"] == VALUE else _(result["state"])


def _shown(result: dict[str, Any]) -> str:
    if result["state"] != Result(VALUE).state:
        return _(result["state"])
    return f"{result['value']:.2f}".rstrip("0").rstrip(".")
