'''How often the citizen waited with nothing to tell that anyone was at work.

A silent wait is a silence strictly longer than its threshold: on screens 1 s (Miller 1968; Nielsen 1993), in
conversation 3 s, by post and across sessions one working day. Named presets change it.

>>> from analysis.measure import figure
>>> figure("silent_waits", """
...  0.0      citizen submits traffic/renew
...  2.5- 4.0 service responds
...  4.8      service answers traffic/renew
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

TITLE: Final = N_("Silent waits")
UNIT: Final = N_("silences")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers", "responds")
MEANING: Final = N_("Silences longer than people bear without wondering whether anything happens.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    waits = waits_of(batch, presets)
    return waits.per_session_silent(batch, np.ones(len(waits.silent)))
