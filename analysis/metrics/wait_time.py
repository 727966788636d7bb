'''How long the citizen waited for the service, all waits together.

A wait that nothing closed counts up to where hearing ended: at least so long.

>>> from analysis.measure import figure
>>> figure("wait_time", """
... 0.0 citizen begins renew
... 0.2 citizen acts   traffic/renew
... 1.0 service answers traffic/renew
... 5.0 citizen submits traffic/renew
... 9.5 service concludes renewed
... """)
5.3
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Waiting")
UNIT: Final = N_("s")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers")
MEANING: Final = N_("Seconds the citizen spent waiting for the service.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    waits = waits_of(batch, presets)
    return waits.per_session(batch, (waits.closed - waits.opened) / 1e6)
