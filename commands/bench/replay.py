"""What keeping a replay costs the page that is watched."""

from __future__ import annotations

from commands._options import Json
from commands._terminal import one_document, progress
from studies.words import _


def replay(json: Json = False) -> None:
    """Say what keeping a replay costs a page, and how large it becomes."""
    from journeys.calibration import watched

    with one_document(json) as show, progress(_("Measuring what a replay costs")) as watch:
        cost = watched.cost_of_watching(watch)
        show(cost, watched.told(cost))
