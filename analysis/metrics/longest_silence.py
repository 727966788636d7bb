'''The longest stretch without a sign in any wait, whether it exceeds a threshold or not.

>>> from analysis.measure import figure
>>> figure("longest_silence", """
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

TITLE: Final = N_("Longest silence")
UNIT: Final = N_("s")
BETTER: Final = "lower"
NEEDS: Final = ("acts|asks|submits", "answers", "responds")
MEANING: Final = N_("The longest stretch of a wait without any sign.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session; 0 where no wait had a silence."""
    waits = waits_of(batch, presets)
    longest = np.zeros(batch.sessions)
    np.maximum.at(longest, waits.session[waits.silence_wait], (waits.silence_to - waits.silence_from) / 1e6)
    return longest
