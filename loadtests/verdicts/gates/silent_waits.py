"""The share of the waits with a silence over the threshold, as the browser probe heard it: `silent_waits < 5 %`."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import silences_of
from loadtests.verdicts.intervals import Estimate, share
from studies.words import N_

TITLE = N_("Silent waits")
UNIT = "share"
BETTER = "less"
OF = "either"
LEVEL = False


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How many waits were silent for too long."""
    silences = silences_of(evidence, step)
    return silences if isinstance(silences, str) else share(silences.beyond(evidence.threshold), silences.n, confidence)
