"""The command that says whether a service may be put under load, how much, and what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def permission(
    url: Annotated[str, typer.Argument(metavar="URL", help="The service: https://test.agency.example")],
    json: Json = False,
) -> None:
    """Say whether a service may be put under load. Exit 2, with the text of the file to publish, when it may not."""
    from loadtests.permits.permission import Ground, permitted

    with one_document(json) as show:
        target = permitted(url, ground=Ground(workspace()))
        found = {
            "origin": target.origin,
            "addresses": list(target.addresses),
            "this_machine": target.here,
            "ceiling": target.ceiling.json(),
            "until": target.until.isoformat() if target.until else None,
        }
        told = _("{origin} may be put under load: it is this machine.").format(origin=target.origin)
        if not target.here:
            told = _(
                "{origin} may be put under load until {until}: {citizens} citizens at once and {rate:g} journeys begun"
                " a second at most, at {address} alone."
            ).format(
                origin=target.origin,
                until=found["until"],
                citizens=target.ceiling.citizens,
                rate=target.ceiling.per_second,
                address=target.addresses[0],
            )
        show(found, told)
