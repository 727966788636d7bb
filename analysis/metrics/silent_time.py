'''How long the citizen waited in silence, all silent waits together, each counted whole.

>>> from analysis.measure import figure
>>> figure("silent_time", """
...  0.0      citizen submits traffic/renew
...  2.5- 4.0 service responds
...  4.8      service answers traffic/renew
... """)
2.5
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Silent waiting")
UNIT: Final = N_("s")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers", "responds")
MEANING: Final = N_("Seconds of silent waits: with no sign that anyone is at work.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    waits = waits_of(batch, presets)
    return waits.per_session_silent(batch, (waits.silence_to - waits.silence_from) / 1e6)
