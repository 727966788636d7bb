'''How the sitting ended for the citizen.

`broken` if the lab broke, else `concluded`, else `left`, else by the service's last sentence other than `responds` and
`forwards`: `refused`, `handed_off`, or `open`.

>>> from analysis.measure import figure
>>> figure("outcome", """
...  0.9 service requests  national_id
...  6.1 citizen gives     national_id
...  9.8 service hands_off insurance_bureau
... """)
'handed_off'
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.outcomes import outcomes
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Outcome")
UNIT: Final = ""
BETTER: Final = "none"
WORDED: Final = True
NEEDS: Final = ("concludes",)
MEANING: Final = N_("How it ended: concluded, left, refused, handed off, open; broken where the lab failed.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One word a session."""
    return outcomes(batch)
