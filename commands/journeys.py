"""The command that finds journeys: by title, agency, what is asked for, any words, in any language."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def journeys(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD…]", help="What to look for; default: all.")
    ] = None,
    json: Json = False,
) -> None:
    """Find journeys in the library and among your own: by title, agency, data asked for, words; any language."""
    from journeys import shelf

    found = shelf.search(shelf.shelf(workspace()), " ".join(words or ()))
    told = [
        {"key": one.key, "title": one.called(), "agency": one.agency, "own": one.own, "file": str(one.path)}
        for one in found
    ]
    with one_document(json) as show:
        show(told, "\n".join(f"{one.key}  {shelf.told(one)}" for one in found) or _("No journey has these words."))
