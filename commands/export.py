"""The command that hands out what the lab holds: a journey as a script, a study's answers or its log as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands._options import OutFile
from commands._terminal import handed
from studies.workspace import workspace


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE_OR_STUDY", help="A journey (.yaml), or a study.")],
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="FORMAT",
            help="recorder (Chrome's); of answers csv, json, sav (SPSS); of a log xes, events.",
        ),
    ] = "recorder",
    out: OutFile = None,
) -> None:
    """Write a journey as another tool's script, or a study's answers (with their codebook) or log as a table."""
    if as_ in ("xes", "events") and not file.is_file():
        from studies.cases.written import write as write_log
        from studies.reading import log_named

        path = out or Path(f"{file.name}.{'xes' if as_ == 'xes' else 'csv'}")
        write_log(log_named(str(file), workspace()), "xes" if as_ == "xes" else "csv", path)
        sys.stdout.write(f"{path}\n")
        return
    from surveys.exporting import exporters

    if as_ in exporters() and not file.is_file():
        from studies.store import Store
        from surveys.exporting import write

        store = Store(workspace().database_url)
        try:
            path = out or Path(f"{file.name}{exporters()[as_].SUFFIX}")
            written = write(store, str(file), as_, path, workspace())
        finally:
            store.close()
        sys.stdout.write("".join(f"{one}\n" for one in written))
        return
    from journeys.exchange import send
    from journeys.reading import read_journey

    handed(send(read_journey(file), as_), out)
