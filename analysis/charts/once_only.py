"""Who asks for what the state already holds, as a picture: a row a datum, a column an agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from analysis.charts.dress import WIDTH, across, dressed, side
from analysis.charts.palette import GROUND, INK, QUIET, colour
from analysis.figures import sentence
from analysis.once_only import Asking
from studies.titles import agency_name, datum_name
from studies.words import _


def once_only(cells: Sequence[Asking], dark: bool = False, width: int = WIDTH) -> alt.LayerChart:
    """The matrix: the darker, the more often asked; the number, and behind it how often although the case held it.

    A datum that an office of the state holds names the office; such cells are of the colour of repeats, others grey.
    """
    data = pd.DataFrame([_row(cell) for cell in cells], columns=["agency", "datum", "asked", "said", "held"])
    order = data.groupby("datum")["asked"].sum().sort_values(ascending=False).index.tolist()
    x = alt.X(
        "agency:N",
        title=sentence(_("Who asks")),
        scale=across(),
        axis=alt.Axis(orient="top", labelAngle=0, grid=False, domain=False, ticks=False),
    )
    y = alt.Y("datum:N", title=None, sort=order, axis=alt.Axis(orient=side(), domain=False, ticks=False))
    most = max(int(data["asked"].max()), 1) if len(data) else 1
    ink: Any = alt.condition("datum.held", alt.value(colour("repeat_question", dark)), alt.value(QUIET[dark]))
    shade = alt.Opacity("asked:Q", scale=alt.Scale(domain=[0, most], range=[0.08, 0.55]), legend=None)
    ground = alt.Chart(data).mark_rect(stroke=GROUND[dark], strokeWidth=2).encode(x=x, y=y, color=ink, opacity=shade)
    number = alt.Chart(data).mark_text(color=INK[dark]).encode(x=x, y=y, text="said:N")
    tall = 30 * max(len(order), 1)
    return dressed(alt.layer(ground, number).properties(width=width - 240, height=tall), dark)


def _row(cell: Asking) -> dict[str, Any]:
    datum = datum_name(cell.datum)
    agency = agency_name(cell.agency) or _("not told")
    named = _("{datum} ({office})").format(datum=datum, office=cell.held_by) if cell.held_by else datum
    said = _("{n}, again {again}").format(n=cell.asked, again=cell.although_held) if cell.although_held else cell.asked
    return {"agency": agency, "datum": named, "asked": cell.asked, "said": str(said), "held": bool(cell.held_by)}
