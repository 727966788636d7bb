"""The charts of the lab, all in one visual language; the door to Altair is here and in the files beside it.

Each is a pure function that returns a chart in the language in force; `svg` makes of one a picture that stands alone.
"""

from __future__ import annotations

import altair as alt

from analysis.charts import timeline as charts_timeline
from analysis.charts.compare import by_journey, compared, satisfaction
from analysis.charts.dress import WIDTH, svg
from analysis.charts.load import load_curve, silence_against_citizens
from analysis.sessions.picture import picture_of
from studies.log import Log
from studies.measuring.presets import Presets

__all__ = [
    "WIDTH",
    "by_journey",
    "compared",
    "load_curve",
    "satisfaction",
    "silence_against_citizens",
    "svg",
    "timeline",
]


def timeline(
    log: Log,
    session: str | None = None,
    presets: Presets | None = None,
    dark: bool = False,
    width: int = WIDTH,
    at: float | None = None,
) -> alt.LayerChart:
    """The time line of one session of a log (the first, unless one is named); `at` marks a moment on it (seconds)."""
    return charts_timeline.timeline(picture_of(log, session, presets), dark, width, at)
