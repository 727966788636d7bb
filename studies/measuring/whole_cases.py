"""A log too big for memory, read whole cases at a time, the sealed parts of a study merged by case as they are read.

Each part is sorted by case. What may be handed on is every case before the earliest that some part has only begun; of
each part about one batch of rows is in memory. Of sessions a few bytes each are kept throughout.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies.log import SENTENCES
from studies.measuring.batch import Batch, Heard, batch_from

Piece = tuple[pa.Table, Heard]

#: How many rows of a part are read at a time: enough that reading is one sweep, few enough for a small machine.
ROWS: Final = 1 << 20
SESSIONS_AT_ONCE: Final = 50_000
#: What a wait and its silences need to be known of a sentence.
FOR_WAITS: Final = ("session", "case", "when", "until", "seq", "verb", "channel", "cause", "sense")
#: Columns that are words said again and again: read with each word once.
WORDS: Final = [field.name for field in SENTENCES if pa.types.is_string(field.type)]


def batches_of(
    parts: Sequence[tuple[Path, Path]], columns: Collection[str] | None = None, rows: int = ROWS
) -> Iterator[Batch]:
    """The batches that the sealed parts (sentences, sessions) make, whole cases each, every session in one of them."""
    return (batch_from(*piece) for piece in pieces_of(parts, columns, rows))


def pieces_of(
    parts: Sequence[tuple[Path, Path]], columns: Collection[str] | None = None, rows: int = ROWS
) -> Iterator[Piece]:
    """What `batches_of` makes its batches from, for who makes them elsewhere: sentences, and their sessions.

    `columns` leaves out what the metrics at hand do not need. Sessions in which nothing was said come last.
    """
    heard = _heard([sessions for _sentences, sessions in parts])
    said = np.zeros(len(heard.names), bool)
    for table in tables_of([sentences for sentences, _sessions in parts], columns, rows):
        places = _among(table["session"], heard.names)
        said[places] = True
        yield table, heard.take(places)
    if not said.all():
        nothing = SENTENCES.empty_table()
        yield nothing, heard.take(np.flatnonzero(~said))


def tables_of(paths: Sequence[Path], columns: Collection[str] | None = None, rows: int = ROWS) -> Iterator[pa.Table]:
    """The sentences of some sorted Parquet files, whole cases at a time, each case in one table only."""
    readers = [_Reader(path, columns, rows) for path in paths]
    while readers := [reader for reader in readers if reader.more()]:
        going_on = [reader.last() for reader in readers if not reader.over]
        pieces = [reader.before(min(going_on)) if going_on else reader.rest() for reader in readers]
        if any(len(piece) for piece in pieces):
            yield pa.concat_tables([piece for piece in pieces if len(piece)])


class _Reader:
    """One sorted file on its way through memory."""

    def __init__(self, path: Path, columns: Collection[str] | None, rows: int) -> None:
        file = pq.ParquetFile(path, read_dictionary=WORDS)
        names = [name for name in SENTENCES.names if columns is None or name in columns]
        self._batches = file.iter_batches(batch_size=rows, columns=names)
        self._held: pa.Table | None = None
        self._stuck = True  # what is held is one case that may go on: only more rows help
        self.over = False

    def more(self) -> bool:
        """Have something to hand on, if the file has it."""
        if self._stuck and not self.over:
            batch = next(self._batches, None)
            self.over = batch is None
            if batch is not None:
                new = pa.Table.from_batches([batch])
                self._held = new if self._held is None else pa.concat_tables([self._held, new])
        self._stuck = False
        return not self.over or bool(self._held)

    def last(self) -> str:
        """The case that the rows held end in, which may go on in those to come."""
        return str(self._held["case"][-1].as_py()) if self._held else ""

    def before(self, case: str) -> pa.Table:
        """The rows of every case before this one; they are no longer held."""
        assert self._held is not None
        starts, names = _runs(self._held["case"])
        cut = int(np.append(starts, len(self._held))[bisect_left(names, case)])
        piece, self._held = self._held[:cut], self._held[cut:]
        self._stuck = not self.over and (not len(self._held) or self.last() <= case)
        return piece

    def rest(self) -> pa.Table:
        """All rows that are held."""
        piece, self._held = self._held, None
        return piece if piece is not None else SENTENCES.empty_table()


def _runs(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Where each run of one word begins, and the words."""
    codes = column.unify_dictionaries().combine_chunks()
    numbers = codes.indices.to_numpy()
    starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    return starts, codes.dictionary.take(pa.array(numbers[starts])).to_pylist()


def _heard(paths: Sequence[Path]) -> Heard:
    """The sessions of all parts by name; one that is told in two of them keeps its first row."""
    of_parts = [Heard.of(table) for path in paths for table in _sessions(path)]
    names = pa.concat_arrays([heard.names for heard in of_parts])
    together = Heard(
        names, *(np.concatenate([getattr(h, column) for h in of_parts]) for column in ("started", "ended", "hears"))
    )
    order = pc.sort_indices(names).to_numpy()  # stable: of two rows the earlier part's comes first
    sorted_names = names.take(pa.array(order))
    same = pc.equal(sorted_names[1:], sorted_names[:-1]).to_numpy(zero_copy_only=False).astype(bool)
    return together.take(order[np.concatenate(([True], ~same))] if len(order) else order)


def _sessions(path: Path) -> Iterator[pa.Table]:
    """A part's sessions, some at a time: what each hears is a list of words, many times larger than its bits."""
    columns = ["session", "started", "ended", "hears"]
    file = pq.ParquetFile(path)
    yield file.schema_arrow.empty_table().select(columns)  # a part may hold none
    for batch in file.iter_batches(batch_size=SESSIONS_AT_ONCE, columns=columns):
        yield pa.Table.from_batches([batch])


def _among(column: pa.ChunkedArray, names: pa.Array) -> np.ndarray:
    """The places of the sessions spoken of among all names, which are sorted."""
    # A dictionary holds the words of a whole row group, of which these rows may say a few only.
    codes = column.unify_dictionaries().combine_chunks()
    spoken = codes.dictionary.take(pc.unique(codes.indices))
    ends = pc.min_max(spoken)
    low, high = (_place(names, ends[end].as_py(), after=end == "max") for end in ("min", "max"))
    found = pc.index_in(spoken, names[low:high]).to_numpy()
    return np.sort(found + low)


def _place(names: pa.Array, name: str, *, after: bool) -> int:
    low, high = 0, len(names)
    while low < high:
        middle = (low + high) // 2
        there = names[middle].as_py()
        if there < name or (after and there == name):
            low = middle + 1
        else:
            high = middle
    return low
