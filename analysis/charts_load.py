"""How the service bears it when everyone comes at once: citizens, journeys done and slow waits over the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from analysis.charts_dress import WIDTH, across, dressed, mirrored, side
from analysis.figures import sentence
from analysis.palette import INK, QUIET, colour
from studies.words import _


def load_curve(
    curve: Sequence[Mapping[str, Any]], threshold: float | None = None, dark: bool = False, width: int = WIDTH
) -> alt.VConcatChart:
    """Moment by moment: citizens under way, journeys done a second, and what 95 % of the waits did not exceed."""
    data = pd.DataFrame([dict(moment) for moment in curve])
    last = float(data["t"].max()) if len(data) else 1.0
    slow = _("Slow waits: 95 % were shorter (s)")
    panels = [
        _panel(data, "citizens", _("Citizens at once"), last, QUIET[dark], 60, width, area=True),
        _panel(data, "journeys_per_second", _("Journeys done per second"), last, INK[dark], 80, width),
        _panel(data, "p95", slow, last, colour("wait", dark), 100, width, mark=threshold, axis=True),
    ]
    return dressed(alt.vconcat(*panels, spacing=12), dark)


def _panel(
    data: pd.DataFrame,
    column: str,
    title: str,
    last: float,
    ink: str,
    height: int,
    width: int,
    *,
    area: bool = False,
    mark: float | None = None,
    axis: bool = False,
) -> Any:
    words = sentence(_("Time since the load began (s)")) if axis else None
    x = alt.X("t:Q", scale=across((0.0, max(last, 1e-3)), nice=False), title=words)
    x = x.axis(alt.Axis(grid=False, labels=axis, ticks=axis, title=words, tickMinStep=1, tickCount=10, format=",.0f"))
    y = alt.Y(
        f"{column}:Q", title=None, axis=alt.Axis(orient=side(), tickCount=3, minExtent=45), scale=alt.Scale(zero=True)
    )
    # A second in which no wait ended has no slowest one: the line goes on to the next.
    told = data.dropna(subset=[column]) if column in data else data
    base = alt.Chart(told).encode(x=x, y=y, tooltip=[alt.Tooltip("t:Q"), alt.Tooltip(f"{column}:Q")])
    drawn = (
        base.mark_area(color=ink, opacity=0.22, line={"color": ink, "strokeWidth": 1.5})
        if area
        else (base.mark_line(color=ink, strokeWidth=2.2, point=alt.OverlayMarkDef(color=ink, size=18)))
    )
    parts = [drawn]
    if mark is not None:
        parts.append(
            alt.Chart(pd.DataFrame([{column: mark}]))
            .mark_rule(color=colour("silence"), strokeDash=[4, 4], opacity=0.7)
            .encode(y=alt.Y(f"{column}:Q"))
        )
    heading = alt.TitleParams(text=sentence(title), anchor="end" if mirrored() else "start", frame="bounds")
    return alt.layer(*parts).properties(width=width, height=height, title=heading)
