'''How often the service rejected something: a validation message, an error page, a "come in person".

>>> from analysis.measure import figure
>>> figure("refusals", """
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
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Refusals")
UNIT: Final = N_("refusals")
BETTER: Final = "lower"
NEEDS: Final = ("refuses",)
MEANING: Final = N_("Times the service rejected what the citizen did or sent.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(batch.is_verb("refuses"))
