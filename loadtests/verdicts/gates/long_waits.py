"""The share of the waits that were longer than the threshold (1 s on a screen), silent or not: `long_waits < 5 %`."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import waits_of
from loadtests.verdicts.intervals import Estimate, share
from studies.words import N_

TITLE = N_("Waits over the threshold")
UNIT = "share"
BETTER = "less"
OF = "either"
LEVEL = False


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How many waits were too long."""
    waits = waits_of(evidence, step)
    return waits if isinstance(waits, str) else share(waits.beyond(evidence.threshold), waits.n, confidence)
