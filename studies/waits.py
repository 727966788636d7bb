"""Waits and silences: how long citizens waited, and for how much of it nothing told them that anyone was at work.

A wait opens at the citizen's `acts`, `asks` or `submits` and closes at the service's next `answers`, `requests`,
`refuses`, `hands_off` or `concludes`, or when the citizen leaves. In conversation the floor decides: the citizen waits
after any sentence of their own, and after the service's own when it is the service that speaks next (a silence after
`requests` is the citizen's). A silence is a stretch of a wait without a perceivable sign.

Everything here is one pass over sorted columns; times are µs, rows are rows of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from studies.batch import CHANNEL, NEVER, Batch, V
from studies.events import CAUSES, CONVERSATIONS, SCREENS, VERBS
from studies.presets import Presets

OPENERS: Final = ("acts", "asks", "submits")
CLOSERS: Final = ("answers", "requests", "refuses", "hands_off", "concludes", "leaves")
_NOTHING, _OPEN, _CLOSE, _DEAD, _BREAK = range(5)
_CITIZEN: Final = [V[v] for v, (actor, _, _) in VERBS.items() if actor == "citizen"]
_SERVICE: Final = [V[v] for v, (actor, _, _) in VERBS.items() if actor == "service"]


@dataclass(frozen=True)
class Waits:
    """One entry a wait, in the order they opened; one entry a silence; and what rows turned out to be."""

    session: np.ndarray  # the session that opened it
    row: np.ndarray  # the row that opened it
    opened: np.ndarray
    closed: np.ndarray  # when it closed; where nothing closed it, when hearing ended
    closed_row: np.ndarray  # -1 where nothing closed it: it lasted at least so long
    crosses: np.ndarray  # it ran on into a later session of its case
    silence_wait: np.ndarray  # which wait the silence is in
    silence_from: np.ndarray
    silence_to: np.ndarray
    silence_cause: np.ndarray  # code of CAUSES, -1
    silent: np.ndarray  # the silence exceeds its threshold
    impatient: np.ndarray  # rows: an act while a wait was open
    dead: np.ndarray  # rows that opened a dead act

    def per_session(self, batch: Batch, of_wait: np.ndarray) -> np.ndarray:
        """A figure of each wait, summed over the sessions that opened them."""
        return np.bincount(self.session, weights=of_wait, minlength=batch.sessions)

    def per_session_silent(self, batch: Batch, of_silence: np.ndarray) -> np.ndarray:
        """A figure of each silence, summed over the silent waits of each session."""
        owner = self.session[self.silence_wait[self.silent]]
        return np.bincount(owner, weights=of_silence[self.silent], minlength=batch.sessions)


def waits_of(batch: Batch, presets: Presets) -> Waits:
    """The waits and silences of a batch under these presets, computed once."""
    return batch.remembered(("waits", presets), lambda: _waits(batch, presets))


def running_of(batch: Batch) -> np.ndarray:
    """For each row the row that opened the wait it happened in, -1 where none was open; computed once."""
    return batch.remembered("running", lambda: _running(batch, _cuts_of(batch)))


@dataclass(frozen=True)
class _Cuts:
    """Where waits open and what cuts them, whatever the presets: places among the marks, which are rows in order."""

    row: np.ndarray  # of each mark
    kind: np.ndarray
    time: np.ndarray
    chain: np.ndarray  # of each row: sittings that follow one another
    again: np.ndarray  # marks: an opening while a wait was open
    starts: np.ndarray  # marks that open a wait
    ends: np.ndarray  # of each start, the mark that ends it, -1 where its chain ends first
    fate: np.ndarray  # of each start, the kind of that mark


def _cuts_of(batch: Batch) -> _Cuts:
    return batch.remembered("cuts", lambda: _cuts(batch))


def _cuts(batch: Batch) -> _Cuts:
    chain = _chains(batch)
    row, kind, time = _marks(batch)
    of_mark = chain[row]
    new = np.ones(len(row), bool)
    new[1:] = of_mark[1:] != of_mark[:-1]
    while True:
        opening = kind == _OPEN
        after = np.zeros(len(kind), bool)  # marks whose neighbour before, in their chain, opens
        after[1:] = opening[:-1]
        after &= ~new
        starts = np.flatnonzero(opening & ~after)
        # A `gives` that finds open a wait of an earlier sitting says nothing of it: that wait runs on.
        dead = np.flatnonzero((kind == _DEAD) & after)
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
    fate = np.where(ends >= 0, kind[ends], _NOTHING) if len(starts) else np.zeros(0, np.int8)
    return _Cuts(row, kind, time, chain, np.flatnonzero(opening & after), starts, ends, fate)


def _waits(batch: Batch, presets: Presets) -> Waits:
    cuts = _cuts_of(batch)
    row = cuts.row
    impatient = np.zeros(len(batch), bool)
    impatient[row[cuts.again]] = True
    impatient &= batch.is_verb(*OPENERS)
    if (cuts.fate == _BREAK).any():
        broken = np.zeros(len(batch) + 1, bool)  # the last entry is for rows in no wait
        broken[row[cuts.starts[cuts.fate == _BREAK]]] = True
        impatient &= ~broken[running_of(batch)]
    dead = np.zeros(len(batch), bool)
    dead[row[cuts.starts[cuts.fate == _DEAD]]] = True

    real = (cuts.fate == _CLOSE) | (cuts.fate == _NOTHING)
    starts, ends = cuts.starts[real], cuts.ends[real]
    told = ends >= 0
    opener = row[starts]
    session = batch.session[opener]
    opened, closed_row = cuts.time[starts], np.where(told, row[ends], -1)
    at_last, last_session = cuts.time[ends], batch.session[closed_row]
    if not told.all():
        left = np.flatnonzero(~told)
        last_session[left] = _last_session(batch, cuts.chain)[cuts.chain[opener[left]]]
        at_last[left] = batch.hearing_ends()[last_session[left]]
    opened = np.where(told, np.minimum(opened, at_last), opened)
    closed = np.maximum(at_last, opened)
    crosses = last_session != session
    silences = _silences(batch, presets, opener, opened, closed, closed_row, cuts.chain)
    silent = _exceeds(batch, presets, opener, crosses, *silences[:3])
    return Waits(session, opener, opened, closed, closed_row, crosses, *silences, silent, impatient, dead)


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


def _last_session(batch: Batch, chain: np.ndarray) -> np.ndarray:
    last = np.zeros(chain[-1] + 1 if len(chain) else 0, np.int64)
    last[chain] = batch.session  # rows are in order: the last one written stays
    return last


def _marks(batch: Batch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every row's mark: row, kind, time. Behind it the one that a service's own turn leaves when it speaks on."""
    # One look-up a row: what its verb is, on a screen, in conversation, and by post.
    kinds = _KINDS[batch.channel, batch.verb]
    talk = _TALKS[batch.channel]
    first = np.flatnonzero(kinds)
    kind, ended = kinds[first], np.where(kinds[first] == _OPEN, batch.end[first], batch.when[first])
    if not talk.any():
        return first, kind, ended
    service_next = _service_speaks_next(batch)
    starting = talk & batch.is_verb("begins") & service_next
    kinds[starting] = _OPEN
    first = np.flatnonzero(kinds)
    spoke = batch.one_of(batch.verb, _SERVICE) & (batch.verb != V["requests"])
    second = np.flatnonzero(talk & spoke & service_next)
    row = np.concatenate((first, second))
    kind = np.concatenate((kinds[first], np.full(len(second), _OPEN, np.int8)))
    ended = np.where(kind == _OPEN, batch.end[row], batch.when[row])
    order = np.lexsort((np.repeat([0, 1], [len(first), len(second)]), row))
    return row[order], kind[order], ended[order]


