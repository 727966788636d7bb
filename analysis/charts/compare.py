"""As it is against redesigned, and what people said of it: values with their intervals side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import GROUND, INK, LINE, QUIET
from analysis.comparison import Comparison, Estimate
from analysis.figures import bare, measured, rounded, sentence
from studies.words import _

#: pixels kept for the names of metrics, so that panels stand under each other
NAMES: Final = 130


def compared(rows: Sequence[Comparison], dark: bool = False, width: int = WIDTH) -> alt.VConcatChart:
    """Each metric's value as it is (hollow) and redesigned (full), with intervals; one panel a unit."""
    shown = [row for row in rows if _values(row)]
    titles = {"s": sentence(_("seconds")), "": sentence(_("how many"))}  # counts of different things share a scale
    kinds = {kind: [row for row in shown if (row.unit == "s") == (kind == "s")] for kind in titles}
    panels = [_panel(mine, titles[kind], kind != "s", dark, width) for kind, mine in kinds.items() if mine]
    return dressed(alt.vconcat(_legend(dark, width), *panels, spacing=14), dark)


def _values(row: Comparison) -> bool:
    return row.as_is.value is not None or row.redesigned.value is not None


def _panel(rows: Sequence[Comparison], title: str, whole: bool, dark: bool, width: int) -> Any:
    data = pd.DataFrame(
        [
            {
                "metric": sentence(row.title),
                "condition": name,
                "value": one.value,
                "low": one.value if one.low is None else one.low,
                "high": one.value if one.high is None else one.high,
                "n": one.n,
            }
            for row in rows
            for name, one in (("as_is", row.as_is), ("redesigned", row.redesigned))
            if one.value is not None
        ]
    )
    order = [sentence(row.title) for row in rows]
    most = float(data["high"].max())
    x = alt.X(
        "value:Q",
        scale=across((0.0, most * 1.04 if most > 0 else 1.0), nice=False),
        title=title,
        axis=alt.Axis(tickCount=6, tickMinStep=1 if whole else 0.1, format=",.0f" if whole or most >= 10 else "~g"),
    )
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=12, minExtent=NAMES)
    y = alt.Y("metric:N", sort=order, title=None, axis=axis)
    sure = bool((data["low"] < data["high"]).any())
    base = alt.Chart(data).encode(y=y)
    points = base.mark_point(size=95, strokeWidth=2, opacity=1, stroke=INK[dark]).encode(
        x=x, fill=_fill(dark), tooltip=[alt.Tooltip("value:Q", title=_("Value")), alt.Tooltip("n:Q", title="n")]
    )
    if not sure:
        between = base.mark_line(color=LINE[dark], strokeWidth=3).encode(x=x, detail="metric:N")
        return alt.layer(between, points).properties(width=width, height=max(46, 30 * len(rows)))
    # Two intervals on one line would read as one: as it is stands above redesigned.
    apart = alt.YOffset("condition:N", sort=["as_is", "redesigned"], scale=alt.Scale(paddingOuter=0.35))
    reach = base.mark_rule(color=QUIET[dark], strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high", yOffset=apart)
    layers = alt.layer(reach, points.encode(yOffset=apart))
    return layers.properties(width=width, height=max(60, 42 * len(rows)))


def by_journey(rows: Sequence[tuple[str, Comparison]], dark: bool = False, width: int = WIDTH) -> alt.VConcatChart:
    """One metric of several journeys, as it is (hollow) and redesigned (full): which journey changed most."""
    named = [replace(row, title=name) for name, row in rows]
    unit = sentence(_("seconds")) if named[0].unit == "s" else sentence(_("how many"))
    return dressed(alt.vconcat(_legend(dark, width), _panel(named, unit, named[0].unit != "s", dark, width)), dark)


def _fill(dark: bool, column: str = "condition") -> alt.Fill:
    scale = alt.Scale(domain=["as_is", "redesigned"], range=[GROUND[dark], INK[dark]])
    return alt.Fill(f"{column}:N", scale=scale, legend=None)


def _legend(dark: bool, width: int) -> Any:
    """Hollow is as it is, full is redesigned: said in words above the panels."""
    names = [("as_is", _("as it is")), ("redesigned", _("redesigned"))]
    data = pd.DataFrame(
        [{"x": 8 + 130 * i, "condition": c, "name": sentence(name)} for i, (c, name) in enumerate(names)]
    )
    x = alt.X("x:Q", scale=across((0.0, float(width))), axis=None)
    points = (
        alt.Chart(data).mark_point(size=95, strokeWidth=2, opacity=1, stroke=INK[dark]).encode(x=x, fill=_fill(dark))
    )
    words = alt.Chart(data).mark_text(
        align="right" if mirrored() else "left", dx=-12 if mirrored() else 12, color=INK[dark]
    )
    return alt.layer(points, words.encode(x=x, text="name:N")).properties(width=width, height=16)


def satisfaction(
    scores: Sequence[tuple[str, Estimate]],
    title: str,
    ends: tuple[float, float],
    usual: float | None = None,
    dark: bool = False,
    width: int = WIDTH,
) -> alt.LayerChart:
    """The score of each condition with its interval on the instrument's scale, beside the mean of published studies."""
    rows: list[dict[str, Any]] = [
        {
            "name": sentence(name),
            "value": one.value,
            "low": one.value if one.low is None else max(ends[0], one.low),
            "high": one.value if one.high is None else min(ends[1], one.high),
            "kind": "redesigned" if i == len(scores) - 1 and len(scores) > 1 else "as_is",
            "text": measured(rounded(one.value, 1 if ends[1] - ends[0] >= 50 else 2), ""),
        }
        for i, (name, one) in enumerate(scores)
        if one.value is not None
    ]
    data = pd.DataFrame(rows)
    x: Any = alt.X(
        "value:Q",
        scale=across(ends, nice=False),
        title=sentence(title),
        axis=alt.Axis(tickCount=5),
    )
    y = alt.Y("name:N", sort=[r["name"] for r in rows], title=None)
    y = y.axis(alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=12, minExtent=NAMES))
    base = alt.Chart(data).encode(y=y)
    reach = base.mark_rule(color=QUIET[dark], strokeWidth=2.5).encode(x=alt.X("low:Q"), x2="high")
    points = base.mark_point(size=140, strokeWidth=2, opacity=1, stroke=INK[dark]).encode(
        x=x,
        fill=alt.Fill(
            "kind:N", scale=alt.Scale(domain=["as_is", "redesigned"], range=[GROUND[dark], INK[dark]]), legend=None
        ),
    )
    words = base.mark_text(dy=-15, fontWeight="bold", color=INK[dark]).encode(x=x, text="text:N")
    layers = [reach, points, words]
    if usual is not None:
        layers = [*_published(usual, x, dark), *layers]
    return dressed(alt.layer(*layers).properties(width=width, height=62 * max(1, len(rows))), dark)


def _published(usual: float, x: Any, dark: bool) -> list[alt.Chart]:
    """A line where the mean of published studies lies, and what it is."""
    said = sentence(_("mean of published studies: {n}").format(n=bare(usual)))
    told = pd.DataFrame([{"value": usual, "text": said}])
    line = alt.Chart(told).mark_rule(color=QUIET[dark], strokeDash=[4, 4]).encode(x=x)
    note = (
        alt.Chart(told)
        .mark_text(baseline="bottom", dy=-4, color=QUIET[dark])
        .encode(x=x, y=alt.value(0), text="text:N")
    )
    return [line, note]
