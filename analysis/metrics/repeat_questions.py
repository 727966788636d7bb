'''How often the service asks for something the citizen already gave.

The once-only principle (EU Regulation 2018/1724, art. 14): a datum that the case holds is never asked for again. A
form that comes back empty asks again for every field it lost, and so does the next agency's form.

>>> from analysis.measure import figure
>>> figure("repeat_questions", """
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
from studies.measuring.holdings import requests_of
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Repeat questions")
UNIT: Final = N_("questions")
BETTER: Final = "lower"
NEEDS: Final = ("requests", "gives")
MEANING: Final = N_("Questions for something the case already held.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    return batch.count(requests_of(batch).repeats)
