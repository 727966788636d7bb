"""The sittings of a case one after another: where one follows another, and what happened to the citizen between them.

Rows stand by case, session after session in the order they began. What the lab remarks, and a survey's answers, are no
part of a sitting.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from studies.measuring.batch import CHANNEL, Batch, V

_SAID: Final = ("begins", "acts", "asks", "gives", "submits", "leaves", "answers", "requests", "refuses", "hands_off")
_CONTACT: Final = ("begins", "acts", "asks", "gives", "submits")
#: A sitting that ends with one of these has failed the citizen: turned away, sent on, given up, or left without reply.
_FAILED: Final = ("acts", "asks", "submits", "refuses", "hands_off", "leaves")

#: What a sentence is about that makes the citizen come in person.
PLACES: Final = frozenset({"in_person", "desk", "counter", "branch"})


def switches_of(batch: Batch) -> np.ndarray:
    """The rows in which a case goes on in another channel than before."""
    return batch.remembered("switches", lambda: _switches(batch))


def _switches(batch: Batch) -> np.ndarray:
    if not len(batch) or (batch.channel == batch.channel[0]).all():
        return np.zeros(0, np.int64)
    rows = np.flatnonzero(~batch.is_verb("notes", "breaks", "rates"))
    before, after = rows[:-1], rows[1:]
    changed = (batch.channel[before] != batch.channel[after]) & (batch.case[before] == batch.case[after])
    return after[changed]


def visits_of(batch: Batch) -> np.ndarray:
    """The rows that make a citizen come in person: told to, or at a desk after another channel.

    What a sitting says more than once is one visit, and so is coming after having been told to.
    """
    words = [code for code, word in enumerate(batch.words) if not PLACES.isdisjoint(str(word).split("/"))]
    switches = switches_of(batch)
    came = switches[batch.channel[switches] == CHANNEL["desk"]]
    if not words:
        return came
    named = np.zeros(len(batch.words) + 1, bool)
    named[words] = True  # the last entry is for what says nothing
    told = np.flatnonzero(named[batch.about] & batch.is_verb("hands_off", "refuses", "notes"))
    rows = np.concatenate((told, came))
    by = np.concatenate((np.zeros(len(told), bool), np.ones(len(came), bool)))
    order = np.argsort(rows, kind="stable")
    rows, by = rows[order], by[order]
    again = np.zeros(len(rows), bool)
    again[1:] = (~by[:-1]) & np.where(
        by[1:], batch.case[rows[1:]] == batch.case[rows[:-1]], batch.session[rows[1:]] == batch.session[rows[:-1]]
    )
    return rows[~again]


def failure_demand_of(batch: Batch) -> np.ndarray:
    """The sessions that an earlier one's failure made necessary."""
    found = np.zeros(batch.sessions, bool)
    if not len(batch):
        return found
    first = np.flatnonzero(np.concatenate(([True], batch.session[1:] != batch.session[:-1])))
    case = batch.case[first]
    if not (case[1:] == case[:-1]).any():
        return found
    contact, settled = np.zeros(batch.sessions, bool), np.zeros(batch.sessions, bool)
    contact[batch.session[batch.is_verb(*_CONTACT)]] = True
    settled[batch.session[batch.is_verb("concludes", "breaks")]] = True
    last = np.full(batch.sessions, -1)
    said = np.flatnonzero(batch.is_verb(*_SAID))
    last[batch.session[said]] = said  # rows are in order: the last one stays
    failed = batch.one_of(batch.verb, [V[verb] for verb in _FAILED])[last] & (last >= 0) & ~settled
    # What lies between two contacts (a survey, a remark) does not part them.
    first = first[contact[batch.session[first]]]
    sitting, case = batch.session[first], batch.case[first]
    found[sitting[1:][(case[1:] == case[:-1]) & failed[sitting[:-1]]]] = True
    return found
