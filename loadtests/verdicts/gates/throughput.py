"""How many citizens got through in a time: journeys done a second, a minute, an hour."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.intervals import Estimate, pace
from studies.words import N_, _

TITLE = N_("Journeys done")
UNIT = "a second"
BETTER = "more"
OF = "load"
LEVEL = False


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How fast they got through."""
    if evidence.seconds <= 0:
        return _("the load ended before it had begun")
    return pace(evidence.done, evidence.seconds, confidence)
