"""The report's one session, moment by moment, and the visual language in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow.compute as pc

from analysis import charts, figures
from analysis.charts import palette
from analysis.comparison import who_is
from analysis.measure import Measured
from analysis.report import tables
from studies import script
from studies.log import Log
from studies.words import _, direction


def moment_by_moment(log: Log, measured: Measured, title_of: Callable[[str], str]) -> dict[str, Any] | None:
    """The session that was silent for longest, people's or a robot's (each is labelled), never a load citizen's."""
    heard = {s.session: s for s in log.heard() if who_is(s.source) != "load"}
    silent = {
        name: float(row["silent_time"].value or 0)
        for name, row in measured.sessions.items()
        if name in heard and row["silent_time"].state == "value"
    }
    said = set(pc.unique(log.sentences["session"]).to_pylist())
    listed = sorted(silent.keys() & said, key=lambda name: (-silent[name], heard[name].started, name))
    if not listed:
        return None
    session = heard[listed[0]]
    told = (title_of(session.task) if session.task else "", tables.condition_or_all(session.condition))
    title = " · ".join(part for part in told if part)
    chart = charts.timeline(log, session.session, measured.presets)
    return {
        "title": title,
        "who": who_is(session.source),
        "why": _("Of all sessions this one was silent for longest: {seconds} in silent waits.").format(
            seconds=figures.measured(figures.rounded(silent[session.session], 1), "s")
        ),
        "chart": charts.svg(chart, "timeline", title),
        "script": script.render(log.only([session.session])),
    }


def legend() -> list[dict[str, Any]]:
    """The visual language in words: each idea's shape and colour."""
    names = {
        "step": _("the citizen does something"),
        "ask": _("the citizen asks"),
        "wait": _("wait"),
        "sign": _("wait with a sign that someone is at work"),
        "silence": _("silence (thin: shorter than its threshold)"),
        "question": _("question"),
        "answer": _("answer"),
        "refusal": _("refusal"),
        "repeat_question": _("question asked again"),
        "hand_off": _("hand-off to another office"),
        "note": _("an observer's remark"),
    }
    return [{"picture": _symbol(idea), "name": name} for idea, name in names.items()]


def _symbol(idea: str) -> str:
    if idea == "sign":
        pale, strokes = palette.colour("wait"), "".join(f"M{x},-.7V.7" for x in (-0.8, -0.4, 0, 0.4, 0.8))
        inside = f'<path d="M-1,-.7H1V.7H-1Z" fill="{pale}" opacity=".55"/>'
        inside += f'<path d="{strokes}" stroke="{palette.QUIET[False]}" stroke-width=".16"/>'
    elif idea == "note":
        inside = f'<path d="{palette.FLAG}" fill="{palette.INK[False]}"/>'
    elif idea == "ask":
        ink = palette.colour("step")
        inside = f'<path d="{palette.CIRCLE}" fill="#fff" stroke="{ink}" stroke-width=".4"/>'
    else:
        inside = f'<path d="{palette.shape(idea, direction() == "rtl")}" fill="{palette.colour(idea)}"/>'
    return f'<svg viewBox="-1.2 -1.2 2.4 2.4" aria-hidden="true">{inside}</svg>'
