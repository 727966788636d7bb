"""Load tests side by side: each measure of each run with its interval, one panel a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import GROUND, INK, QUIET, colour
from analysis.figures import sentence
from studies.words import _

#: Runs have no colour of their own: the first is hollow, the others full, each with an outline of its own.
OUTLINES = ("circle", "circle", "square", "diamond", "triangle-up", "triangle-down", "cross")

#: A share is drawn in hundredths, a pace as so many an hour.
TIMES = {"share": 100.0, "seconds": 1.0, "a second": 3600.0}

NAMES = 350  # px for a step and what is measured there


class Measured(TypedDict):
    """One measure of one run, as it is drawn; `matters` is `better`, `worse`, or nothing."""

    measure: str
    unit: str
    run: str
    value: float
    low: float | None
    high: float | None
    matters: str


def runs(rows: Sequence[Measured], dark: bool = False, width: int = WIDTH) -> alt.VConcatChart:
    """Every measure with its interval; what is worse than in the first run, and matters, has the colour of a refusal.

    What is better has that of an answer.
    """
    names = list(dict.fromkeys(row["run"] for row in rows))
    titles = {"share": _("share (%)"), "seconds": _("seconds"), "a second": _("journeys an hour")}
    panels = [_legend(names, dark, width)]
    for unit, title in titles.items():
        if mine := [row for row in rows if row["unit"] == unit]:
            panels.append(_panel(mine, names, sentence(title), TIMES[unit], dark, width))
    return dressed(alt.vconcat(*panels, spacing=12), dark)


def _panel(rows: Sequence[Measured], names: list[str], title: str, times: float, dark: bool, width: int) -> Any:
    data = pd.DataFrame(
        [
            {
                "measure": sentence(row["measure"]),
                "run": row["run"],
                "value": times * row["value"],
                "low": times * (row["value"] if row["low"] is None else row["low"]),
                "high": times * (row["value"] if row["high"] is None else row["high"]),
                "ink": row["matters"] or "none",
            }
            for row in rows
        ]
    )
    order = list(dict.fromkeys(data["measure"]))
    most = 1.04 * max(float(data["high"].max()), 1e-3)
    x = alt.X("value:Q", scale=across((0.0, most), nice=False), title=title, axis=alt.Axis(tickCount=6))
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=10, minExtent=NAMES, labelLimit=NAMES)
    y = alt.Y("measure:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    apart = alt.YOffset("run:N", sort=names, scale=alt.Scale(domain=names, paddingOuter=0.3))
    base = alt.Chart(data).encode(y=y, yOffset=apart)
    inks = alt.Scale(
        domain=["none", "better", "worse"], range=[QUIET[dark], colour("answer", dark), colour("refusal", dark)]
    )
    reach = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q"), x2="high:Q", color=alt.Color("ink:N", scale=inks, legend=None)
    )
    tips = [alt.Tooltip("measure:N"), alt.Tooltip("run:N"), alt.Tooltip("value:Q", format=".4~g")]
    points = base.mark_point(size=70, strokeWidth=1.8, opacity=1, stroke=INK[dark]).encode(
        x=x, shape=_shapes(names), fill=_fill(names, dark), tooltip=tips
    )
    return alt.layer(reach, points).properties(width=width, height=max(46, 15 * len(order) * len(names) + 12))


def _shapes(names: list[str]) -> alt.Shape:
    outlines = [OUTLINES[number % len(OUTLINES)] for number in range(len(names))]
    return alt.Shape("run:N", scale=alt.Scale(domain=names, range=outlines), legend=None)


def _fill(names: list[str], dark: bool) -> alt.Fill:
    fills = [GROUND[dark], *([INK[dark]] * (len(names) - 1))]
    return alt.Fill("run:N", scale=alt.Scale(domain=names, range=fills), legend=None)


def _legend(names: list[str], dark: bool, width: int) -> Any:
    data = pd.DataFrame([{"x": 8 + 100 * i, "run": name, "name": sentence(name)} for i, name in enumerate(names)])
    x = alt.X("x:Q", scale=across((0.0, float(width))), axis=None)
    points = alt.Chart(data).mark_point(size=70, strokeWidth=1.8, opacity=1, stroke=INK[dark])
    words = alt.Chart(data).mark_text(
        align="right" if mirrored() else "left", dx=-12 if mirrored() else 12, color=INK[dark]
    )
    drawn = points.encode(x=x, shape=_shapes(names), fill=_fill(names, dark))
    return alt.layer(drawn, words.encode(x=x, text="name:N")).properties(width=width, height=16)
