'''How long the citizen took to give what was requested, less waits: a question hard to understand or to answer.

For each datum from its latest `requests` to its `gives`, within the session, summed.

>>> from analysis.measure import figure
>>> figure("hesitation", """
...  1.0 service requests national_id
...  9.0 citizen gives    national_id
... """)
8.0
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.hesitations import hesitations_of
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Hesitation")
UNIT: Final = N_("s")
BETTER: Final = "lower"
NEEDS: Final = ("requests", "gives")
MEANING: Final = N_("Seconds between being asked for a datum and giving it, waits left out, summed over the data.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return hesitations_of(batch, presets)
