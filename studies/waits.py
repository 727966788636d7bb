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
    running: np.ndarray  # rows: the row that opened the wait they happened in, -1
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


@dataclass(frozen=True)
class _Marks:
    """What opens, closes or cuts a wait, in order. `chain` tells which marks can speak to each other."""

    row: np.ndarray
    kind: np.ndarray
    time: np.ndarray
    chain: np.ndarray

    def keep(self, which: np.ndarray) -> _Marks:
        return _Marks(self.row[which], self.kind[which], self.time[which], self.chain[which])

    def before(self) -> np.ndarray:
        """The kind of the mark before each, within its chain."""
        kind = np.concatenate(([_NOTHING], self.kind[:-1])) if len(self.kind) else self.kind
        new = np.ones(len(kind), bool)
        new[1:] = self.chain[1:] != self.chain[:-1]
        return np.where(new, _NOTHING, kind)


def _waits(batch: Batch, presets: Presets) -> Waits:
    chain = _chains(batch)
    marks = _marks(batch, chain)
    marks, starts = _without_strange_gives(batch, marks)
    before = marks.before()
    ends = _next_cut(marks, starts)
    fate = np.where(ends >= 0, marks.kind[ends], _NOTHING)
    impatient = np.zeros(len(batch), bool)
    again = (marks.kind == _OPEN) & (before == _OPEN)
    impatient[marks.row[again]] = True
    impatient &= batch.is_verb(*OPENERS)
    running = _running(batch, marks, starts, ends, chain)
    broken = np.zeros(len(batch) + 1, bool)  # the last entry is for rows in no wait
    broken[marks.row[starts[fate == _BREAK]]] = True
    impatient &= ~broken[running]

    dead = np.zeros(len(batch), bool)
    dead[marks.row[starts[fate == _DEAD]]] = True

    real = (fate == _CLOSE) | (fate == _NOTHING)
    starts, ends = starts[real], ends[real]
    row, session = marks.row[starts], batch.session[marks.row[starts]]
    closed_row = np.where(ends >= 0, marks.row[ends], -1)
    last_of_chain = _last_session(batch, chain)[chain[row]] if len(row) else session
    at_last = np.where(ends >= 0, marks.time[ends], batch.hearing_ends()[last_of_chain])
    opened = np.where(ends >= 0, np.minimum(marks.time[starts], at_last), marks.time[starts])
    closed = np.maximum(at_last, opened)
    crosses = np.where(ends >= 0, batch.session[closed_row] != session, last_of_chain != session)
    silences = _silences(batch, presets, row, opened, closed, closed_row, chain)
    silent = _exceeds(batch, presets, row, crosses, *silences[:3])
    return Waits(session, row, opened, closed, closed_row, crosses, *silences, silent, impatient, running, dead)


def _chains(batch: Batch) -> np.ndarray:
    """Sittings of one case that follow one another: a wait left open in one runs on over the next.

    A sitting that began while an earlier one was still heard does not continue it.
    """
    new = np.ones(len(batch), bool)
    if len(batch) == 0:
        return new.astype(np.int64)
    turn = batch.session[1:] != batch.session[:-1]
    other_case = batch.case[1:] != batch.case[:-1]
    ends = batch.hearing_ends()
    overlaps = turn & (batch.of_started[batch.session[1:]] < ends[batch.session[:-1]])
    # A start that nobody told is the first sentence: what was heard decides, not the row of the session.
    overlaps &= batch.when[1:] < ends[batch.session[:-1]]
    new[1:] = other_case | overlaps
    return np.cumsum(new) - 1


def _last_session(batch: Batch, chain: np.ndarray) -> np.ndarray:
    last = np.zeros(chain[-1] + 1 if len(chain) else 0, np.int64)
    last[chain] = batch.session  # rows are in order: the last one written stays
    return last


def _marks(batch: Batch, chain: np.ndarray) -> _Marks:
    """Every row's mark, and behind it the one that a service's own turn leaves when it speaks on."""
    talk = np.isin(batch.channel, [CHANNEL[c] for c in CONVERSATIONS])
    screen = np.isin(batch.channel, [CHANNEL[c] for c in SCREENS])
    service_next = _service_speaks_next(batch)
    opens = batch.is_verb(*OPENERS) | (talk & batch.is_verb("gives")) | (talk & batch.is_verb("begins") & service_next)
    kind = np.full(len(batch), _NOTHING)
    kind[opens] = _OPEN
    kind[batch.is_verb(*CLOSERS)] = _CLOSE
    kind[screen & batch.is_verb("gives")] = _DEAD
    kind[batch.is_verb("breaks")] = _BREAK
    first = np.flatnonzero(kind != _NOTHING)
    spoke = np.isin(batch.verb, _SERVICE) & (batch.verb != V["requests"])
    second = np.flatnonzero(talk & spoke & service_next)

    row = np.concatenate((first, second))
    kinds = np.concatenate((kind[first], np.full(len(second), _OPEN)))
    ended = np.where(kinds == _OPEN, batch.end[row], batch.when[row])
    order = np.lexsort((np.repeat([0, 1], [len(first), len(second)]), row))
    return _Marks(row[order], kinds[order], ended[order], chain[row[order]])


