"""The share of the requests that brought no answer, or an error of the server's (status 500 and above)."""

from __future__ import annotations

from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.intervals import Estimate, share
from studies.words import N_, _

TITLE = N_("Requests without a proper answer")
UNIT = "share"
BETTER = "less"
OF = "load"
LEVEL = False


def measure(evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
    """How many went wrong."""
    if not evidence.requests:
        return _("no request was sent; let the load run longer")
    return share(evidence.errors, evidence.requests, confidence)
