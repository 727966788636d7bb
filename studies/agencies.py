"""Where a case goes: from agency to agency, whether the citizen carries it or the service does."""

from __future__ import annotations

import numpy as np

from studies.measuring.batch import Batch


def returns_of(batch: Batch) -> np.ndarray:
    """The rows with which a case is back where it was before the last: from A to B to A."""
    rows, places = _places(batch)
    if len(rows) < 3:
        return rows[:0]
    case = batch.case[rows]
    back = (places[2:] == places[:-2]) & (case[2:] == case[:-2])
    return rows[2:][back]


def _places(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """The rows with which a case comes somewhere else, and where: an agency that speaks, or one it is sent to."""
    time = batch.by_time()
    sent = time[batch.is_verb("hands_off", "forwards")[time] & (batch.about[time] >= 0)]
    speaks = time[batch.agency[time] >= 0]
    # An agency that speaks on is no news, and would undo what is passed on within it.
    agency, case = batch.agency[speaks], batch.case[speaks]
    news = np.concatenate(([True], (agency[1:] != agency[:-1]) | (case[1:] != case[:-1])))[: len(speaks)]
    speaks = speaks[news]
    place_of = np.empty(len(batch), np.int64)
    place_of[time] = np.arange(len(time))
    rows = np.concatenate((speaks, sent))
    places = np.concatenate((batch.agency[speaks], batch.about[sent]))
    # In one sentence the agency speaks first, and then the case is elsewhere.
    order = np.lexsort((np.repeat([0, 1], [len(speaks), len(sent)]), place_of[rows]))
    rows, places = rows[order], places[order]
    moved = np.ones(len(rows), bool)
    moved[1:] = (places[1:] != places[:-1]) | (batch.case[rows[1:]] != batch.case[rows[:-1]])
    return rows[moved], places[moved]
