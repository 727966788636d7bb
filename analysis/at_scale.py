"""Measuring a nation's log: one function from a batch of whole cases to a batch of results, run on every core.

Cases are independent, so that batches may be measured anywhere in any order: here on threads, in bounded memory; on a
cluster by Spark (`analysis/on_spark.py`). The results are the same.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pyarrow as pa

from analysis.measure import STATES, column_of, metrics
from studies.batch import Batch, batch_from
from studies.presets import Presets
from studies.whole_cases import Piece

T = TypeVar("T")

_STATE = pa.dictionary(pa.int8(), pa.string())


def schema(names: Iterable[str] | None = None) -> pa.Schema:
    """The columns of results: the session; for each metric its value (null without one) and `<metric>_state`."""
    fields = [pa.field("session", pa.string())]
    for name in names or metrics():
        kind = pa.string() if name == "outcome" else pa.float64()
        fields += [pa.field(name, kind), pa.field(f"{name}_state", _STATE)]
    return pa.schema(fields)


def results(batch: Batch, presets: Presets, names: Iterable[str] | None = None) -> pa.RecordBatch:
    """The results of one batch, a row a session, as `schema` says."""
    columns: list[pa.Array] = [pa.array(batch.names, pa.string())]
    chosen = list(names or metrics())
    for name in chosen:
        column = column_of(metrics()[name], batch, presets)
        absent = column.why > 0
        kind = pa.string() if name == "outcome" else pa.float64()
        columns.append(pa.array(column.values, kind, mask=absent))
        of_why = np.array([STATES.index(state.state) for state in column.states], np.int8)
        columns.append(pa.DictionaryArray.from_arrays(pa.array(of_why[column.why]), pa.array(STATES)))
    return pa.RecordBatch.from_arrays(columns, schema=schema(chosen))


def measured(
    pieces: Iterable[Piece], presets: Presets, names: Iterable[str] | None = None, threads: int | None = None
) -> Iterator[pa.RecordBatch]:
    """The results of pieces of a log in their order, measured side by side; no more in memory than threads, and one."""
    chosen = list(names or metrics())
    return _in_turn(lambda piece: results(batch_from(*piece), presets, chosen), pieces, threads)


def measured_side_by_side(
    batches: Iterable[Batch], presets: Presets, names: Iterable[str] | None = None, threads: int | None = None
) -> Iterator[pa.RecordBatch]:
    """The same of batches that are there already."""
    chosen = list(names or metrics())
    return _in_turn(lambda batch: results(batch, presets, chosen), batches, threads)


def _in_turn(one: Callable[[T], pa.RecordBatch], given: Iterable[T], threads: int | None) -> Iterator[pa.RecordBatch]:
    at_once = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(at_once) as pool:
        under_way: deque[Future[pa.RecordBatch]] = deque()
        for each in given:
            under_way.append(pool.submit(one, each))
            del each  # what is measured is let go
            if len(under_way) > at_once:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
