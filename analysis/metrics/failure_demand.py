'''Whether this contact was needed only because an earlier one failed.

Failure demand (Seddon 2003): a sitting of a case after one that ended with the citizen refused, sent on, gone, or
without a reply, and that concluded nothing. 1 or 0; the mean over sessions is the share of failure demand.

>>> from analysis.measure import figure
>>> figure("failure_demand", """
... session=a case=c channel=web
... 0 citizen submits permit
... session=b case=c channel=phone
... 0 citizen asks permit
... 1 service answers permit
... session=d case=c channel=phone
... 0 citizen asks permit
... """)
{'a': 0, 'b': 1, 'd': 0}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.sittings import failure_demand_of
from studies.words import N_

TITLE: Final = N_("Failure demand")
UNIT: Final = N_("contacts")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("begins|acts|asks|gives|submits", "answers|refuses|hands_off|concludes")
MEANING: Final = N_("Contacts that were made only because an earlier one failed.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """1 or 0, one a session."""
    return failure_demand_of(batch).astype(float)
