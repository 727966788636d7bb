"""A log as metrics read it: whole cases in sorted columns of numbers.

Rows stand by case, within it session after session in the order they began, within a session by when and seq.
Times are microseconds since 1970 (UTC). Words are codes: a verb's code is its place in VERBS, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
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
    about: np.ndarray  # int64 index into words, -1 where it says nothing
    agency: np.ndarray  # int64 index into words, -1
    words: np.ndarray  # object: what sentences are about, and agencies; each once
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
        return self.one_of(self.verb, [V[v] for v in verbs])

    def one_of(self, column: np.ndarray, codes: Sequence[int]) -> np.ndarray:
        """Which rows of a column of codes (-1: says nothing) hold one of these."""
        table = np.zeros(128, bool)
        table[np.asarray(codes, np.int8)] = True  # -1 is the last entry
        found: np.ndarray = table[column]
        return found

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
        if len(self):
            # A session's rows stand together.
            first = np.flatnonzero(np.concatenate(([True], self.session[1:] != self.session[:-1])))
            owner = self.session[first]
            last[owner] = np.maximum(last[owner], np.maximum.reduceat(self.end, first))
        return np.where(self.of_ended != NEVER, self.of_ended, last)


@dataclass(frozen=True)
class Heard:
    """What a batch needs to know of sessions: which, from when until when they were heard, and by what ears."""

    names: pa.Array
    started: np.ndarray  # int64 µs
    ended: np.ndarray  # int64 µs, NEVER where nobody told
    hears: np.ndarray  # uint32, a bit for each verb code

    @classmethod
    def of(cls, sessions: pa.Table) -> Heard:
        """Of a table of sessions."""
        names = sessions["session"].combine_chunks()
        return cls(names, _micro(sessions["started"]), _micro(sessions["ended"]), _hears(sessions["hears"]))

    @classmethod
    def beside(cls, said: pa.Table) -> Heard:
        """Of sentences each of which tells its session's `started`, `ended` and `hears` (as bits), as on a cluster."""
        number = pa.array(np.arange(len(said)))
        first = said.select(["session"]).append_column("row", number).group_by("session").aggregate([("row", "min")])
        one = said.take(first["row_min"]).sort_by("session")  # of sittings that began together, in the names' order
        hears = one["hears"].to_numpy().astype(np.uint32)
        return cls(one["session"].combine_chunks(), _micro(one["started"]), _micro(one["ended"]), hears)

    def take(self, places: np.ndarray) -> Heard:
        """Those at these places."""
        return Heard(self.names.take(pa.array(places)), self.started[places], self.ended[places], self.hears[places])


def batch_of(log: Log) -> Batch:
    """The batch that a whole log makes. The log holds whole cases."""
    return batch_from(log.sentences, Heard.of(log.sessions))


def batch_from(said: pa.Table, heard: Heard) -> Batch:
    """The batch of some sentences of whole cases, and of their sessions. A column that is not there says nothing."""
    session = _places(said["session"], heard.names, np.int64)
    case, _ = _codes(said["case"])
    when, seq = _micro(said["when"]), said["seq"].to_numpy()
    order = _order(case, heard.started[session], session, when, seq)
    until = _micro(said["until"])
    there = set(said.column_names)
    step, steps = _codes(said["step"]) if "step" in there else (_unsaid(len(said)), np.empty(0, object))
    about, words = _codes(said["about"]) if "about" in there else (_unsaid(len(said)), np.empty(0, object))
    agency, words = _codes_among(said["agency"], words) if "agency" in there else (_unsaid(len(said)), words)
    columns: dict[str, Any] = {
        "session": session,
        "case": case,
        "when": when,
        "end": np.where(until == NEVER, when, until),
        "verb": _known(said["verb"], list(VERBS)),
        "about": about,
        "agency": agency,
        "channel": _known(said["channel"], CHANNELS),
        "cause": _known(said["cause"], CAUSES) if "cause" in there else _unsaid(len(said), np.int8),
        "sense": _known(said["sense"], SENSES),
        "value": _numbers(said["value"]) if "value" in there else np.full(len(said), np.nan),
        "step": step,
    }
    if order is not None:
        columns = {name: column[order] for name, column in columns.items()}
    return Batch(
        names=heard.names.to_numpy(zero_copy_only=False),
        steps=steps,
        words=words,
        of_started=heard.started,
        of_ended=heard.ended,
        of_hears=heard.hears,
        **columns,
    )


def _unsaid(rows: int, kind: type = np.int64) -> np.ndarray:
    return np.full(rows, -1, kind)


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy(zero_copy_only=False), float)


def _micro(column: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(column.cast(pa.int64()), int(NEVER)).to_numpy(zero_copy_only=False)


def _hears(column: pa.ChunkedArray) -> np.ndarray:
    """A bit for each verb that a session's source hears."""
    lists = column.combine_chunks()
    bits = np.uint32(1) << _known(lists.flatten(), list(VERBS)).astype(np.uint32)
    found = np.zeros(len(lists), np.uint32)
    np.bitwise_or.at(found, pc.list_parent_indices(lists).to_numpy(), bits)
    return found


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column with each word once: as it was read, or encoded here."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    encoded = column.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no rows, no chunks
        encoded = pc.dictionary_encode(pa.array([], pa.string()))
    return encoded


def _indices(encoded: pa.DictionaryArray) -> np.ndarray:
    """Which word each row says, -1 for null."""
    indices = encoded.indices
    return (pc.fill_null(indices, -1) if indices.null_count else indices).to_numpy(zero_copy_only=False)


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A code for each word, in the order of first appearance unless it was read encoded, -1 for null; and the words."""
    encoded = _encoded(column)
    return _indices(encoded).astype(np.int64), encoded.dictionary.to_numpy(zero_copy_only=False)


def _codes_among(column: pa.ChunkedArray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same with the codes that the words have already; those that are new to them are added."""
    codes, named = _codes(column)
    places = pc.fill_null(pc.index_in(pa.array(named, pa.string()), pa.array(words, pa.string())), -1)
    place = places.to_numpy(zero_copy_only=False).astype(np.int64)
    new = np.flatnonzero(place < 0)
    place[new] = len(words) + np.arange(len(new))
    return np.append(place, -1)[codes], np.concatenate((words, named[new]))


def _places(column: pa.ChunkedArray, words: pa.Array, kind: type) -> np.ndarray:
    """Where each word of a column stands among `words`, -1 where it does not."""
    encoded = _encoded(column)
    of_word = pc.fill_null(pc.index_in(encoded.dictionary, words), -1).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.append(of_word, -1).astype(kind)[_indices(encoded)]
    return found


def _known(column: pa.ChunkedArray | pa.Array, words: list[str] | tuple[str, ...]) -> np.ndarray:
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    return _places(column, pa.array(words), np.int8)


def _order(*keys: np.ndarray) -> np.ndarray | None:
    """The permutation that sorts rows by these keys, first key first; None when they stand so already."""
    if not len(keys[0]):
        return None
    tied: np.ndarray | None = None
    for key in keys:
        before, after = key[:-1], key[1:]
        falls = after < before
        if np.any(falls if tied is None else falls & tied):
            return np.lexsort(keys[::-1])
        same = after == before
        tied = same if tied is None else same & tied
        if not tied.any():
            break
    return None
