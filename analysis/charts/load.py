"""How the service bears it when everyone comes at once: over the time of the load, and against how many there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import INK, QUIET, colour
from analysis.figures import sentence
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


def silence_against_citizens(
    against: Sequence[Mapping[str, Any]], threshold: float | None = None, dark: bool = False, width: int = WIDTH
) -> alt.VConcatChart:
    """From how many citizens on people wait in silence, and give up: the picture that a capacity is argued with.

    One above the other, against the citizens under way: the share of journeys that came through (of all load citizens),
    the share of waits that were silent and the silences that 95 % did not exceed (both as a browser heard them).
    """
    data = pd.DataFrame([dict(row) for row in against]).sort_values("citizens")
    data["completed"] = 100 * data["completion"].astype(float)
    data["silent"] = 100 * data["silent_share"].astype(float)
    most = float(data["citizens"].max()) if len(data) else 1.0
    panels = [
        _against(data, "completed", _("Journeys that came through (%)"), most, INK[dark], 90, width, top=100.0),
        _against(data, "silent", _("Waits that were silent (%)"), most, colour("silence", dark), 110, width, top=100.0),
        _against(
            data, "silent_p95", _("Silence: 95 % were shorter (s)"), most, colour("silence", dark), 110, width,
            mark=threshold, axis=True,
        ),
    ]  # fmt: skip
    return dressed(alt.vconcat(*panels, spacing=12), dark)


def _against(
    data: pd.DataFrame,
    column: str,
    title: str,
    most: float,
    ink: str,
    height: int,
    width: int,
    *,
    top: float | None = None,
    mark: float | None = None,
    axis: bool = False,
) -> Any:
    words = sentence(_("Citizens under way at once")) if axis else None
    x = alt.X("citizens:Q", scale=across((0.0, most * 1.05), nice=False), title=words)
    x = x.axis(alt.Axis(grid=False, labels=axis, ticks=axis, title=words, tickCount=10, format=",.0f"))
    scale = alt.Scale(domain=[0, top]) if top else alt.Scale(zero=True)
    y = alt.Y(f"{column}:Q", title=None, axis=alt.Axis(orient=side(), tickCount=3, minExtent=45), scale=scale)
    # Where nobody was heard, nothing is drawn; the line goes on to where somebody was.
    told = data.dropna(subset=[column])
    base = alt.Chart(told).encode(x=x, y=y, tooltip=[alt.Tooltip("citizens:Q"), alt.Tooltip(f"{column}:Q")])
    parts = [base.mark_line(color=ink, strokeWidth=2.2, point=alt.OverlayMarkDef(color=ink, size=36))]
    if mark is not None:
        rule = alt.Chart(pd.DataFrame([{column: mark}])).mark_rule(color=ink, strokeDash=[4, 4], opacity=0.7)
        parts.append(rule.encode(y=alt.Y(f"{column}:Q")))
    heading = alt.TitleParams(text=sentence(title), anchor="end" if mirrored() else "start", frame="bounds")
    return alt.layer(*parts).properties(width=width, height=height, title=heading)


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
