'''How often the citizen is made to come in person.

Told so (`refuses`, `hands_off` or a `notes` about `in_person`, `desk`, `counter` or `branch`), or at a desk after
another channel in the same case. Coming after having been told to is one visit (administrative burden: Moynihan, Herd &
Harvey 2015).

>>> from analysis.measure import figure
>>> figure("forced_visits", """
... session=a case=c channel=web
... 0 citizen submits traffic/transfer
... 1 service refuses in_person
... session=b case=c channel=desk
... 0 citizen submits traffic/transfer
... """)
{'a': 1, 'b': 0}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.sittings import visits_of
from studies.words import N_

TITLE: Final = N_("Forced visits")
UNIT: Final = N_("visits")
BETTER: Final = "lower"
OF_CASES: Final = True
#: beginning alone tells nothing: whoever is not heard after that may have been sent anywhere
NEEDS: Final = ("acts|asks|gives|submits",)
MEANING: Final = N_("Times the citizen was made to come in person.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    found: np.ndarray = np.bincount(batch.session[visits_of(batch)], minlength=batch.sessions).astype(float)
    return found
