"""What opens a wait and what cuts it: marks among the sentences, whatever the thresholds.

In conversation the floor decides: the citizen waits after any sentence of their own, and after the service's own when
it is the service that speaks next. Rows are rows of the batch, places are places among the marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from studies.events import CONVERSATIONS, SCREENS, VERBS
from studies.measuring.batch import CHANNEL, Batch, V

OPENERS: Final = ("acts", "asks", "submits")
REPLIES: Final = ("answers", "requests", "refuses", "hands_off", "concludes")
CLOSERS: Final = (*REPLIES, "leaves")
NOTHING, OPEN, CLOSE, DEAD, BREAK = range(5)
_CITIZEN: Final = [V[v] for v, (actor, _, _) in VERBS.items() if actor == "citizen"]
_SERVICE: Final = [V[v] for v, (actor, _, _) in VERBS.items() if actor == "service"]


def running_of(batch: Batch) -> np.ndarray:
    """For each row the row that opened the wait it happened in, -1 where none was open; computed once."""
    return batch.remembered("running", lambda: _running(batch, cuts_of(batch)))


@dataclass(frozen=True)
class Cuts:
    """Where waits open and what cuts them, whatever the presets: places among the marks, which are rows in order."""

    row: np.ndarray  # of each mark
    kind: np.ndarray
    time: np.ndarray
    chain: np.ndarray  # of each row: sittings that follow one another
    again: np.ndarray  # marks: an opening while a wait was open
    starts: np.ndarray  # marks that open a wait
    ends: np.ndarray  # of each start, the mark that ends it, -1 where its chain ends first
    fate: np.ndarray  # of each start, the kind of that mark


def cuts_of(batch: Batch) -> Cuts:
    """Where waits open and what cuts them, computed once."""
    return batch.remembered("cuts", lambda: _cuts(batch))


def _cuts(batch: Batch) -> Cuts:
    chain = _chains(batch)
    row, kind, time = _marks(batch)
    of_mark = chain[row]
    new = np.ones(len(row), bool)
    new[1:] = of_mark[1:] != of_mark[:-1]
    while True:
        opening = kind == OPEN
        after = np.zeros(len(kind), bool)  # marks whose neighbour before, in their chain, opens
        after[1:] = opening[:-1]
        after &= ~new
        starts = np.flatnonzero(opening & ~after)
        # A `gives` that finds open a wait of an earlier sitting says nothing of it: that wait runs on.
        dead = np.flatnonzero((kind == DEAD) & after)
        opener = starts[np.searchsorted(starts, dead) - 1] if len(dead) else dead
        strange = dead[batch.session[row[opener]] != batch.session[row[dead]]]
        if not len(strange):
            break
        keep = np.ones(len(kind), bool)
        keep[strange] = False
        row, kind, time, of_mark = row[keep], kind[keep], time[keep], of_mark[keep]
        new = np.ones(len(row), bool)
        new[1:] = of_mark[1:] != of_mark[:-1]
    cuts = np.flatnonzero(~opening)
    place = np.cumsum(~opening)[starts] if len(starts) else starts  # so many cuts stand before each start
    ends = np.full(len(starts), -1)
    there = place < len(cuts)
    ends[there] = cuts[place[there]]
    ends[there] = np.where(of_mark[ends[there]] == of_mark[starts[there]], ends[there], -1)
    fate = np.where(ends >= 0, kind[ends], NOTHING) if len(starts) else np.zeros(0, np.int8)
    return Cuts(row, kind, time, chain, np.flatnonzero(opening & after), starts, ends, fate)


def _chains(batch: Batch) -> np.ndarray:
    """Sittings of one case that follow one another: a wait left open in one runs on over the next.

    A sitting that began while an earlier one was still heard does not continue it.
    """
    rows = len(batch)
    if rows == 0:
        return np.zeros(0, np.int64)
    turn = np.flatnonzero(batch.session[1:] != batch.session[:-1]) + 1
    ends = batch.hearing_ends()[batch.session[turn - 1]]
    # A start that nobody told is the first sentence: what was heard decides, not the row of the session.
    overlaps = (batch.of_started[batch.session[turn]] < ends) & (batch.when[turn] < ends)
    begins = turn[(batch.case[turn] != batch.case[turn - 1]) | overlaps]
    return np.repeat(np.arange(len(begins) + 1), np.diff(np.concatenate(([0], begins, [rows]))))


def _marks(batch: Batch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every row's mark: row, kind, time. Behind it the one that a service's own turn leaves when it speaks on."""
    # One look-up a row: what its verb is, on a screen, in conversation, and by post.
    kinds = _KINDS[batch.channel, batch.verb]
    talk = TALKS[batch.channel]
    first = np.flatnonzero(kinds)
    kind, ended = kinds[first], np.where(kinds[first] == OPEN, batch.end[first], batch.when[first])
    if not talk.any():
        return first, kind, ended
    service_next = _service_speaks_next(batch)
    starting = talk & batch.is_verb("begins") & service_next
    kinds[starting] = OPEN
    first = np.flatnonzero(kinds)
    spoke = batch.one_of(batch.verb, _SERVICE) & (batch.verb != V["requests"])
    second = np.flatnonzero(talk & spoke & service_next)
    row = np.concatenate((first, second))
    kind = np.concatenate((kinds[first], np.full(len(second), OPEN, np.int8)))
    ended = np.where(kind == OPEN, batch.end[row], batch.when[row])
    order = np.lexsort((np.repeat([0, 1], [len(first), len(second)]), row))
    return row[order], kind[order], ended[order]


def _kinds() -> np.ndarray:
    """What a verb's mark is in each channel: a row a channel, a column a verb."""
    table = np.full((len(CHANNEL), len(VERBS)), NOTHING, np.int8)
    table[:, [V[v] for v in OPENERS]] = OPEN
    table[:, [V[v] for v in CLOSERS]] = CLOSE
    table[:, V["breaks"]] = BREAK
    table[[CHANNEL[c] for c in CONVERSATIONS], V["gives"]] = OPEN
    table[[CHANNEL[c] for c in SCREENS], V["gives"]] = DEAD
    return table


_KINDS: Final = _kinds()
TALKS: Final = np.array([channel in CONVERSATIONS for channel in CHANNEL])


def _service_speaks_next(batch: Batch) -> np.ndarray:
    """Rows after which, in the same session, the service is the next to speak (the lab's remarks aside)."""
    said = np.flatnonzero(batch.one_of(batch.verb, _SERVICE + _CITIZEN))
    following = np.zeros(len(batch), bool)
    if len(said) > 1:
        same = batch.session[said[1:]] == batch.session[said[:-1]]
        following[said[:-1]] = same & batch.one_of(batch.verb[said[1:]], _SERVICE)
    return following


def _running(batch: Batch, cuts: Cuts) -> np.ndarray:
    running = np.full(len(batch), -1)
    if not len(cuts.starts):
        return running
    opened = cuts.row[cuts.starts]
    chain_ends = np.searchsorted(cuts.chain, cuts.chain[opened], side="right")
    until = np.where(cuts.ends >= 0, cuts.row[cuts.ends], chain_ends)
    wait = latest(opened, len(batch))
    inside = (wait >= 0) & (np.arange(len(batch)) < until[wait])
    running[inside] = opened[wait[inside]]
    return running


def latest(rows: np.ndarray, among: int) -> np.ndarray:
    """For each of so many rows the place in `rows` of the latest one at or before it, -1 before the first."""
    counted = np.zeros(among, np.int32)
    counted[rows] = 1
    return np.cumsum(counted) - 1
