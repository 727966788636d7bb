"""The command that says how many cases a service has in a year, and what an hour of a citizen is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._agreeing import opened
from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def volume(
    service: Annotated[str | None, typer.Argument(metavar="SERVICE", help="As the journeys name it.")] = None,
    cases_a_year: Annotated[float | None, typer.Option(help="How many needs of citizens in a year.")] = None,
    hourly_tariff: Annotated[float | None, typer.Option(help="What an hour of a citizen is worth.")] = None,
    currency: Annotated[str | None, typer.Option(help="In which money.")] = None,
    json: Json = False,
) -> None:
    """Yearly volumes and tariffs as somebody told them; nothing is ever supposed."""
    from analysis.leaders.agreed import set_volume, volumes
    from studies.house.people import acting
    from studies.titles import service_name
    from studies.troubles import WrongInput
    from studies.words import _

    told = {"cases_a_year": cases_a_year, "hourly_tariff": hourly_tariff, "currency": currency}
    with one_document(json) as show, opened(workspace()) as store:
        if service is None and any(one is not None for one in told.values()):
            raise WrongInput(_("A volume is a service's: name it as the journeys do."))
        if service is not None and any(one is not None for one in told.values()):
            set_volume(store, service, acting(), **told)
        found = volumes(store)
        lines = [_("{service}: {cases:,.0f} cases a year").format(service=service_name(name), cases=one.cases_a_year)
                 for name, one in found.items()]  # fmt: skip
        document = {"volumes": {name: one.model_dump() for name, one in found.items()}}
        show(document, "\n".join(lines) or _("Nobody has said yet how many cases there are in a year."))
