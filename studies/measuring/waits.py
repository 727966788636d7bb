"""Waits and silences: how long citizens waited, and for how much of it nothing told them that anyone was at work.

A wait opens at the citizen's `acts`, `asks` or `submits` and closes at the service's next `answers`, `requests`,
`refuses`, `hands_off` or `concludes`, or when the citizen leaves. In conversation the floor decides: the citizen waits
after any sentence of their own, and after the service's own when it is the service that speaks next (a silence after
`requests` is the citizen's). A silence is a stretch of a wait without a perceivable sign.

Everything here is one pass over sorted columns; times are µs, rows are rows of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studies.events import CAUSES, VERBS
from studies.measuring.batch import CHANNEL, NEVER, Batch, V
from studies.measuring.marks import BREAK, CLOSE, DEAD, NOTHING, OPENERS, TALKS, cuts_of, latest, running_of
from studies.measuring.presets import Presets


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


def _waits(batch: Batch, presets: Presets) -> Waits:
    cuts = cuts_of(batch)
    row = cuts.row
    impatient = np.zeros(len(batch), bool)
    impatient[row[cuts.again]] = True
    impatient &= batch.is_verb(*OPENERS)
    if (cuts.fate == BREAK).any():
        broken = np.zeros(len(batch) + 1, bool)  # the last entry is for rows in no wait
        broken[row[cuts.starts[cuts.fate == BREAK]]] = True
        impatient &= ~broken[running_of(batch)]
    dead = np.zeros(len(batch), bool)
    dead[row[cuts.starts[cuts.fate == DEAD]]] = True

    real = (cuts.fate == CLOSE) | (cuts.fate == NOTHING)
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
    silent = exceeds(batch, presets, opener, crosses, *silences[:3])
    return Waits(session, opener, opened, closed, closed_row, crosses, *silences, silent, impatient, dead)


def _last_session(batch: Batch, chain: np.ndarray) -> np.ndarray:
    last = np.zeros(chain[-1] + 1 if len(chain) else 0, np.int64)
    last[chain] = batch.session  # rows are in order: the last one written stays
    return last


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
    talk = TALKS[batch.channel]
    covers = np.flatnonzero(signs | (talk & batch.is_verb("gives"))) if talk.any() else np.flatnonzero(signs)
    wait = latest(row, len(batch))[covers]
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
    following = len(row) - 1 - latest(len(batch) - 1 - row[::-1], len(batch))[len(batch) - 1 - shown]
    there = following < len(row)
    # Signs are over, as a rule, before the next wait opens; then none goes on into any.
    if not (batch.end[shown[there]] > opened[following[there]]).any():
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


def exceeds(
    batch: Batch,
    presets: Presets,
    row: np.ndarray,
    crosses: np.ndarray,
    wait: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
) -> np.ndarray:
    """Which stretches of waits are strictly longer than the threshold of their wait's channel."""
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
