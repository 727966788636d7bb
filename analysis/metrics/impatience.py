'''How often the citizen acted again while still waiting: pressing twice, asking "are you there?".

>>> from analysis.measure import figure
>>> figure("impatience", """
... 0.0 citizen acts    Pay
... 0.8 citizen acts    Pay
... 1.1 citizen acts    Pay
... 4.0 service answers receipt
... """)
2
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Impatience")
UNIT: Final = N_("acts")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers")
MEANING: Final = N_("Acts of the citizen while still waiting for an earlier one.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(waits_of(batch, presets).impatient)
