"""The command that says what a service is to reach, and since when."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._agreeing import Since, day, opened
from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def target(
    service: Annotated[str | None, typer.Argument(metavar="SERVICE", help="As the journeys name it.")] = None,
    measure: Annotated[
        str, typer.Argument(metavar="MEASURE", help="satisfaction, settled, silent_time, repeat_questions or steps.")
    ] = "satisfaction",
    value: Annotated[float | None, typer.Argument(metavar="VALUE", help="Settled is a share from 0 to 1.")] = None,
    since: Since = None,
    json: Json = False,
) -> None:
    """The targets of all services; of one, all that it ever had; with a value, a new one, which is kept."""
    from analysis.leaders.agreed import set_target, target_history, targets
    from studies.house.people import acting
    from studies.titles import service_name
    from studies.words import _

    with one_document(json) as show, opened(workspace()) as store:
        if service is not None and value is not None:
            set_target(store, service, measure, value, acting(), day(since))
        found = list(targets(store).values()) if service is None else target_history(store, service, measure)
        line = _("{service}: {measure} {value:g} since {since} ({who})")
        lines = [
            line.format(service=service_name(t.service), measure=t.measure, value=t.value, since=t.since, who=t.who)
            for t in found
        ]
        show({"targets": [t.json() for t in found]}, "\n".join(lines) or _("Nobody has set a target yet."))
