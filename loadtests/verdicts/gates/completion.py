"""The share of the journeys that got through, of those that ended; those that the load's end cut short are left out."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.intervals import Estimate, share
from studies.words import N_, _

TITLE = N_("Completion")
UNIT = "share"
BETTER = "more"
OF = "load"
LEVEL = False


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How many got through."""
    if not evidence.journeys:
        return _("no journey ended; let the load run longer")
    return share(evidence.done, evidence.journeys, confidence)
