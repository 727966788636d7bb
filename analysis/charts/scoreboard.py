"""The board drawn: satisfaction quarter by quarter, each with its interval; drivers with theirs."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, mirrored, side
from analysis.charts.palette import INK, QUIET
from analysis.drivers.effects import Effect
from analysis.figures import sentence
from analysis.leaders.scoreboard import Standing
from studies import dates
from studies.titles import service_name
from studies.words import _

COLUMNS = 3
NARROW = 200
HIGH = 110


def trend(
    standings: Sequence[Standing], scale: tuple[float, float] | None, dark: bool = False, width: int = NARROW
) -> alt.VConcatChart:
    """Satisfaction by quarter, a small chart a service on one scale; a dashed line where the target lies."""
    names = sorted({q.name for one in standings for q in one.trend}, reverse=mirrored())
    quarters = [_quarter(name) for name in names]
    cells = [_small(one, quarters, scale, dark, width) for one in standings if one.trend]
    rows = [cells[k : k + COLUMNS] for k in range(0, len(cells), COLUMNS)]
    if rows and mirrored():  # the first stands on the right, in a row that is not full as well
        nothing = alt.Chart(pd.DataFrame([{"x": 0}])).mark_point(opacity=0).properties(width=width, height=HIGH)
        rows = [[*[nothing] * (min(COLUMNS, len(cells)) - len(row)), *reversed(row)] for row in rows]
    return dressed(alt.vconcat(*[alt.hconcat(*row, spacing=28) for row in rows], spacing=18), dark)


def _quarter(key: str) -> str:
    return sentence(dates.quarter(key))


def _small(
    one: Standing, quarters: Sequence[str], scale: tuple[float, float] | None, dark: bool, width: int
) -> alt.LayerChart:
    target = next((a.target.value for a in one.against if a.target.measure == "satisfaction"), None)
    data = pd.DataFrame(
        [
            {"quarter": _quarter(q.name), "value": q.satisfaction.value, "low": q.satisfaction.low,
             "high": q.satisfaction.high, "n": q.satisfaction.n}
            for q in one.trend
        ]
    )  # fmt: skip
    x = alt.X(
        "quarter:O",
        title=None,
        sort=list(quarters),
        scale=alt.Scale(domain=list(quarters)),
        axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False),
    )
    ends = alt.Scale(domain=list(scale)) if scale else alt.Scale(zero=False)
    y = alt.Y("value:Q", title=None, scale=ends, axis=alt.Axis(orient=side(), tickCount=4))
    base = alt.Chart(data).encode(x=x)
    tooltip = [
        alt.Tooltip("quarter:O", title=_("Quarter")),
        alt.Tooltip("value:Q", format=".1f", title=_("Mean")),
        alt.Tooltip("n:Q", title="n"),
    ]
    layers: list[alt.Chart] = [
        base.mark_rule(color=QUIET[dark], strokeWidth=2).encode(y=alt.Y("low:Q", scale=ends, title=None), y2="high:Q"),
        base.mark_line(color=INK[dark], strokeWidth=1).encode(y=y),
        base.mark_point(size=50, filled=True, color=INK[dark], opacity=1).encode(y=y, tooltip=tooltip),
    ]
    if target is not None:
        line = alt.Chart(pd.DataFrame([{"target": target}]))
        layers.append(line.mark_rule(color=QUIET[dark], strokeDash=[4, 3]).encode(y=alt.Y("target:Q", scale=ends)))
    title = sentence(service_name(one.service) or _("no service told"))
    drawn: alt.LayerChart = alt.layer(*layers).properties(width=width, height=HIGH, title=title)  # type: ignore[assignment]
    return drawn


def effects(found: Sequence[Effect], dark: bool = False, width: int = WIDTH - 240) -> alt.LayerChart:
    """By how many points each driver goes along with satisfaction, with its interval; the line is no change."""
    data = pd.DataFrame(
        [{"driver": sentence(_(e.of)), "change": e.change, "low": e.low, "high": e.high} for e in found]
    )  # fmt: skip
    reach = max((abs(end) for e in found for end in (e.low, e.high)), default=1.0) * 1.05
    x = alt.X("low:Q", scale=across((-reach, reach), nice=False), title=sentence(_("points of satisfaction")))
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=12)
    y = alt.Y("driver:N", sort=[sentence(_(e.of)) for e in found], title=None, axis=axis)
    base = alt.Chart(data).encode(y=y)
    none = alt.Chart(pd.DataFrame([{"x": 0.0}])).mark_rule(color=QUIET[dark], strokeDash=[4, 3])
    layers = [
        none.encode(x=alt.X("x:Q", scale=across((-reach, reach), nice=False))),
        base.mark_rule(color=QUIET[dark], strokeWidth=2).encode(x=x, x2="high"),
        base.mark_point(size=70, fill=INK[dark], stroke=INK[dark], opacity=1).encode(x="change:Q"),
    ]
    return dressed(alt.layer(*layers).properties(width=width, height=max(70, 42 * len(found))), dark)
