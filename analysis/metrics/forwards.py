'''How often the service passed the case on itself, the citizen carrying nothing.

>>> from analysis.measure import figure
>>> figure("forwards", """
... 0 citizen submits  municipality/permit
... 1 service forwards civil_defence
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Forwards")
UNIT: Final = N_("forwards")
BETTER: Final = "higher"
NEEDS: Final = ("forwards",)
MEANING: Final = N_("Times the service passed the case on itself.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(batch.is_verb("forwards"))
