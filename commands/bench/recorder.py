"""What the recorder costs the page that it listens to."""

from __future__ import annotations

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _


def recorder(json: Json = False) -> None:
    """Say what the recorder costs a page. Exit 1 when it is more than it may."""
    from journeys.calibration import overhead

    with one_document(json) as show, progress(_("Measuring the recorder")) as watch:
        cost = overhead.overhead(watch)
        show(cost, overhead.told(cost))
    if not cost["required"]["met"]:
        raise Failed(_("The recorder costs the page more than it may."))
