'''How often the service asks again for a datum that it has just refused.

Each request between a refusal about that very datum and the next `gives` is a correction, not a repeat question.

>>> from analysis.measure import figure
>>> figure("corrections", """
...  1 citizen gives    iban
...  2 citizen submits  payments/account
...  3 service refuses  iban
...  3 service requests iban
...  9 citizen gives    iban
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.holdings import requests_of
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Corrections")
UNIT: Final = N_("requests")
BETTER: Final = "lower"
NEEDS: Final = ("requests", "gives", "refuses")
MEANING: Final = N_("Requests for a datum that was refused and must be given anew.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(requests_of(batch).corrections)
