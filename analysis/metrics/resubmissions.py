'''How often the citizen had to send the same thing in again before the case was concluded.

Not one that answers a refusal (a correction's), nor, on a screen, one made while the earlier one's wait is still open
in the same session (impatience).

>>> from analysis.measure import figure
>>> figure("resubmissions", """
... session=a case=c start=2026-03-01T08:00:00Z
... 0 citizen submits municipality/complaint
... 1 service answers received
... session=b case=c start=2026-03-15T08:00:00Z
... 0 citizen submits municipality/complaint
... 1 service concludes repaired
... """)
{'a': 0, 'b': 1}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.holdings import resubmissions_of
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Resubmissions")
UNIT: Final = N_("submissions")
BETTER: Final = "lower"
NEEDS: Final = ("submits", "refuses", "concludes")
MEANING: Final = N_("Times the same thing had to be sent in again.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(resubmissions_of(batch, presets))
