'''How often the citizen did something and nothing ever came of it: they went on giving data instead.

On a screen only. It is no wait: where waiting ended and reading began cannot be heard.

>>> from analysis.measure import figure
>>> figure("dead_acts", """
... 0.0 citizen acts  "Show help"
... 7.0 citizen gives national_id
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Dead acts")
UNIT: Final = N_("acts")
BETTER: Final = "lower"
NEEDS: Final = ("acts|submits", "answers", "gives")
MEANING: Final = N_("Acts that nothing ever answered.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(waits_of(batch, presets).dead)
