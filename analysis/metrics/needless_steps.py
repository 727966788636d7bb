'''How many steps the citizen made beyond the shortest path that the journey declares (`begins value=…`).

>>> from analysis.measure import figure
>>> figure("needless_steps", """
... 0 citizen begins  renew value=2
... 1 citizen acts    traffic/renew
... 2 citizen gives   national_id
... 3 citizen submits traffic/renew
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Needless steps")
UNIT: Final = N_("steps")
BETTER: Final = "lower"
NEEDS: Final = ("begins", "acts", "gives", "submits")
MEANING: Final = N_("Steps beyond the shortest path through the service.")
ABSENT: Final = ("not measurable", N_("the journey does not say its shortest path"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session, never below 0; NaN where nobody told the shortest path."""
    told = np.flatnonzero(batch.is_verb("begins") & ~np.isnan(batch.value))[::-1]
    shortest = np.full(batch.sessions, np.nan)
    shortest[batch.session[told]] = batch.value[told]  # the first one told is written last, and stays
    return np.maximum(batch.count(batch.is_verb("acts", "gives", "submits")) - shortest, 0)
