"""How long a journey takes that gets through, from the citizen's intended start: `journey_p95 < 20 s`."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.intervals import Estimate, percentile
from studies.words import N_, _

TITLE = N_("Journey time")
UNIT = "seconds"
BETTER = "less"
OF = "load"
LEVEL = True


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How long all but a few took at most."""
    if not evidence.journey.n:
        return _("no journey got through; let the load run longer, or see why they failed")
    return percentile(evidence.journey, level, confidence)
