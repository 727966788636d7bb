'''How long a citizen waits for the first word about what they asked or sent in.

From the case's first `submits` or `asks` to the service's next `answers`, `requests`, `refuses`, `hands_off` or
`concludes`, by the clock, over sessions and agencies (first response time: ITIL 4; ISO 18295-1). It is the
session's that asked; without a reply there is none yet (the wait is among `waits`, as "at least").

>>> from analysis.measure import figure
>>> figure("first_reply", """
... session=a case=c start=2026-03-01T08:00:00Z channel=post
... 0 citizen submits municipality/permit
... session=b case=c start=2026-03-03T08:00:00Z channel=post
... 0 service answers received
... """)
{'a': 172800.0, 'b': 'not applicable'}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.spans import first_reply_of
from studies.words import N_

TITLE: Final = N_("First reply")
UNIT: Final = N_("s")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("submits|asks", "answers|requests|refuses|hands_off|concludes")
MEANING: Final = N_("Seconds from the first request to the first word about it, by the clock.")
ABSENT: Final = ("not applicable", N_("nothing was asked or sent in that has had a reply"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds, in the session that asked first; NaN where no reply was heard."""
    spans = first_reply_of(batch)
    return spans.per_session(batch, (spans.ends - spans.begins) / 1e6)
