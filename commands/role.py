"""The command that gives somebody a role in this workspace, or takes it back."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def role(
    person: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="ann@agency.example, subject:…, group:… (as signed in) or account:… (here)."
        ),
    ],
    role: Annotated[
        list[str] | None, typer.Argument(metavar="ROLE", help="designer, qa, leader, moderator or admin; several may.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take every role back.")] = False,
    json: Json = False,
) -> None:
    """Give somebody one or more roles in this workspace; what they had before is replaced."""
    from studies.house.giving_roles import give
    from studies.troubles import WrongInput

    if bool(role) == none:
        raise WrongInput(_("Say which role, or --none to take them back."))
    with one_document(json) as show:
        now = give(person, tuple(role or ()), workspace())
        roles = ", ".join(now) or _("no role")
        show({"person": person, "roles": list(now)}, _("{person} has now: {roles}.").format(person=person, roles=roles))
