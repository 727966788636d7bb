"""What a case already holds, and so which requests are repeats and which are corrections.

A case holds a datum from the citizen's `gives` (or from the service's own `answers` naming it) until a `refuses` about
that very datum. A request for what is held is a repeat question; a request between such a refusal and the next `gives`
is a correction. Refusing what was never given changes nothing, and asking again for what was never given is no repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from studies.events import SCREENS
from studies.measuring.batch import CHANNEL, Batch
from studies.measuring.marks import running_of
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of

_SCREEN_CODES: Final = [CHANNEL[channel] for channel in SCREENS]


@dataclass(frozen=True)
class Requests:
    """Rows that are requests for something the case holds (`repeats`) or for something refused (`corrections`)."""

    repeats: np.ndarray
    corrections: np.ndarray


def requests_of(batch: Batch) -> Requests:
    """Which requests of the batch are repeats and which corrections, computed once."""
    return batch.remembered("requests", lambda: _requests(batch))


def _requests(batch: Batch) -> Requests:
    rows = batch.by_time()
    rows = rows[(batch.about[rows] >= 0) & batch.is_verb("gives", "answers", "refuses", "requests")[rows]]
    rows = rows[np.lexsort((np.arange(len(rows)), batch.about[rows], batch.case[rows]))]
    supplied = batch.is_verb("gives", "answers")[rows]
    refused = batch.is_verb("refuses")[rows]
    first = _first_of_group(batch.case[rows], batch.about[rows])
    last_supplied = _last_before(supplied, first)
    last_refused = _last_before(refused, first)
    asked = batch.is_verb("requests")[rows]
    held = (last_supplied >= 0) & (last_supplied > last_refused)
    taken = (last_supplied >= 0) & (last_refused > last_supplied)
    repeats, corrections = np.zeros(len(batch), bool), np.zeros(len(batch), bool)
    repeats[rows[asked & held]] = True
    corrections[rows[asked & taken]] = True
    return Requests(repeats, corrections)


def resubmissions_of(batch: Batch, presets: Presets) -> np.ndarray:
    """Rows that send the same thing in again, in the same case, before it concludes.

    Not one whose latest earlier submission was refused (a correction's), nor, on a screen, one whose wait is still
    open in the same session (impatience).
    """
    return batch.remembered(("resubmissions", presets), lambda: _resubmissions(batch, presets))


def _resubmissions(batch: Batch, presets: Presets) -> np.ndarray:
    waits = waits_of(batch, presets)
    time = batch.by_time()
    case_first = _first_of_group(batch.case[time])
    settled = np.cumsum(batch.is_verb("concludes")[time])
    needs = np.zeros(len(batch), np.int64)
    needs[time] = settled

    submits = batch.is_verb("submits")
    refused = np.zeros(len(batch), bool)
    refuses = batch.is_verb("refuses")[time]
    # A refusal speaks of what was sent in last, and of the thing that it names.
    latest = _last_before(submits[time], case_first)
    hit = refuses & (latest >= 0)
    refused[time[latest[hit]]] = True
    named = time[(batch.about[time] >= 0) & batch.is_verb("submits", "refuses")[time]]
    named = named[np.lexsort((np.arange(len(named)), batch.about[named], batch.case[named]))]
    same = _last_before(submits[named], _first_of_group(batch.case[named], batch.about[named]))
    hit = batch.is_verb("refuses")[named] & (same >= 0)
    refused[named[same[hit]]] = True

    sent = named[submits[named]]
    again, earlier = sent[1:], sent[:-1]
    repeated = (
        (batch.case[again] == batch.case[earlier])
        & (batch.about[again] == batch.about[earlier])
        & (needs[again] == needs[earlier])
        & ~refused[earlier]
    )
    screen = batch.one_of(batch.channel[again], _SCREEN_CODES)
    running = running_of(batch)[again]
    still_open = (screen & waits.impatient[again] & (running >= 0) & (running <= earlier)) & (
        batch.session[again] == batch.session[earlier]
    )
    found = np.zeros(len(batch), bool)
    found[again[repeated & ~still_open]] = True
    return found


def _first_of_group(*keys: np.ndarray) -> np.ndarray:
    """For each place the place where its group of neighbours begins."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.ones(len(keys[0]), bool)
    new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))


def _last_before(marked: np.ndarray, first: np.ndarray) -> np.ndarray:
    """For each place the last marked place at or before it in its group, -1 where there is none."""
    if not len(marked):
        return np.zeros(0, np.int64)
    last = np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1))
    return np.where(last >= first, last, -1)
