"""The league drawn: a funnel of what chance would do, and each service's places as far as they can be told."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, side
from analysis.charts.palette import GROUND, INK, QUIET
from analysis.figures import percent, sentence
from analysis.leaders.league import PROBABILITIES, League, Standing
from analysis.statistics.league import funnel_limits_exact
from studies.titles import service_name
from studies.words import _


def funnel(found: League, dark: bool = False, width: int = WIDTH) -> alt.LayerChart:
    """Each service's share by how many cases it had; thin lines where 95 and 99.8 of 100 would stand by chance."""
    shown = [one for one in found.standings if one.group is not None]
    most = max((one.cases for one in shown), default=found.fewest)
    sizes = sorted({int(n) for n in np.geomspace(max(1, found.fewest), most * 1.08, 60)})
    x = alt.X(
        "cases:Q", scale=across((min(sizes), max(sizes)), nice=False), title=sentence(_("cases")),
        axis=alt.Axis(tickCount=6, format=",.0f"),
    )  # fmt: skip
    y = alt.Y("share:Q", scale=alt.Scale(zero=False), title=sentence(_("needs settled")),
              axis=alt.Axis(orient=side(), format=".0%"))  # fmt: skip
    layers: list[Any] = []
    if found.target is not None and 0 < found.target < 1:
        limits = funnel_limits_exact(target_proportion=found.target, denominators=sizes, probabilities=PROBABILITIES)
        rows = [
            {"cases": n, "share": share, "which": k}
            for n, row in zip(sizes, limits["limits"], strict=True)
            for k, share in enumerate(row)
        ]
        base = alt.Chart(pd.DataFrame(rows)).encode(x=x, y=y, detail="which:N")
        inner, outer = alt.FieldOneOfPredicate("which", [1, 2]), alt.FieldOneOfPredicate("which", [0, 3])
        layers += [
            base.transform_filter(outer).mark_line(color=QUIET[dark], strokeWidth=1, strokeDash=[2, 3]),
            base.transform_filter(inner).mark_line(color=QUIET[dark], strokeWidth=1.2),
        ]
        line = alt.Chart(pd.DataFrame([{"share": found.target}]))
        layers.append(line.mark_rule(color=QUIET[dark], strokeDash=[4, 3]).encode(y=y))
    services = pd.DataFrame(
        [
            {"service": _name(one), "cases": one.cases, "share": one.share,
             "outside": bool(one.limits) and not one.limits[1] <= one.settled / one.cases <= one.limits[2]}
            for one in shown
        ]
    )  # fmt: skip
    if len(services):
        fill = alt.condition("datum.outside", alt.value(INK[dark]), alt.value(GROUND[dark]))
        points = alt.Chart(services).encode(x=x, y=y)
        tooltip = [alt.Tooltip("service:N", title=_("Service")), alt.Tooltip("share:Q", format=".0%", title=_("Share"))]
        layers.append(
            points.mark_point(size=80, strokeWidth=2, opacity=1, stroke=INK[dark]).encode(fill=fill, tooltip=tooltip)
        )
        names = points.transform_filter("datum.outside").mark_text(dy=-12, color=INK[dark])
        layers.append(names.encode(text="service:N"))
    chart = alt.layer(*layers).properties(width=width, height=300, title=_title(found))
    return dressed(chart, dark)


def places(found: League, dark: bool = False, width: int = WIDTH) -> alt.Chart:
    """Between which places each service may stand, best first; whose lines overlap cannot be told apart."""
    shown = [one for one in found.standings if one.group is not None]
    data = pd.DataFrame(
        [
            {"service": _name(one), "low": one.place_low, "high": one.place_high,
             "place": one.expected_place}
            for one in shown
        ]
    )  # fmt: skip
    most = max(2, len(shown))
    x = alt.X("low:Q", scale=across((0.8, most + 0.2), nice=False), title=sentence(_("place")),
              axis=alt.Axis(tickMinStep=1, format="d"))  # fmt: skip
    axis = alt.Axis(orient=side(), ticks=False, domain=False, labelPadding=12)
    y = alt.Y("service:N", sort=[_name(one) for one in shown], title=None, axis=axis)
    base = alt.Chart(data).encode(y=y)
    reach = base.mark_rule(color=QUIET[dark], strokeWidth=2).encode(x=x, x2="high")
    points = base.mark_point(size=70, fill=INK[dark], stroke=INK[dark], opacity=1).encode(x="place:Q")
    return dressed(alt.layer(reach, points).properties(width=width, height=max(60, 30 * len(shown))), dark)


def _name(one: Standing) -> str:
    return sentence(service_name(one.service) or _("no service told"))


def _title(found: League) -> str:
    if found.says:
        return sentence(found.says)
    return sentence(_("All together: {share} settled").format(share=percent(found.target)))
