'''How often the service sent the citizen to another agency, channel or person.

The citizen carries the case; where the service passes it on itself, that is a `forwards`.

>>> from analysis.measure import figure
>>> figure("hand_offs", """
...  0.9 service requests  national_id
...  6.1 citizen gives     national_id
...  9.8 service hands_off insurance_bureau
... 40.2 service requests  national_id
... """)
1
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Hand-offs")
UNIT: Final = N_("hand-offs")
BETTER: Final = "lower"
NEEDS: Final = ("hands_off",)
MEANING: Final = N_("Times the citizen was sent to another agency, channel or person.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(batch.is_verb("hands_off"))
