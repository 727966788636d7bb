'''How long the citizen was at it.

From `begins` (else the first sentence) to the first `concludes` or `leaves` (else the last sentence).

>>> from analysis.measure import figure
>>> figure("time_on_task", """
... 0.0 citizen begins renew
... 0.2 citizen acts   traffic/renew
... 1.0 service answers traffic/renew
... 5.0 citizen submits traffic/renew
... 9.5 service concludes renewed
... """)
9.5
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Time on task")
UNIT: Final = N_("s")
BETTER: Final = "lower"
NEEDS: Final = ("begins|acts|asks|submits", "concludes|leaves|answers")
MEANING: Final = N_("Seconds from beginning to conclusion, or to giving up.")


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds, one number a session; NaN for a session without sentences."""
    never = np.iinfo(np.int64).max
    begins = _earliest(batch, batch.is_verb("begins"))
    begins = np.where(begins == never, _earliest(batch, np.ones(len(batch), bool)), begins)
    settled = _earliest(batch, batch.is_verb("concludes", "leaves") & (batch.when >= begins[batch.session]))
    heard = ~batch.is_verb("rates", "notes")  # a survey or a remark after it is no part of it
    heard |= batch.is_verb("notes") & np.append(batch.words == "said_done", False)[batch.about]  # their own word is
    last = np.full(batch.sessions, np.iinfo(np.int64).min)
    np.maximum.at(last, batch.session[heard], batch.end[heard])
    ends = np.where(settled == never, last, settled)
    return np.where((begins == never) | (ends < begins), np.nan, (ends - begins) / 1e6)


def _earliest(batch: Batch, rows: np.ndarray) -> np.ndarray:
    first = np.full(batch.sessions, np.iinfo(np.int64).max)
    np.minimum.at(first, batch.session[rows], batch.when[rows])
    return first