def _kinds() -> np.ndarray:
    """What a verb's mark is in each channel: a row a channel, a column a verb."""
    table = np.full((len(CHANNEL), len(VERBS)), _NOTHING, np.int8)
    table[:, [V[v] for v in OPENERS]] = _OPEN
    table[:, [V[v] for v in CLOSERS]] = _CLOSE
    table[:, V["breaks"]] = _BREAK
    table[[CHANNEL[c] for c in CONVERSATIONS], V["gives"]] = _OPEN
    table[[CHANNEL[c] for c in SCREENS], V["gives"]] = _DEAD
    return table


_KINDS: Final = _kinds()
_TALKS: Final = np.array([channel in CONVERSATIONS for channel in CHANNEL])


def _service_speaks_next(batch: Batch) -> np.ndarray:
    """Rows after which, in the same session, the service is the next to speak (the lab's remarks aside)."""
    said = np.flatnonzero(batch.one_of(batch.verb, _SERVICE + _CITIZEN))
    following = np.zeros(len(batch), bool)
    if len(said) > 1:
        same = batch.session[said[1:]] == batch.session[said[:-1]]
        following[said[:-1]] = same & batch.one_of(batch.verb[said[1:]], _SERVICE)
    return following


def _running(batch: Batch, cuts: _Cuts) -> np.ndarray:
    running = np.full(len(batch), -1)
    if not len(cuts.starts):
        return running
    opened = cuts.row[cuts.starts]
    chain_ends = np.searchsorted(cuts.chain, cuts.chain[opened], side="right")
    until = np.where(cuts.ends >= 0, cuts.row[cuts.ends], chain_ends)
    wait = _latest(opened, len(batch))
    inside = (wait >= 0) & (np.arange(len(batch)) < until[wait])
    running[inside] = opened[wait[inside]]
    return running


