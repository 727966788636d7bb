"""How long citizens waited at a step, silently or not: `submit.wait_p95 < 2 s`."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import waits_of
from loadtests.verdicts.intervals import Estimate, percentile
from studies.words import N_

TITLE = N_("Wait")
UNIT = "seconds"
BETTER = "less"
OF = "either"
LEVEL = True


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How long all but a few waited at most."""
    waits = waits_of(evidence, step)
    return waits if isinstance(waits, str) else percentile(waits, level, confidence)
