'''How large a share of what was asked or sent in is answered while the citizen looks on.

Of the waits that `asks` or `submits` opened, those that `answers` or `concludes` closed within what people bear in that
channel: the threshold of a silent wait (on screens 1 s: Miller 1968; Nielsen 1993).

>>> from analysis.measure import figure
>>> figure("instant_answers", """
... 0.0 citizen submits traffic/renew
... 0.4 service answers traffic/renew
... 9.0 citizen asks    fees
... 12.0 service answers fees
... """)
0.5
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import exceeds, waits_of
from studies.words import N_

TITLE: Final = N_("Instant answers")
UNIT: Final = N_("share")
BETTER: Final = "higher"
OF_CASES: Final = True
NEEDS: Final = ("asks|submits", "answers|concludes")
MEANING: Final = N_("The share of questions and submissions that were answered at once.")
ABSENT: Final = ("not applicable", N_("nothing was asked or sent in"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """A share from 0 to 1, one a session; NaN where nothing was asked or sent in."""
    waits = waits_of(batch, presets)
    asked = batch.is_verb("asks", "submits")[waits.row]
    late = exceeds(batch, presets, waits.row, waits.crosses, np.arange(len(waits.row)), waits.opened, waits.closed)
    closed = (waits.closed_row >= 0) & batch.is_verb("answers", "concludes")[waits.closed_row] if len(batch) else asked
    of_all = waits.per_session(batch, asked.astype(float))
    at_once = waits.per_session(batch, (asked & closed & ~late).astype(float))
    return np.divide(at_once, of_all, out=np.full(batch.sessions, np.nan), where=of_all > 0)
