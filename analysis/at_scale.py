"""Measuring a nation's log: one function from a batch of whole cases to a batch of results, run on every core.

Cases are independent, so that batches may be measured anywhere in any order: here on threads, in bounded memory; on a
cluster by Spark (`analysis/on_spark.py`). The results are the same.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.measure import STATES, Result, column_of, counted, metrics, plain, summary_of, worded
from studies.measuring.batch import Batch, batch_from
from studies.measuring.presets import Presets
from studies.measuring.whole_cases import Piece, pieces_of
from studies.troubles import Failed, WrongInput
from studies.words import _

T = TypeVar("T")

_STATE = pa.dictionary(pa.int8(), pa.string())


def schema(names: Iterable[str] | None = None, *, reasons: bool = False) -> pa.Schema:
    """The columns of results: the session; for each metric its value (null without one) and `<metric>_state`.

    Where they are asked for, `<metric>_reason` too.
    """
    fields = [pa.field("session", pa.string())]
    for name in names or metrics():
        kind = pa.string() if worded(name) else pa.float64()
        fields += [pa.field(name, kind), pa.field(f"{name}_state", _STATE)]
        fields += [pa.field(f"{name}_reason", _STATE)] if reasons else []
    return pa.schema(fields)


def results(
    batch: Batch, presets: Presets, names: Iterable[str] | None = None, *, reasons: bool = False
) -> pa.RecordBatch:
    """The results of one batch, a row a session, as `schema` says."""
    columns: list[pa.Array] = [pa.array(batch.names, pa.string())]
    chosen = list(names or metrics())
    for name in chosen:
        column = column_of(metrics()[name], batch, presets)
        absent = column.why > 0
        kind = pa.string() if worded(name) else pa.float64()
        columns.append(pa.array(column.values, kind, mask=absent))
        of_why = np.array([STATES.index(state.state) for state in column.states], np.int8)
        columns.append(pa.DictionaryArray.from_arrays(pa.array(of_why[column.why]), pa.array(STATES)))
        if reasons:
            words = pa.array([state.reason or "" for state in column.states], pa.string())
            columns.append(pa.DictionaryArray.from_arrays(pa.array(column.why, mask=~absent), words))
    return pa.RecordBatch.from_arrays(columns, schema=schema(chosen, reasons=reasons))


def told(table: pa.Table, presets: Presets) -> dict[str, Any]:
    """Results with their reasons as the document that `Measured.json` is, for logs that a person could read."""
    names = [name.removesuffix("_state") for name in table.column_names if name.endswith("_state")]
    columns = {}
    for name in names:
        rows = zip(*(table[f"{name}{part}"].to_pylist() for part in ("", "_state", "_reason")), strict=True)
        counts = counted(metrics()[name])
        columns[name] = [
            Result(state, reason=reason) if value is None else Result(state, plain(value, counts=counts))
            for value, state, reason in rows
        ]
    sessions = {
        session: {name: columns[name][row].json() for name in names}
        for row, session in enumerate(table["session"].to_pylist())
    }
    return {"sessions": sessions, "summary": summary_of(columns, presets)}


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


def write(parts: Sequence[tuple[Path, Path]], presets: Presets, out: Path) -> None:
    """Write the results of a study's sealed parts into one Parquet file, in bounded memory; it is there whole or not.

    Raises WrongInput where `out` is there already.
    """
    if out.exists():
        raise WrongInput(_("{path} is there already: move it away, or name another.").format(path=out))
    beside = out.with_name(f".{out.name}.part")
    try:
        with pq.ParquetWriter(beside, schema(reasons=True), compression="zstd") as file:
            each = _in_turn(lambda piece: results(batch_from(*piece), presets, reasons=True), pieces_of(parts), None)
            for batch in each:
                file.write_batch(batch)
        beside.rename(out)
    except OSError as cause:
        raise Failed(_("{path} could not be written: {why}.").format(path=out, why=cause.strerror or cause)) from cause
    finally:
        beside.unlink(missing_ok=True)


def rows_of(out: Path) -> int:
    """How many sessions results that were written hold, whether in a file or a folder of them."""
    return sum(pq.read_metadata(path).num_rows for path in ([out] if out.is_file() else out.glob("*.parquet")))


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
