"""A log as metrics read it: whole cases in sorted columns of numbers.

Rows stand by case, within it session after session in the order they began, within a session by when and seq.
Times are microseconds since 1970 (UTC). Words are codes: a verb's code is its place in VERBS, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from studies.events import CAUSES, CHANNELS, SENSES, VERBS
from studies.log import Log

T = TypeVar("T")

NEVER: Final = np.iinfo(np.int64).min
V: Final = {verb: code for code, verb in enumerate(VERBS)}
CHANNEL: Final = {channel: code for code, channel in enumerate(CHANNELS)}


@dataclass(frozen=True)
class Batch:
    """Columns of one entry a sentence, and columns of one entry a session (`of_…`)."""

    names: np.ndarray  # of sessions, object
    session: np.ndarray  # int64, index into names
    case: np.ndarray  # int64
    when: np.ndarray  # int64 µs
    end: np.ndarray  # int64 µs: until, else when
    verb: np.ndarray  # int8
    about: np.ndarray  # int64 code, -1 where it says nothing
    channel: np.ndarray  # int8
    cause: np.ndarray  # int8, -1
    sense: np.ndarray  # int8, -1
    value: np.ndarray  # float64, NaN where it says nothing
    step: np.ndarray  # int64 index into steps, -1
    steps: np.ndarray  # object
    of_started: np.ndarray  # int64 µs
    of_ended: np.ndarray  # int64 µs, NEVER where nobody told
    of_hears: np.ndarray  # uint32, a bit for each verb code
    _memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.session)

    @property
    def sessions(self) -> int:
        """How many sessions."""
        return len(self.names)

    def is_verb(self, *verbs: str) -> np.ndarray:
        """Which rows say one of these verbs."""
        return np.isin(self.verb, [V[v] for v in verbs])

    def count(self, rows: np.ndarray) -> np.ndarray:
        """How many of the marked rows each session has, as floats."""
        return np.bincount(self.session[rows], minlength=self.sessions).astype(float)

    def remembered(self, what: Hashable, make: Callable[[], T]) -> T:
        """What several metrics need, computed once."""
        if what not in self._memo:
            self._memo[what] = make()
        found: T = self._memo[what]
        return found

    def by_time(self) -> np.ndarray:
        """The rows' order within their cases by the clock alone, where sessions of a case overlap."""
        return self.remembered("by_time", lambda: np.lexsort((np.arange(len(self)), self.when, self.case)))

    def hearing_ends(self) -> np.ndarray:
        """Until when each session was heard: its `ended`, else the end of its last sentence."""
        last = self.of_started.copy()
        np.maximum.at(last, self.session, self.end)
        return np.where(self.of_ended != NEVER, self.of_ended, last)


def batch_of(log: Log) -> Batch:
    """The batch that a whole log makes. The log holds whole cases."""
    said, heard = log.sentences, log.sessions
    names = heard["session"].combine_chunks()
    session = pc.index_in(said["session"], names).to_numpy(zero_copy_only=False).astype(np.int64)
    started = _micro(heard["started"])
    case, _ = _codes(said["case"])
    when, seq = _micro(said["when"]), said["seq"].to_numpy()
    order = _order(case, started[session], session, when, seq)
    until = _micro(said["until"])
    step, steps = _codes(said["step"])
    about, _ = _codes(said["about"])
    columns = {
        "session": session,
        "case": case,
        "when": when,
        "end": np.where(until == NEVER, when, until),
        "verb": _known(said["verb"], list(VERBS)),
        "about": about,
        "channel": _known(said["channel"], CHANNELS),
        "cause": _known(said["cause"], CAUSES),
        "sense": _known(said["sense"], SENSES),
        "value": said["value"].to_numpy(zero_copy_only=False).astype(float),
        "step": step,
    }
    if order is not None:
        columns = {name: column[order] for name, column in columns.items()}
    return Batch(
        names=names.to_numpy(zero_copy_only=False),
        steps=steps,
        of_started=started,
        of_ended=_micro(heard["ended"]),
        of_hears=np.array([sum(1 << V[v] for v in row) for row in heard["hears"].to_pylist()], np.uint32),
        **columns,
    )


def _micro(column: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(column.cast(pa.int64()), int(NEVER)).to_numpy(zero_copy_only=False)


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Codes in the order of first appearance, -1 for null; and the words."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no rows, no chunks
        encoded = pc.dictionary_encode(pa.array([], pa.string()))
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary.to_numpy(zero_copy_only=False)


def _known(column: pa.ChunkedArray, words: list[str] | tuple[str, ...]) -> np.ndarray:
    codes = pc.fill_null(pc.index_in(column, pa.array(words)), -1)
    return codes.to_numpy(zero_copy_only=False).astype(np.int8)


def _order(*keys: np.ndarray) -> np.ndarray | None:
    """The permutation that sorts rows by these keys, first key first; None when they stand so already."""
    tied = np.ones(max(len(keys[0]) - 1, 0), bool)
    for key in keys:
        step = key[1:] - key[:-1] if len(key) else key
        if np.any(tied & (step < 0)):
            return np.lexsort(keys[::-1])
        tied &= step == 0
    return None
