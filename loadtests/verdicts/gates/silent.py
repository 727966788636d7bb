"""How long citizens were left without any sign at a step, as the browser probe heard it: `submit.silent_p95 < 2 s`."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import silences_of
from loadtests.verdicts.intervals import Estimate, percentile
from studies.words import N_

TITLE = N_("Longest silence of a wait")
UNIT = "seconds"
BETTER = "less"
OF = "either"
LEVEL = True


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How long the silence was at most for all but a few."""
    silences = silences_of(evidence, step)
    return silences if isinstance(silences, str) else percentile(silences, level, confidence)
