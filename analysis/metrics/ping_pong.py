'''How often a case is sent back to where it was just before.

From A to B and back to A, whether the citizen carries it (`hands_off`) or the service (`forwards`), or the sentences
come from another agency (ping-pong: the incidents of the BPI Challenge 2013). It is the session's in which the case
comes back.

>>> from analysis.measure import figure
>>> figure("ping_pong", """
... 0 citizen submits  permit agency=municipality
... 1 service forwards civil_defence agency=municipality
... 2 service forwards municipality  agency=civil_defence
... 3 service concludes granted agency=municipality
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.agencies import returns_of
from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Ping-pong")
UNIT: Final = N_("returns")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("forwards|hands_off|answers|requests",)
MEANING: Final = N_("Times a case was sent back to where it had just come from.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    found: np.ndarray = np.bincount(batch.session[returns_of(batch)], minlength=batch.sessions).astype(float)
    return found
