"""The command for cron: robots walk a study, its report is built, what must hold is judged, and others are told."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress, say
from studies.words import _
from studies.workspace import workspace


def watch(
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="A schedule (.yaml), or demo: the shipped one.")],
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", envvar="KHUTWA_WEBHOOK", help="Whom to tell; default: as scheduled.")
    ] = None,
    cron: Annotated[
        str | None, typer.Option(metavar="TIMES", help="Print the crontab line for these times, and do nothing else.")
    ] = None,
    systemd: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Print a systemd service and timer (OnCalendar), and do no more.")
    ] = None,
    json: Json = False,
) -> None:
    """Look at a study by schedule: walk it, report, judge what must hold, tell a webhook.

    Exit 0: all held; 1: an alert, or it failed; 2: wrong input.
    """
    from analysis.thresholds import read_schedule
    from commands import _watching

    space = workspace()
    file = _watching.file_of(schedule)
    told = read_schedule(file)
    if (beside := file.parent / told.study).exists():  # a study.yaml is named from where the schedule lies
        told = told.model_copy(update={"study": str(beside.resolve())})
    if cron is not None or systemd is not None:
        text = (
            _watching.crontab(cron, file, space)
            if cron is not None
            else _watching.systemd(systemd or "", told.study, file, space)
        )
        typer.echo(text)
        return
    to = _watching.hook(webhook or told.webhook, os.environ.get("KHUTWA_WEBHOOK_SECRET"))
    if to and not to.secret:
        say(_("The webhook's events are not signed: KHUTWA_WEBHOOK_SECRET is not set."))
    with one_document(json) as show, progress(_("Looking at the study")) as watched:
        seen = _watching.look(told, space, datetime.now(UTC), watched, to)
        show({**seen.json(), "told": seen.told}, seen.words())
    if seen.state != "held":
        raise typer.Exit(1)
