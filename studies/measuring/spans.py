"""How long a case took from one thing said to another: from the first request to its reply, from begin to end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studies.measuring.batch import Batch
from studies.measuring.marks import REPLIES


@dataclass(frozen=True)
class Spans:
    """One entry a case in which both were said: the session that began it, and from when to when."""

    session: np.ndarray
    begins: np.ndarray  # µs
    ends: np.ndarray  # µs

    def per_session(self, batch: Batch, lasted: np.ndarray) -> np.ndarray:
        """A figure of each span in the session that began it; NaN for every other session."""
        found = np.full(batch.sessions, np.nan)
        found[self.session] = lasted
        return found


def first_reply_of(batch: Batch) -> Spans:
    """From the first thing that a case asks or sends in to the service's next word about it."""
    return batch.remembered("first reply", lambda: _spans(batch, ("submits", "asks"), REPLIES))


def resolution_of(batch: Batch) -> Spans:
    """From a case's beginning to the conclusion that comes next."""
    return batch.remembered("resolution", lambda: _spans(batch, ("begins",), ("concludes",)))


def _spans(batch: Batch, opens: tuple[str, ...], closes: tuple[str, ...]) -> Spans:
    time = batch.by_time()
    opening, closing = (np.flatnonzero(batch.is_verb(*verbs)[time]) for verbs in (opens, closes))
    case = batch.case[time[opening]]
    first = opening[np.flatnonzero(np.concatenate(([True], case[1:] != case[:-1])))] if len(opening) else opening
    place = np.searchsorted(closing, first)
    first, place = first[place < len(closing)], place[place < len(closing)]
    begins, ends = time[first], time[closing[place]]
    same = batch.case[begins] == batch.case[ends]
    begins, ends = begins[same], ends[same]
    return Spans(batch.session[begins], batch.when[begins], batch.when[ends])
