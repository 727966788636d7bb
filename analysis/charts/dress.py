"""What all charts share: type, ground, grid, and a mirror for languages that are read from the right.

In Arabic the horizontal scale runs from right to left, the vertical axis stands on the right, the legend on the left
and the title begins at the right.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import altair as alt
import vl_convert
from altair.utils.schemapi import disable_debug_mode

from analysis.charts.palette import GROUND, INK, LINE, QUIET
from studies.words import direction, language

LATIN: Final = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"
ARABIC: Final = "Noto Naskh Arabic, Noto Sans, Amiri, Segoe UI, Tahoma, sans-serif"
WIDTH: Final = 740

# Altair holds every part of a chart against its schema as it is made, which takes ten times as long as making it, and
# readers wait for that. The tests hold the whole charts against it.
disable_debug_mode()


def mirrored() -> bool:
    """Is the language in force read from the right?"""
    return direction() == "rtl"


def across(domain: tuple[float, float] | None = None, **more: Any) -> alt.Scale:
    """A horizontal scale that runs the way the language is read."""
    if domain is not None:
        more["domain"] = list(domain)
    return alt.Scale(reverse=mirrored(), **more)


def side() -> Any:
    """Where a vertical axis stands: where reading begins."""
    return "right" if mirrored() else "left"


def font() -> str:
    """The letters of the language in force, best first."""
    return ARABIC if mirrored() else LATIN


def type_size() -> int:
    """The size of small type: Naskh letters are smaller than Latin ones of the same size."""
    return 14 if mirrored() else 12


def dressed(chart: Any, dark: bool = False) -> Any:
    """The chart in the lab's look, in the language in force."""
    small = type_size()
    start: Any = "end" if mirrored() else "start"
    found = chart.copy(deep=False)
    # All at once: each configure_… of Altair's copies the whole chart anew, and pages wait for that.
    found.config = alt.Config(
        font=font(),
        background="transparent" if dark else GROUND[False],
        padding=4,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=QUIET[dark],
            titleColor=QUIET[dark],
            gridColor=LINE[dark],
            domainColor=LINE[dark],
            tickColor=LINE[dark],
            labelFontSize=small,
            titleFontSize=small,
            titleFontWeight="normal",
            labelLimit=320,
            titlePadding=8,
        ),
        legend=alt.LegendConfig(labelColor=INK[dark], titleColor=QUIET[dark], labelFontSize=small, titleFontSize=small),
        title=alt.TitleConfig(color=INK[dark], fontSize=small + 1, anchor=start, fontWeight=600, offset=6),
        text=alt.MarkConfig(font=font(), fontSize=small),
    )
    return found


def spec(chart: Any) -> dict[str, Any]:
    """The chart as Vega-Lite, unchecked: what draws it reads it, and the tests have checked it."""
    found: dict[str, Any] = chart.to_dict(validate=False)
    return found


def svg(chart: Any, name: str, alt_text: str) -> str:
    """The chart as inline SVG: text stays text, nothing is fetched; its ids begin with `name`, unique in a page."""
    drawn = vl_convert.vegalite_to_svg(json.dumps(spec(chart)))
    drawn = re.sub(r"<\?xml[^>]*>\s*|<!DOCTYPE[^>]*>\s*", "", drawn)
    drawn = re.sub(r'\s(?:xmlns(?::\w+)?|version|class|role|aria-[\w-]+)="[^"]*"', "", drawn)
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', drawn)
    drawn = re.sub(r'url\(#([^)"]+)\)', rf"url(#{name}-\1)", drawn)
    label = alt_text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return drawn.replace("<svg", f'<svg role="img" lang="{language()}" direction="ltr" aria-label="{label}"', 1)
