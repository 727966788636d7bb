"""One load test drawn: its shape before it runs, how it goes, and where citizens wait and hear nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import INK, QUIET, colour
from analysis.figures import sentence
from studies.words import _

#: As many steps as this are drawn; a journey has few.
MOST: int = 24
NAMES: int = 200  # px for what steps are called


def shape(
    points: Sequence[Mapping[str, float]],
    arrivals: bool,
    ceiling: float | None = None,
    dark: bool = False,
    width: int = WIDTH,
) -> alt.LayerChart:
    """How many there are to be at each moment (`t`, `height`), and the most that was agreed to, where that is less."""
    data = pd.DataFrame([dict(point) for point in points], columns=["t", "height"])
    most = float(data["height"].max()) if len(data) else 1.0
    title = _("Citizens who arrive a second") if arrivals else _("Citizens at once")
    x = _time(data, True)
    top = 1.12 * max(most, ceiling or 0.0, 1e-9)
    y = alt.Y(
        "height:Q",
        title=None,
        scale=alt.Scale(domain=[0.0, top], nice=False),
        axis=alt.Axis(orient=side(), tickCount=4, minExtent=45),
    )
    drawn = alt.Chart(data).mark_area(
        color=QUIET[dark], opacity=0.22, interpolate="step-after", line={"color": QUIET[dark], "strokeWidth": 1.8}
    )
    tips = [alt.Tooltip("t:Q", format=".0f"), alt.Tooltip("height:Q", format=".4~g")]
    parts: list[Any] = [drawn.encode(x=x, y=y, tooltip=tips)]
    if ceiling is not None:
        told = sentence(_("Agreed to: {n} at most").format(n=f"{ceiling:g}"))
        agreed = pd.DataFrame([{"height": ceiling, "told": told, "t": float(data["t"].max()) if len(data) else 1.0}])
        rule = alt.Chart(agreed)
        ink = colour("refusal", dark)
        parts.append(rule.mark_rule(color=ink, strokeDash=[5, 4], strokeWidth=1.6).encode(y=alt.Y("height:Q")))
        words = rule.mark_text(color=INK[dark], dy=-8, align="left" if mirrored() else "right")
        parts.append(words.encode(x=alt.X("t:Q"), y=alt.Y("height:Q"), text="told:N"))
    return dressed(alt.layer(*parts).properties(width=width, height=150, title=_heading(title)), dark)


def going(
    moments: Sequence[Mapping[str, Any]], threshold: float | None = None, dark: bool = False, width: int = WIDTH
) -> alt.VConcatChart:
    """A load while it goes: citizens, journeys done a second, the share that comes through, slow answers, failures."""
    columns = ["t", "citizens", "journeys_per_second", "completion", "p95", "came_to_nothing"]
    data = pd.DataFrame([dict(one) for one in moments], columns=columns)
    data["through"] = 100 * data["completion"].astype(float)
    slow, ink = _("Slow answers: 95 % were faster (s)"), INK[dark]
    through = _("Journeys that came through (%)")
    panels = [
        _line(data, "citizens", _("Citizens at once"), QUIET[dark], 50, width, area=True),
        _line(data, "journeys_per_second", _("Journeys done per second"), ink, 70, width),
        _line(data, "through", through, colour("answer", dark), 60, width, top=100.0),
        _line(data, "p95", slow, colour("wait", dark), 80, width, mark=threshold, dark=dark),
        _bars(data, "came_to_nothing", _("Journeys that came to nothing"), colour("refusal", dark), 50, width),
    ]
    return dressed(alt.vconcat(*panels, spacing=10), dark)


def steps(
    rows: Sequence[Mapping[str, Any]], threshold: float | None = None, dark: bool = False, width: int = WIDTH
) -> alt.VConcatChart:
    """Each step's slow wait (thin) and longest silence (thick, where a browser heard it), in the journey's order."""
    shown = [{**row, "step": sentence(row["step"])} for row in rows][:MOST]
    data = pd.DataFrame([dict(row) for row in shown], columns=["step", "slow", "silence"])
    waits = data.assign(kind="wait", seconds=data["slow"].astype(float))
    silences = data.assign(kind="silence", seconds=data["silence"].astype(float))
    told = pd.concat([waits, silences]).dropna(subset=["seconds"])
    longest = float(told["seconds"].max()) if len(told) else 1.0
    last = 1.05 * max(longest, threshold or 0.0, 1e-3)
    words = sentence(_("seconds"))
    x = alt.X("seconds:Q", scale=across((0.0, last), nice=False), title=words, axis=alt.Axis(tickCount=8))
    order = [row["step"] for row in shown]
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=10, minExtent=NAMES, labelLimit=NAMES)
    y = alt.Y("step:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    tips = [alt.Tooltip("step:N"), alt.Tooltip("seconds:Q", format=".3g")]
    parts: list[Any] = []
    # The silence lies in the wait: the thick bar is drawn upon the thin one.
    for kind, size in (("silence", 13), ("wait", 5)):
        of_kind = alt.Chart(told[told["kind"] == kind])
        opacity = 0.95 if kind == "wait" else 0.85
        bar = of_kind.mark_bar(aria=False, size=size, color=colour(kind, dark), opacity=opacity)  # the table says it
        parts.append(bar.encode(x=x, y=y, tooltip=tips))
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame([{"seconds": threshold}]))
        ink = colour("silence", dark)
        parts.append(rule.mark_rule(color=ink, strokeDash=[4, 4], opacity=0.7).encode(x=alt.X("seconds:Q")))
    heading = _heading(_("Where citizens wait: 95 % waited less"))
    inner = max(200, width - NAMES + 20)  # the names of the steps take their room from the bars
    bars = alt.layer(*parts).properties(width=inner, height=max(46, 24 * len(order)), title=heading)
    return dressed(alt.vconcat(bars, _legend(dark, width), spacing=4), dark)


def _legend(dark: bool, width: int) -> Any:
    names = [("wait", _("wait")), ("silence", _("silence, as the browser heard it"))]
    data = pd.DataFrame(
        [{"x": 8 + 120 * i, "kind": kind, "name": sentence(name)} for i, (kind, name) in enumerate(names)]
    )
    x = alt.X("x:Q", scale=across((0.0, float(width))), axis=None)
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["wait", "silence"], range=[colour("wait", dark), colour("silence", dark)]),
        legend=None,
    )
    marks = alt.Chart(data).mark_square(size=90, opacity=1).encode(x=x, color=fill)
    words = alt.Chart(data).mark_text(
        align="right" if mirrored() else "left", dx=-12 if mirrored() else 12, color=INK[dark]
    )
    return alt.layer(marks, words.encode(x=x, text="name:N")).properties(width=width, height=16)


def _line(
    data: pd.DataFrame,
    column: str,
    title: str,
    ink: str,
    height: int,
    width: int,
    *,
    area: bool = False,
    top: float | None = None,
    mark: float | None = None,
    dark: bool = False,
) -> Any:
    told = data.dropna(subset=[column])
    highest = max(float(told[column].max()) if len(told) else 0.0, mark or 0.0)
    scale = alt.Scale(domain=[0.0, top or 1.08 * highest or 1.0], nice=top is None)
    y = alt.Y(f"{column}:Q", title=None, axis=alt.Axis(orient=side(), tickCount=3, minExtent=45), scale=scale)
    base = alt.Chart(told).encode(x=_time(data, False), y=y, tooltip=[alt.Tooltip("t:Q"), alt.Tooltip(f"{column}:Q")])
    parts: list[Any] = [
        base.mark_area(color=ink, opacity=0.22, line={"color": ink, "strokeWidth": 1.5})
        if area
        else base.mark_line(color=ink, strokeWidth=2.2, point=alt.OverlayMarkDef(color=ink, size=16))
    ]
    if mark is not None:
        rule = alt.Chart(pd.DataFrame([{column: mark}]))
        ink = colour("silence", dark)
        parts.append(rule.mark_rule(color=ink, strokeDash=[4, 4], opacity=0.7).encode(y=alt.Y(f"{column}:Q")))
    return alt.layer(*parts).properties(width=width, height=height, title=_heading(title))


def _bars(data: pd.DataFrame, column: str, title: str, ink: str, height: int, width: int) -> Any:
    most = float(data[column].max()) if len(data) else 0.0
    scale = alt.Scale(domain=[0.0, max(1.0, most)])
    y = alt.Y(f"{column}:Q", title=None, scale=scale)
    y = y.axis(alt.Axis(orient=side(), tickCount=3, tickMinStep=1, minExtent=45, format=",.0f"))
    bars = alt.Chart(data).mark_bar(color=ink, size=max(1.0, min(8.0, 0.7 * width / max(1, len(data)))))
    tips = [alt.Tooltip("t:Q"), alt.Tooltip(f"{column}:Q")]
    drawn = bars.encode(x=_time(data, True), y=y, tooltip=tips)
    return drawn.properties(width=width, height=height, title=_heading(title))


def _time(data: pd.DataFrame, axis: bool) -> alt.X:
    last = float(data["t"].max()) if len(data) else 1.0
    words = sentence(_("Time since the load began (s)")) if axis else None
    x = alt.X("t:Q", scale=across((0.0, max(last, 1e-3)), nice=False), title=words)
    return x.axis(
        alt.Axis(grid=False, labels=axis, ticks=axis, title=words, tickMinStep=1, tickCount=10, format=",.0f")
    )


def _heading(title: str) -> alt.TitleParams:
    return alt.TitleParams(text=sentence(title), anchor="end" if mirrored() else "start", frame="bounds")
