'''How long it takes until a need is settled.

From the case's `begins` to the `concludes` that comes next, by the clock, over sessions and agencies (resolution time:
ISO 18295-1). It is the session's that began.

>>> from analysis.measure import figure
>>> figure("resolution_time", """
... session=a case=c start=2026-03-01T08:00:00Z
... 0 citizen begins permit
... session=b case=c start=2026-03-03T08:00:00Z
... 0 service concludes granted
... """)
{'a': 172800.0, 'b': 'not applicable'}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.spans import resolution_of
from studies.words import N_

TITLE: Final = N_("Resolution time")
UNIT: Final = N_("s")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("begins", "concludes")
MEANING: Final = N_("Seconds from the beginning of a need to its conclusion, by the clock.")
ABSENT: Final = ("not applicable", N_("no need began here that was concluded"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds, in the session that began; NaN where nothing was concluded."""
    spans = resolution_of(batch)
    return spans.per_session(batch, (spans.ends - spans.begins) / 1e6)
