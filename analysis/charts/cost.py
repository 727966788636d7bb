"""Where a citizen's minutes go, drawn: a bar a step, what they do and what they wait for one behind the other."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import INK, colour
from analysis.figures import sentence
from analysis.leaders.cost import Burden
from studies.titles import step_name
from studies.words import _

MOST = 24  # steps; a service has few


def by_step(found: Burden, dark: bool = False, width: int = WIDTH) -> alt.VConcatChart:
    """The minutes of a case by step, in the order in which citizens come to them."""
    shown = found.steps[:MOST]
    names = [sentence(step_name(found.service, one.step) or _("at no named step")) for one in shown]
    rows = [
        {"place": place, "kind": kind, "minutes": minutes}
        for place, one in enumerate(shown)
        for kind, minutes in (("step", one.minutes - one.waiting), ("wait", one.waiting))
    ]
    data = pd.DataFrame(rows, columns=["place", "kind", "minutes"])
    data["name"] = [names[place] for place in data["place"]]
    data["order"] = data["kind"].map({"step": 0, "wait": 1})
    last = 1.05 * max([one.minutes for one in shown], default=1.0) or 1.0
    title = sentence(_("minutes of a case"))
    x = alt.X("minutes:Q", scale=across((0.0, last), nice=False), title=title, axis=alt.Axis(tickCount=8), stack=True)
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=10, minExtent=130)
    y = alt.Y("name:N", sort=names, title=None, axis=axis, scale=alt.Scale(domain=names))
    tips = [alt.Tooltip("name:N", title=_("Step")), alt.Tooltip("minutes:Q", format=".2f", title=_("Minutes"))]
    bars = alt.Chart(data).mark_bar(aria=False, size=14)  # the table says it
    drawn = bars.encode(x=x, y=y, color=_fill(dark), order=alt.Order("order:Q"), tooltip=tips)
    inner = max(200, width - 260)  # the names of the steps take their room from the bars
    return dressed(
        alt.vconcat(drawn.properties(width=inner, height=max(46, 26 * len(names))), _legend(dark, width), spacing=4),
        dark,
    )


def _fill(dark: bool) -> alt.Color:
    colours = [colour("step", dark), colour("wait", dark)]
    return alt.Color("kind:N", scale=alt.Scale(domain=["step", "wait"], range=colours), legend=None)


def _legend(dark: bool, width: int) -> Any:
    names = [("step", _("what the citizen does")), ("wait", _("what the citizen waits"))]
    data = pd.DataFrame(
        [{"x": 8 + 190 * i, "kind": kind, "name": sentence(name)} for i, (kind, name) in enumerate(names)]
    )
    x = alt.X("x:Q", scale=across((0.0, float(width))), axis=None)
    marks = alt.Chart(data).mark_square(size=90, opacity=1).encode(x=x, color=_fill(dark))
    words = alt.Chart(data).mark_text(
        align="right" if mirrored() else "left", dx=-12 if mirrored() else 12, color=INK[dark]
    )
    return alt.layer(marks, words.encode(x=x, text="name:N")).properties(width=width, height=16)
