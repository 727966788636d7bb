"""What more participants would bring: a narrower interval, more power, more of the problems seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side, svg
from analysis.charts.palette import INK, QUIET, colour
from analysis.figures import sentence
from analysis.study_plan import names
from studies.words import _

#: line -> the idea whose colour it wears, and its dashes, for whoever does not see the colour
LINES: Final[dict[str, tuple[str, list[int]]]] = {
    "interval": ("wait", [1, 0]),
    "power": ("silence", [6, 3]),
    "problems": ("repeat_question", [2, 2]),
}


def planning(plan: Mapping[str, Any], dark: bool = False, width: int = WIDTH) -> alt.LayerChart:
    """A plan (as JSON): three lines over participants a condition; the planned number stands upright."""
    told = names()
    ends = max(int(one["n"]) for one in plan["curve"])
    rows = pd.DataFrame(
        [
            {"n": one["n"], "share": one[line], "line": line}
            for one in plan["curve"]
            for line in LINES
            if one[line] is not None
        ]
    )
    x = alt.X(
        "n:Q",
        scale=across((0.0, float(ends)), nice=False),
        title=sentence(_("Participants in each condition")),
        axis=alt.Axis(grid=False, tickMinStep=1, format=",.0f"),
    )
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0.0, 1.0], nice=False),
        title=None,
        axis=alt.Axis(orient=side(), tickCount=5, minExtent=45, format=".0%"),
    )
    parts: list[Any] = []
    there = [line for line in LINES if (rows["line"] == line).any()]
    for line in there:
        idea, dashes = LINES[line]
        drawn = alt.Chart(rows[rows["line"] == line])
        parts.append(
            drawn.mark_line(color=colour(idea, dark), strokeWidth=2.2, strokeDash=dashes).encode(
                x=x, y=y, tooltip=[alt.Tooltip("n:Q"), alt.Tooltip("share:Q", format=".1%")]
            )
        )
    planned = pd.DataFrame([{"n": plan["per_condition"], "told": sentence(_("planned"))}])
    upright = alt.Chart(planned)
    parts.append(upright.mark_rule(color=QUIET[dark], strokeWidth=1.4).encode(x=x))
    parts.append(
        upright.mark_text(color=INK[dark], align="right" if mirrored() else "left", dx=-5 if mirrored() else 5)
        .encode(x=x, y=alt.value(150), text="told:N")
    )  # fmt: skip
    labels = pd.DataFrame(_labels(plan, there, ends, told))
    for line in there:
        parts.append(
            alt.Chart(labels[labels["line"] == line])
            .mark_text(color=colour(LINES[line][0], dark), align="left" if mirrored() else "right", dy=-9)
            .encode(x=x, y=y, text="told:N")
        )
    heading = alt.TitleParams(
        text=sentence(_("What more participants would bring")),
        anchor="end" if mirrored() else "start",
        frame="bounds",
    )
    return dressed(alt.layer(*parts).properties(width=width, height=300, title=heading), dark)


def picture(plan: Mapping[str, Any]) -> str:
    """The chart as an SVG file that stands alone."""
    drawn = svg(planning(plan), "planning", sentence(_("What more participants would bring")))
    return drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _labels(plan: Mapping[str, Any], there: list[str], ends: int, told: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each line's name at its own end, moved along it where another's stands in the way."""
    last = plan["curve"][-1]
    taken: list[float] = []
    rows = []
    for line in there:
        share = float(last[line])
        while any(abs(share - other) < 0.07 for other in taken):
            share -= 0.08
        taken.append(share)
        rows.append({"n": float(ends), "share": max(share, 0.02), "line": line, "told": sentence(told[line])})
    return rows
