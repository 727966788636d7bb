'''How often the service let the citizen wait.

A wait opens at `acts`, `asks` or `submits` and closes at the service's next `answers`, `requests`, `refuses`,
`hands_off` or `concludes`, or when the citizen leaves; in conversation the floor decides
(`studies/measuring/waits.py`).

>>> from analysis.measure import figure
>>> figure("waits", """
... 0.0 citizen begins renew
... 0.2 citizen acts   traffic/renew
... 1.0 service answers traffic/renew
... 5.0 citizen submits traffic/renew
... 9.5 service concludes renewed
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

TITLE: Final = N_("Waits")
UNIT: Final = N_("waits")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers")
MEANING: Final = N_("Times the citizen waited for the service, however short.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    waits = waits_of(batch, presets)
    return waits.per_session(batch, np.ones(len(waits.row)))
