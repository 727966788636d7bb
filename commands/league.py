"""The command that ranks services as far as they can be told apart, and no further."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def league(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study, a play script (.txt) or Parquet.")],
    fewest: Annotated[int, typer.Option(min=1, help="Services with fewer cases are named, not ranked.")] = 20,
    condition: Annotated[str | None, typer.Option(help="as_is, redesigned …; default: all.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the funnel plot here (SVG).")] = None,
    json: Json = False,
) -> None:
    """Which services settle more needs than chance would have it; those that cannot be told apart share a place."""
    from analysis.charts import league as charts_league
    from analysis.charts.dress import svg
    from analysis.found import settled_in, under
    from analysis.leaders.league import league as league_of
    from analysis.leaders.league import told
    from analysis.measures_kept import frames_of
    from studies.reading import log_named
    from studies.words import _

    with one_document(json) as show:
        log = log_named(study, workspace())
        found = league_of(settled_in(under(frames_of(log).sessions, condition)), fewest=fewest)
        if out is not None:
            out.write_text(svg(charts_league.funnel(found), "league", _("League of services")), encoding="utf-8")
        show({"study": study, "condition": condition, **found.json()}, told(found))
