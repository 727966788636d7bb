"""How many citizens an hour a service serves, and from how many at once on more of them do not help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side, svg
from analysis.charts.palette import INK, LINE, QUIET, colour
from analysis.figures import sentence
from studies.words import _

HOUR = 3600.0


def capacity(found: Mapping[str, Any], dark: bool = False, width: int = WIDTH) -> alt.LayerChart:
    """A capacity (as JSON): what was measured at each level, the law with its interval, the knee and the peak.

    The range that was measured is shaded; beyond it the law is dashed, and ends where nothing may be said any more.
    Without a fit (too few levels) there are the levels alone.
    """
    levels = pd.DataFrame(
        [{"citizens": one["citizens"], "hourly": HOUR * one["throughput"]} for one in found["levels"]]
        or [{"citizens": 0.0, "hourly": 0.0}]
    )
    curve = pd.DataFrame(
        [
            {"citizens": one["citizens"], "hourly": HOUR * one["throughput"]}
            | {"low": HOUR * one["ci_low"], "high": HOUR * one["ci_high"]}
            for one in found["curve"]
        ],
        columns=["citizens", "hourly", "low", "high"],
    )
    measured = float(found["measured_to"] or levels["citizens"].max())
    last = max(float(found["said_to"] or measured), measured) if len(curve) else measured
    top = 1.08 * max(float(levels["hourly"].max()), float(curve["high"].max()) if len(curve) else 0.0, 1.0)
    x = alt.X(
        "citizens:Q",
        scale=across((0.0, max(last, 1.0)), nice=False),
        title=sentence(_("Citizens at once")),
        axis=alt.Axis(grid=False, tickMinStep=1, format=",.0f"),
    )
    y = alt.Y(
        "hourly:Q",
        scale=alt.Scale(domain=[0.0, top], nice=False),
        title=None,
        axis=alt.Axis(orient=side(), tickCount=5, minExtent=45, format=",.0f"),
    )
    shade = pd.DataFrame([{"citizens": 0.0, "end": measured}])
    parts: list[Any] = [alt.Chart(shade).mark_rect(color=LINE[dark], opacity=0.35).encode(x=x, x2="end:Q")]
    ink = colour("wait", dark)
    if len(curve):
        law = alt.Chart(curve)
        parts.append(
            law.mark_area(color=ink, opacity=0.25).encode(
                x=x, y=alt.Y("low:Q", scale=alt.Scale(domain=[0.0, top], nice=False)), y2="high:Q"
            )
        )
        within, beyond = curve[curve["citizens"] <= measured], curve[curve["citizens"] >= measured]
        parts.append(alt.Chart(within).mark_line(color=ink, strokeWidth=2.2).encode(x=x, y=y))
        parts.append(alt.Chart(beyond).mark_line(color=ink, strokeWidth=2.2, strokeDash=[5, 4]).encode(x=x, y=y))
    if found["knee"]:
        parts += _knee(found, x, y, dark)
    if found["peak"]:
        parts += _mark(found["peak"], _("Peak"), colour("refusal", dark), top, x, dark)
    points = alt.Chart(levels).mark_point(color=INK[dark], filled=True, size=55, opacity=1)
    parts.append(points.encode(x=x, y=y, tooltip=[alt.Tooltip("citizens:Q"), alt.Tooltip("hourly:Q", format=",.0f")]))
    heading = alt.TitleParams(
        text=sentence(_("Citizens served an hour")), anchor="end" if mirrored() else "start", frame="bounds"
    )
    return dressed(alt.layer(*parts).properties(width=width, height=300, title=heading), dark)


def picture(found: Mapping[str, Any]) -> str:
    """The chart as an SVG file that stands alone."""
    drawn = svg(capacity(found), "capacity", sentence(_("Citizens served an hour")))
    return drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _knee(found: Mapping[str, Any], x: Any, y: Any, dark: bool) -> list[Any]:
    """The line of light load up to the plateau, the plateau, and where they meet."""
    knee, plateau = found["knee"]["value"], found["citizens_per_hour"]["value"]
    corner = pd.DataFrame(
        [
            {"citizens": 0.0, "hourly": 0.0},
            {"citizens": knee, "hourly": plateau},
            {"citizens": max(knee, min(float(found["measured_to"]), float(found["said_to"]))), "hourly": plateau},
        ]
    )
    bent = alt.Chart(corner).mark_line(color=QUIET[dark], strokeWidth=1.2, strokeDash=[2, 3]).encode(x=x, y=y)
    return [bent, *_mark(found["knee"], _("Knee"), colour("silence", dark), plateau, x, dark)]


def _mark(figure: Mapping[str, float], name: str, ink: str, top: float, x: Any, dark: bool) -> list[Any]:
    """A figure on the horizontal axis, with its interval and its name."""
    low, high = figure["ci_low"], figure["ci_high"]
    n, since, till = (f"{one:.1f}" if high < 20 else f"{one:.0f}" for one in (figure["value"], low, high))
    told = _("{name}: {n} ({low} to {high})").format(name=name, n=n, low=since, high=till)
    rows = pd.DataFrame(
        [{"citizens": figure["value"], "low": low, "high": high, "hourly": top, "told": sentence(told)}]
    )
    base = alt.Chart(rows)
    from_axis = alt.Y("hourly:Q")
    return [
        base.mark_rule(color=ink, strokeWidth=1.6).encode(x=x, y=from_axis, y2=alt.datum(0.0)),
        base.mark_rule(color=ink, strokeWidth=5, opacity=0.6).encode(x=alt.X("low:Q"), x2="high:Q", y=alt.datum(0.0)),
        base.mark_text(color=INK[dark], dy=14, dx=-8 if mirrored() else 8, align="right" if mirrored() else "left")
        .encode(x=x, y=from_axis, text="told:N"),
    ]  # fmt: skip
