'''How much of the office's own time it takes until a need is settled.

The resolution time on the service's working calendar: its weekends, public holidays and hours, those of Ramadan too.

>>> from analysis.measure import figure
>>> figure("resolution_at_work", """
... session=a case=c start=2026-03-06T08:00:00Z # a Friday
... 0 citizen begins permit
... session=b case=c start=2026-03-09T08:00:00Z # the Monday after
... 0 service concludes granted
... """)
{'a': 86400.0, 'b': 'not applicable'}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.spans import resolution_of
from studies.words import N_

TITLE: Final = N_("Resolution time, in working time")
UNIT: Final = N_("s")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("begins", "concludes")
MEANING: Final = N_("Seconds of the service's working calendar from the beginning of a need to its conclusion.")
ABSENT: Final = ("not applicable", N_("no need began here that was concluded"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds, in the session that began; NaN where nothing was concluded."""
    spans = resolution_of(batch)
    return spans.per_session(batch, presets.calendar.at_work(spans.begins, spans.ends) / 1e6)
