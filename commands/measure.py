"""The command that measures a log: here, piece by piece in bounded memory, or on a cluster."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace

if TYPE_CHECKING:
    from studies.measuring.presets import Presets


class Engine(StrEnum):
    """Where a log is measured: on this machine, or on Apache Spark."""

    local = "local"
    spark = "spark"


def measure(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    engine: Annotated[Engine, typer.Option(help="Here, or on Apache Spark (a study; requirements-spark.txt).")] = (
        Engine.local
    ),
    master: Annotated[str, typer.Option(metavar="URL", help="The Spark master.")] = "local[*]",
    out: Annotated[
        Path | None, typer.Option(metavar="PARQUET", help="A row a session, for logs too big to be shown.")
    ] = None,
    calendar: Annotated[
        str | None, typer.Option(metavar="NAME", help="The service's working days and hours: bahrain, emirates …")
    ] = None,
    json: Json = False,
) -> None:
    """Measure any log."""
    from studies.measuring.presets import preset

    presets = preset(calendar=calendar)
    with one_document(json) as show:
        if engine is Engine.local and out is None:
            from analysis.measure import measure as measured
            from analysis.telling import told
            from studies.reading import log_named

            found = measured(log_named(log, workspace()), presets)
            show(found.json(), told(found))
        else:
            show(*_at_scale(log, engine, master, out, presets))


def _at_scale(log: str, engine: Engine, master: str, out: Path | None, presets: Presets) -> tuple[dict[str, Any], str]:
    """The document and the words of a log that is measured piece by piece, or elsewhere."""
    from analysis import at_scale, on_spark
    from analysis.telling import told_summary
    from studies.reading import parts_named
    from studies.words import ngettext

    parts = parts_named(log, workspace())
    if out is None:
        found = at_scale.told(on_spark.measured(parts, presets, master), presets)
        return found, told_summary(found["summary"])
    if engine is Engine.spark:
        on_spark.write(parts, presets, master, out)
    else:
        at_scale.write(parts, presets, out)
    count = at_scale.rows_of(out)
    words = ngettext("{n} session measured: {path}", "{n} sessions measured: {path}", count)
    document = {"out": str(out), "sessions": count, "engine": engine.value, "presets": presets.told()}
    return document, words.format(n=count, path=out)