def _latest(rows: np.ndarray, among: int) -> np.ndarray:
    """For each of so many rows the place in `rows` of the latest one at or before it, -1 before the first."""
    counted = np.zeros(among, np.int32)
    counted[rows] = 1
    return np.cumsum(counted) - 1


def _silences(
    batch: Batch,
    presets: Presets,
    row: np.ndarray,
    opened: np.ndarray,
    closed: np.ndarray,
    closed_row: np.ndarray,
    chain: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The stretches of each wait that no sign covers: wait, from, to, cause of the sentence that ended them."""
    if not len(row):
        return row, opened, closed, closed_row
    signs = batch.is_verb("responds") & batch.one_of(batch.sense, [-1, ("seen", "heard").index(presets.signs)])
    # Where the citizen goes on talking, their own words are no silence of the service's.
    talk = _TALKS[batch.channel]
    covers = np.flatnonzero(signs | (talk & batch.is_verb("gives"))) if talk.any() else np.flatnonzero(signs)
    wait = _latest(row, len(batch))[covers]
    until_row = closed_row
    if (closed_row < 0).any():
        until_row = np.where(closed_row >= 0, closed_row, np.searchsorted(chain, chain[row], side="right"))
    inside = (wait >= 0) & (covers < until_row[wait])
    covers, wait = covers[inside], wait[inside]
    begun = _already_covered(batch, signs, row, opened, closed)

    # A wait without any sign is one silence; the others are pieced together.
    signed = np.zeros(len(row), bool)
    signed[wait] = True
    bare = np.flatnonzero(~signed & (begun < closed))
    pieces = _pieces(np.flatnonzero(signed), covers, wait, batch, begun, opened, closed, closed_row)
    of = np.concatenate((bare, pieces[0]))
    order = np.argsort(of, kind="stable")
    ended_by = np.concatenate((closed_row[bare], pieces[3]))[order]
    cause = np.where(ended_by >= 0, batch.cause[ended_by], -1)
    begins, ends = np.concatenate((begun[bare], pieces[1])), np.concatenate((closed[bare], pieces[2]))
    return of[order], begins[order], ends[order], cause


def _pieces(
    signed: np.ndarray,
    covers: np.ndarray,
    wait: np.ndarray,
    batch: Batch,
    begun: np.ndarray,
    opened: np.ndarray,
    closed: np.ndarray,
    closed_row: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The silences of the waits that signs cover parts of: wait, from, to, the row that ended them."""
    # One list a wait: its opening, what covers parts of it, its close; each piece lies before the next begins.
    of = np.concatenate((signed, wait, signed))
    begins = np.concatenate((opened[signed], np.clip(batch.when[covers], opened[wait], closed[wait]), closed[signed]))
    reaches = np.concatenate((begun[signed], batch.end[covers], closed[signed]))
    ended_by = np.concatenate((np.full(len(signed), -1), covers, closed_row[signed]))
    order = np.argsort(of, kind="stable")
    of, begins, ended_by = of[order], begins[order], ended_by[order]
    reaches = _running_maximum(of, np.minimum(reaches[order], closed[of]))
    piece = np.flatnonzero((of[1:] == of[:-1]) & (begins[1:] > reaches[:-1])) + 1
    return of[piece], reaches[piece - 1], begins[piece], ended_by[piece]


def _already_covered(
    batch: Batch, signs: np.ndarray, row: np.ndarray, opened: np.ndarray, closed: np.ndarray
) -> np.ndarray:
    """Until when a sign that stood before the wait opened goes on into it."""
    shown = np.flatnonzero(signs)
    following = len(row) - 1 - _latest(len(batch) - 1 - row[::-1], len(batch))[len(batch) - 1 - shown]
    following = following[following < len(row)], shown[following < len(row)]
    # Signs are over, as a rule, before the next wait opens; then none goes on into any.
    if not len(shown) or not (batch.end[following[1]] > opened[following[0]]).any():
        return opened
    reach = _running_maximum(batch.session[shown], batch.end[shown])
    last = np.searchsorted(shown, row) - 1
    same = (last >= 0) & (batch.session[shown[last]] == batch.session[row])
    return np.where(same, np.clip(reach[last], opened, closed), opened)


def _running_maximum(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The greatest value so far within each group of neighbours."""
    if not len(values):
        return values
    # Ranks stand in for the values, so that one pass over numbers that only grow serves all groups.
    distinct, rank = np.unique(values, return_inverse=True)
    number = np.cumsum(np.concatenate(([0], group[1:] != group[:-1])))
    highest = np.maximum.accumulate(number * len(distinct) + rank)
    return distinct[highest - number * len(distinct)]


def _exceeds(
    batch: Batch,
    presets: Presets,
    row: np.ndarray,
    crosses: np.ndarray,
    wait: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
) -> np.ndarray:
    """Which silences are strictly longer than the threshold of their wait's channel."""
    bearable = np.full(len(CHANNEL), NEVER)
    for channel, seconds in presets.silence.items():
        bearable[CHANNEL[channel]] = round(seconds * 1_000_000)
    limit = np.where(crosses, NEVER, bearable[batch.channel[row]])[wait]
    slow = np.flatnonzero(limit == NEVER)
    silent = np.asarray(ends - begins > limit)
    if len(slow):
        silent[slow] = ends[slow] > presets.calendar.next_working_day(begins[slow])
    return silent


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait as a person reads it; seconds from the start of the session that opened it."""

    step: str | None
    opened: float
    closed: float | None
    closed_by: str | None
    lasted: float
    silences: tuple[tuple[float, float, str | None], ...]
    silent: tuple[bool, ...]

    def json(self) -> dict[str, object]:
        """The wait as it is exchanged: `closed` is null where it lasted at least to the end of hearing."""
        return {
            "step": self.step,
            "opened": self.opened,
            "closed": self.closed,
            "closed_by": self.closed_by,
            "silences": [list(s) for s in self.silences],
        }


def told(batch: Batch, presets: Presets) -> dict[str, list[Wait]]:
    """Each session's waits, in order; without silences where the source hears no signs and cannot tell any."""
    waits = waits_of(batch, presets)
    verbs = list(VERBS)
    found: dict[str, list[Wait]] = {str(name): [] for name in batch.names}
    first = np.searchsorted(waits.silence_wait, np.arange(len(waits.row) + 1))
    for i, (row, session) in enumerate(zip(waits.row.tolist(), waits.session.tolist(), strict=True)):
        start = int(batch.of_started[session])
        by = int(waits.closed_row[i])
        hears_signs = int(batch.of_hears[session]) >> V["responds"] & 1
        pieces = range(first[i], first[i + 1]) if hears_signs else range(0)
        found[str(batch.names[session])].append(
            Wait(
                step=str(batch.steps[batch.step[row]]) if batch.step[row] >= 0 else None,
                opened=_seconds(waits.opened[i], start),
                closed=_seconds(waits.closed[i], start) if by >= 0 else None,
                closed_by=verbs[batch.verb[by]] if by >= 0 else None,
                lasted=_seconds(waits.closed[i], int(waits.opened[i])),
                silences=tuple(
                    (
                        _seconds(waits.silence_from[p], start),
                        _seconds(waits.silence_to[p], start),
                        CAUSES[waits.silence_cause[p]] if waits.silence_cause[p] >= 0 else None,
                    )
                    for p in pieces
                ),
                silent=tuple(bool(waits.silent[p]) for p in pieces),
            )
        )
    return found


def _seconds(moment: np.int64, start: int) -> float:
    return round((int(moment) - start) / 1_000_000, 6)
