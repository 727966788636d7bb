'''How many things the citizen had to do: one step is one `acts`, `gives` or `submits`.

>>> from analysis.measure import figure
>>> figure("steps", """
...  1 citizen gives    iban
...  2 citizen submits  payments/account
...  3 service refuses  iban
...  3 service requests iban
...  9 citizen gives    iban
... """)
3
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Steps")
UNIT: Final = N_("steps")
BETTER: Final = "lower"
NEEDS: Final = ("acts", "gives", "submits")
MEANING: Final = N_("Things the citizen had to do: open, press, give, send.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(batch.is_verb("acts", "gives", "submits"))
