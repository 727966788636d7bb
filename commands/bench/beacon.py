"""What arrives of participants' last acts, when their page goes away right after them."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _


def beacon(
    times: Annotated[int, typer.Option(help="Sittings of each kind.", min=1)] = 10,
    json: Json = False,
) -> None:
    """Say what arrives of a participant's last act on a page that goes away. Exit 1 when an act is lost or doubled."""
    from commands.bench import _delivered
    from journeys.players.browser_firefox_start import FIREFOXES

    browsers = ["chromium", *(["firefox"] if any(map(shutil.which, FIREFOXES)) else [])]
    with one_document(json) as show, progress(_("Listening to the last acts on pages")) as watch:
        found = {one: _delivered.delivered(one, times, watch) for one in browsers}
        kept = not any(row["lost"] or row["doubled"] or row["gaps"] for ways in found.values() for row in ways.values())
        required = {"lost": 0, "doubled": 0, "gaps": 0, "met": kept}
        show({"times": times, "browsers": found, "required": required}, _delivered.told(found))
    if not kept:
        raise Failed(_("Acts of participants were lost or came twice."))
