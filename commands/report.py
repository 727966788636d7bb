"""The command that writes a study's report, in the form that somebody asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json, OutFile
from commands._terminal import one_document, progress, say
from studies.words import CALENDARS, DIGITS, _
from studies.workspace import Workspace, workspace


def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study to report on; demo ships with the lab.")],
    lang: Annotated[str, typer.Option(help="The language of the report.")] = "en",
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORM", help="html, pdf, pptx, xlsx or csv; default: as FILE ends, or html."),
    ] = None,
    audience: Annotated[
        str, typer.Option("--for", metavar="WHOM", help="leaders: two pages. designers: everything.")
    ] = "designers",
    digits: Annotated[str, typer.Option(help="Of Arabic: european (1 2 3) or arabic_indic (١ ٢ ٣).")] = DIGITS[0],
    dates: Annotated[
        str, typer.Option(help="gregorian, or hijri: the Hijri date beside the Gregorian one.")
    ] = CALENDARS[0],
    volumes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Cases a year by service (YAML): hours that a remedy saves.")
    ] = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Write a study's report: a page, a PDF, slides, a workbook or CSV, in Arabic or English.

    Without a file it goes into the workspace.
    """
    from analysis.leaders.cost import read_volumes
    from analysis.report import made
    from journeys.players.browser_print import printed
    from studies import archive

    ends = out.suffix.lstrip(".").lower() if out else ""
    kind = form or (ends if ends in made.KINDS else "html")
    wanted = made.Wanted(kind, lang, audience, digits, dates)
    space = workspace()
    with one_document(json) as show:
        if study == made.SHIPPED and study not in archive.studies_in(space):
            _conducted(space)
        found = made.material(study, space, datetime.now().astimezone(), read_volumes(volumes) if volumes else None)
        path = out or made.place_of(study, space, wanted)
        content = made.make(found, wanted, printed)
        made.save(content, path)
        show(made.told(study, wanted, path, content, found), str(path))


def _conducted(space: Workspace) -> None:
    """The shipped study, which somebody asks the report of before anybody has conducted it."""
    import conduct

    say(_("The shipped study was not conducted here yet. It is conducted now; that takes some minutes."))
    with progress(_("Conducting the study")) as watch:
        conduct.demo(space, None, watch, datetime.now(UTC))
