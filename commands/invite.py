"""The command that makes a participant's link to a study's tasks, for whoever is not in the lab."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from commands._options import BaseUrl, Json
from commands._terminal import one_document, say
from commands.seat import Language, Participant
from commands.study._protocol import StudyName, file_of
from studies.words import _
from studies.workspace import workspace


class Way(StrEnum):
    """What of a remote participant is heard: all that they do on a site with the tag, or only beginning and end."""

    tag = "tag"
    beside = "beside"


def invite(
    study: StudyName,
    participant: Participant = None,
    lang: Language = None,
    way: Annotated[
        Way, typer.Option(help="tag: the site carries the recorder's tag; beside: it is as it is.")
    ] = Way.tag,
    all_: Annotated[bool, typer.Option("--all", help="A link for every participant that the protocol plans.")] = False,
    base_url: BaseUrl = None,
    pages: Annotated[
        str, typer.Option(metavar="URL", help="Where participants reach the lab's pages.")
    ] = "http://127.0.0.1:8700",
    port: Annotated[int, typer.Option(help="Where the pages are served, on this machine only.")] = 8700,
    json: Json = False,
) -> None:
    """Print participants' links to their tasks, and serve the pages behind them; with --json, print and end."""
    import intake
    from commands import _participants as taking
    from commands._took_part import tasks_told
    from journeys.journey import Journey
    from studies.store import Store

    space = workspace()
    with one_document(json) as show:
        protocol = taking.started(file_of(study, space), space, datetime.now(UTC))

        def where(journey: Journey, condition: str) -> str:
            place = journey.variants[condition].base_url if condition in journey.variants else None
            return base_url or place or journey.base_url or ""

        store = Store(space.database_url)
        try:
            if all_:
                every = protocol.study.languages
                people = [(one, n) for one in every if lang in (None, one) for n in range(1, every[one] + 1)]
            else:
                people = [taking.chosen(protocol, store, participant, lang)]
            given = [taking.given_out(protocol, store, space, who, way.value, where, pages) for who in people]
        finally:
            store.close()
        name = protocol.study.study
        tag = f'<script src="{pages.rstrip("/")}/recorder.js" data-study="{name}"></script>' if way is Way.tag else None
        links = [
            {
                "participant": those[0].participant, "language": those[0].language,
                "link": f"{pages.rstrip('/')}/p/{those[0].itinerary}", "tasks": tasks_told(those, name, space),
            }
            for those in given
        ]  # fmt: skip
        lines = [f"{one['participant']}  {one['link']}" for one in links]
        if tag:
            lines.insert(
                0, _("Put this first on every page of the site, before any other script:\n{tag}").format(tag=tag)
            )
        else:
            lines.insert(0, _("Only beginning, end and answers will be heard; all else is not measurable."))
        show({"study": name, "way": way.value, "tag": tag, "participants": links}, "\n".join(lines))
    if not json:
        say(_("Ctrl-C closes the pages. ./lab seal {study} puts what was heard into the log.").format(study=name))
        intake.serve(space, port)
