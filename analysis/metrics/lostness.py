'''How lost somebody was on the way: under 0.4 not, over 0.5 lost (Smith 1996).

sqrt((N/S - 1)² + (R/N - 1)²): N the different pages that they met, S all pages that they met, R those that the way
needs (`lab notes pages_needed value=…`); of who met fewer than R it says nothing, since nobody gets there so. A page
that stays while it answers is met once. Up to the need is settled.
Source: Smith, P. A. (1996), Towards a practical measure of hypertext usability, Interacting with Computers 8(4),
365-381. Here N = 3, S = 4, R = 2.

>>> from analysis.measure import figure
>>> figure("lostness", """
... 0 citizen begins  renew
... 0 lab     notes   pages_needed value=2
... 1 service answers traffic/renew
... 5 service answers traffic/fees
... 8 service answers traffic/renew
... 9 service answers traffic/done
... """)
0.416666667
'''

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.words import N_

TITLE: Final = N_("Lostness")
UNIT: Final = N_("share")
BETTER: Final = "lower"
OF_PEOPLE: Final = True
NEEDS: Final = ("answers", "acts")
MEANING: Final = N_("How many more pages were met than needed, and how often again: under 0.4 not lost, over 0.5 lost.")
ABSENT: Final = (
    "not measurable",
    N_("how many pages the way needs is not known, or they turned back before that many"),
)

PAGES: Final = "pages_needed"


def measure(batch: Batch, presets: Presets) -> np.ndarray:
    """One number a session, from 0; NaN where nobody told how many pages are needed, or fewer were met."""
    rows = np.arange(len(batch))
    concludes = np.flatnonzero(batch.is_verb("concludes"))[::-1]
    first = np.full(batch.sessions, len(batch))
    first[batch.session[concludes]] = concludes
    views = np.flatnonzero(batch.is_verb("answers") & (batch.about >= 0) & (rows < first[batch.session]))
    owner, page = batch.session[views], batch.about[views]
    fresh = np.ones(len(views), bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | (page[1:] != page[:-1])
    seen = np.bincount(owner[fresh], minlength=batch.sessions).astype(float)
    pairs = np.unique(np.stack([owner, page]), axis=1)[0]
    different = np.bincount(pairs, minlength=batch.sessions).astype(float)
    told = np.append(batch.words == PAGES, False)[batch.about] & batch.is_verb("notes") & ~np.isnan(batch.value)
    places = np.flatnonzero(told)[::-1]
    needed = np.full(batch.sessions, np.nan)
    needed[batch.session[places]] = batch.value[places]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.hypot(different / seen - 1, needed / different - 1)
    return np.where((different > 0) & (different >= needed), found, np.nan)
