'''How much of the office's own time passes before the first word about what was asked or sent in.

The first reply on the service's working calendar: its weekends, public holidays and hours, those of Ramadan too. A
service-level clock stands still while the office is closed (ITIL 4).

>>> from analysis.measure import figure
>>> figure("first_reply_at_work", """
... session=a case=c start=2026-03-06T08:00:00Z channel=post # a Friday
... 0 citizen submits municipality/permit
... session=b case=c start=2026-03-09T08:00:00Z channel=post # the Monday after
... 0 service answers received
... """)
{'a': 86400.0, 'b': 'not applicable'}
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.spans import first_reply_of
from studies.words import N_

TITLE: Final = N_("First reply, in working time")
UNIT: Final = N_("s")
BETTER: Final = "lower"
OF_CASES: Final = True
NEEDS: Final = ("submits|asks", "answers|requests|refuses|hands_off|concludes")
MEANING: Final = N_("Seconds of the service's working calendar from the first request to the first word about it.")
ABSENT: Final = ("not applicable", N_("nothing was asked or sent in that has had a reply"))


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds, in the session that asked first; NaN where no reply was heard."""
    spans = first_reply_of(batch)
    return spans.per_session(batch, presets.calendar.at_work(spans.begins, spans.ends) / 1e6)
