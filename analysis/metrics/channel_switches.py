'''How often a citizen has to go on in another channel.

Each sentence of a case in another channel than the one before it, over sessions in the order they began (channel
switching: Pieterson & van Dijk 2007). It is the session's in which the case goes on.

>>> from analysis.measure import figure
>>> figure("channel_switches", """
... session=a case=c channel=web
... 0 citizen begins permit
... session=b case=c channel=phone
... 0 citizen asks permit
... 1 service answers permit
... session=d case=c channel=desk
... 0 citizen submits permit
... """)
{'a': 0, 'b': 1, 'd': 1}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.sittings import switches_of
from studies.words import N_

TITLE: Final = N_("Channel switches")
UNIT: Final = N_("switches")
BETTER: Final = "lower"
OF_CASES: Final = True
#: beginning alone tells nothing: whoever is not heard after that may have called, or gone there
NEEDS: Final = ("acts|asks|gives|submits",)
MEANING: Final = N_("Times the citizen had to go on in another channel.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session."""
    found: np.ndarray = np.bincount(batch.session[switches_of(batch)], minlength=batch.sessions).astype(float)
    return found
