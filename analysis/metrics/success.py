'''How a task ended for whoever was given it, by what was heard.

`direct`: settled without leaving the path of the journey's script; `indirect`: settled after something that is no step
of it was opened, pressed or sent; `gave_up`; `not_eligible`: settled, and that is the outcome; `failed`: they said that
it was done and it was not (`lab notes said_done`); else `open`, and `broken` where the lab failed. What is settled
without any step known tells nothing of the way: not measurable.

>>> from analysis.measure import figure
>>> figure("success", """
... 0 citizen begins   renew
... 0 citizen acts     traffic/renew step=open
... 1 service answers  traffic/renew step=open
... 4 citizen acts     Fees
... 5 service answers  traffic/fees
... 7 citizen submits  traffic/renew step=send
... 8 service answers  traffic/done step=send
... 8 service concludes done step=send
... """)
'indirect'
'''

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Success of the task")
UNIT: Final = ""
BETTER: Final = "none"
WORDED: Final = True
OF_PEOPLE: Final = True
NEEDS: Final = ("concludes", "acts")
MEANING: Final = N_("Direct, indirect (after wandering), gave up, not eligible, failed (thought done and was not).")
ABSENT: Final = (
    "not measurable",
    N_("which step was done is not known, so nobody can say by which way it was settled"),
)

SAID_DONE, NOT_ELIGIBLE = "said_done", "not_eligible"


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One word a session; NaN where it was settled and no step is known."""
    found = np.full(batch.sessions, "open", dtype=object)
    concludes = np.flatnonzero(batch.is_verb("concludes"))[::-1]
    first = np.full(batch.sessions, len(batch))
    first[batch.session[concludes]] = concludes  # rows are in order: of several the first is written last, and stays
    rows = np.arange(len(batch))
    before = rows < first[batch.session]
    deeds = batch.is_verb("acts", "asks", "submits") & before
    known = batch.count(batch.is_verb("acts", "gives", "submits") & (batch.step >= 0)) > 0
    wandered = batch.count(deeds & (batch.step < 0)) > 0
    remarks = batch.is_verb("notes") & _about(batch, lambda word: word == SAID_DONE)
    found[batch.session[remarks]] = "failed"
    found[batch.session[batch.is_verb("leaves") & before]] = "gave_up"
    settled = first < len(batch)
    found[settled] = np.where(wandered, "indirect", "direct")[settled]
    found[settled & ~known] = np.nan
    eligible = np.zeros(len(batch), bool)
    eligible[concludes] = _about(batch, lambda word: word.startswith(NOT_ELIGIBLE))[concludes]
    which = np.flatnonzero(settled)
    found[which[eligible[first[which]]]] = "not_eligible"
    found[batch.session[batch.is_verb("breaks")]] = "broken"
    return found


def _about(batch: Batch, fits: Callable[[str], bool]) -> np.ndarray:
    """Which rows are about a word that fits."""
    table: np.ndarray = np.array([fits(str(word)) for word in batch.words] + [False], bool)
    found: np.ndarray = table[batch.about]
    return found