def _service_speaks_next(batch: Batch) -> np.ndarray:
    """Rows after which, in the same session, the service is the next to speak (the lab's remarks aside)."""
    said = np.flatnonzero(np.isin(batch.verb, _SERVICE + _CITIZEN))
    following = np.zeros(len(batch), bool)
    if len(said) > 1:
        same = batch.session[said[1:]] == batch.session[said[:-1]]
        following[said[:-1]] = same & np.isin(batch.verb[said[1:]], _SERVICE)
    return following


def _without_strange_gives(batch: Batch, marks: _Marks) -> tuple[_Marks, np.ndarray]:
    """The marks without each `gives` that finds open a wait of an earlier sitting: that wait runs on."""
    while True:
        starts = np.flatnonzero((marks.kind == _OPEN) & (marks.before() != _OPEN))
        if not len(starts):
            return marks, starts
        dead = np.flatnonzero((marks.kind == _DEAD) & (marks.before() == _OPEN))
        opener = starts[np.searchsorted(starts, dead) - 1]
        strange = dead[batch.session[marks.row[opener]] != batch.session[marks.row[dead]]]
        if not len(strange):
            return marks, starts
        keep = np.ones(len(marks.kind), bool)
        keep[strange] = False
        marks = marks.keep(keep)


def _next_cut(marks: _Marks, starts: np.ndarray) -> np.ndarray:
    """For each wait the mark that ends it, -1 where its chain ends first."""
    cuts = np.flatnonzero(marks.kind != _OPEN)
    place = np.searchsorted(cuts, starts)
    there = place < len(cuts)
    found = np.full(len(starts), -1)
    found[there] = cuts[place[there]]
    found[there] = np.where(marks.chain[found[there]] == marks.chain[starts[there]], found[there], -1)
    return found


def _running(batch: Batch, marks: _Marks, starts: np.ndarray, ends: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """For each row the row that opened the wait it happened in, -1 where none was open."""
    running = np.full(len(batch), -1)
    if not len(starts):
        return running
    opened = marks.row[starts]
    chain_ends = np.searchsorted(chain, chain[opened], side="right")
    until = np.where(ends >= 0, marks.row[ends], chain_ends)
    wait = np.searchsorted(opened, np.arange(len(batch)), side="right") - 1
    inside = (wait >= 0) & (np.arange(len(batch)) < until[wait])
    running[inside] = opened[wait[inside]]
    return running


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
    waits = np.arange(len(row))
    signs = batch.is_verb("responds") & np.isin(batch.sense, [-1, ("seen", "heard").index(presets.signs)])
    # Where the citizen goes on talking, their own words are no silence of the service's.
    talk = np.isin(batch.channel, [CHANNEL[c] for c in CONVERSATIONS])
    covers = np.flatnonzero(signs | (talk & batch.is_verb("gives")))
    wait = np.searchsorted(row, covers, side="right") - 1
    until_row = np.where(closed_row >= 0, closed_row, np.searchsorted(chain, chain[row], side="right"))
    inside = (wait >= 0) & (covers < until_row[wait]) if len(row) else np.zeros(len(covers), bool)
    covers, wait = covers[inside], wait[inside]

    # One list a wait: its opening, what covers parts of it, its close; each piece lies before the next begins.
    of = np.concatenate((waits, wait, waits))
    begins = np.concatenate((opened, np.clip(batch.when[covers], opened[wait], closed[wait]), closed))
    reaches = np.concatenate((_already_covered(batch, signs, row, opened, closed), batch.end[covers], closed))
    ended_by = np.concatenate((np.full(len(waits), -1), covers, closed_row))
    order = np.lexsort((np.repeat([0, 1, 2], [len(waits), len(covers), len(waits)]), of))
    of, begins, ended_by = of[order], begins[order], ended_by[order]
    reaches = _running_maximum(of, np.minimum(reaches[order], closed[of]))
    if not len(of):
        return of, begins, begins, ended_by
    piece = np.flatnonzero((of[1:] == of[:-1]) & (begins[1:] > reaches[:-1])) + 1
    by = ended_by[piece]
    cause = np.where(by >= 0, batch.cause[by], -1)
    return of[piece], reaches[piece - 1], begins[piece], cause


def _already_covered(
    batch: Batch, signs: np.ndarray, row: np.ndarray, opened: np.ndarray, closed: np.ndarray
) -> np.ndarray:
    """Until when a sign that stood before the wait opened goes on into it."""
    shown = np.flatnonzero(signs)
    if not len(shown) or not len(row):
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
    slow = limit == NEVER
    silent = np.asarray(ends - begins > limit)
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
