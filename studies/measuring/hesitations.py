"""How long citizens took to give what they were asked for, waits taken out."""

from __future__ import annotations

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import Waits, waits_of


def hesitations_of(batch: Batch, presets: Presets) -> np.ndarray:
    """Seconds of hesitation, summed over each session's data; a datum counts from its latest request."""
    rows = np.flatnonzero(batch.is_verb("requests", "gives") & (batch.about >= 0))
    rows = rows[np.lexsort((rows, batch.about[rows], batch.session[rows]))]
    asked, given = rows[:-1], rows[1:]
    pair = (
        batch.is_verb("requests")[asked]
        & batch.is_verb("gives")[given]
        & (batch.session[asked] == batch.session[given])
        & (batch.about[asked] == batch.about[given])
    )
    asked, given = asked[pair], given[pair]
    session, begins, ends = batch.session[given], batch.end[asked], batch.when[given]
    waits = waits_of(batch, presets)
    waited = _waited_by(waits, session, ends) - _waited_by(waits, session, begins)
    spent = np.maximum(ends - begins - waited, 0)
    return np.bincount(session, weights=spent / 1e6, minlength=batch.sessions)


def _waited_by(waits: Waits, session: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """How long, up to each moment, the session had been waiting in the waits that it opened."""
    order = np.lexsort((waits.opened, waits.session))
    owner, opened, closed = waits.session[order], waits.opened[order], waits.closed[order]
    if not len(owner):
        return np.zeros(len(moment), np.int64)
    total = np.concatenate(([0], np.cumsum(closed - opened)))
    # Ranks stand in for the moments, so that one search finds session and moment together.
    distinct, rank = np.unique(np.concatenate((opened, moment)), return_inverse=True)
    keys = owner * len(distinct) + rank[: len(opened)]
    place = np.searchsorted(keys, session * len(distinct) + rank[len(opened) :], side="right")
    before = np.searchsorted(owner, session)  # where the session's own waits begin
    whole = total[place] - total[before]
    last = place - 1
    there = place > before
    running = np.where(there, np.maximum(closed[last] - moment, 0), 0)  # the part of the last one yet to come
    return whole - running
