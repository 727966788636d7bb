"""The command that shows who did what against which target, and whether the trail is as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.troubles import Failed
from studies.words import _
from studies.workspace import workspace


def audit(
    last: Annotated[int | None, typer.Option("--last", metavar="N", min=1, help="Only so many, the newest.")] = None,
    who: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    still: Annotated[
        str | None, typer.Option(metavar="LINK", help="A newest link noted earlier: is it still in the trail?")
    ] = None,
    json: Json = False,
) -> None:
    """Show the audit trail. Exit 1 when it was changed since it was written."""
    from studies.house import audit as trail

    space = workspace()
    with one_document(json) as show:
        found = [line for line in trail.lines(space) if who in (None, line.get("who"))]
        found = found[-last:] if last else found
        broken, gone = trail.broken(space), still is not None and not trail.holds(space, still)
        head = trail.head(space)
        told = [trail.told(line) for line in found]
        told.append(_("Newest link: {head}. Keep it elsewhere; --still {head} asks for it later.").format(head=head))
        show({"whole": not broken and not gone, "broken": broken, "head": head, "lines": found}, "\n".join(told))
    if broken:
        numbers = ", ".join(map(str, broken))
        raise Failed(
            _("The audit trail was changed: line {lines} does not follow the one before it.").format(lines=numbers)
        )
    if gone:
        raise Failed(
            _("The link {link} is not in the trail any more: what it stood for was cut off.").format(link=still)
        )
