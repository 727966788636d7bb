"""How busy a day was in each of its parts, from what a service has kept of it: a table of moments, or a study.

A CSV or Parquet file has a column of moments (named `when`, `started`, `time`, `timestamp` or `arrived`, else its first
one), or of counts (`arrivals`, `count` or `n`), a row for each part of the day in order. Of a study, the sessions count
when they began; load citizens are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from studies import archive
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

#: A day is cut into so many parts: a quarter of an hour each.
PARTS: Final = 96
MOMENTS: Final = ("when", "started", "time", "timestamp", "arrived", "date")
COUNTS: Final = ("arrivals", "count", "n")


def day_of(named: str, space: Workspace) -> tuple[float, ...]:
    """How many came in each part of the recorded time. Raises WrongInput for what is no record of arrivals."""
    path = Path(named)
    if path.suffix.lower() not in (".csv", ".parquet"):
        sessions = archive.read(named, space).heard()
        moments = [s.started.timestamp() for s in sessions if s.source != "load"]
        return _parts(np.array(moments, float), named)
    try:
        table = csv.read_csv(path) if path.suffix.lower() == ".csv" else pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as cause:
        raise WrongInput(
            _("{path} cannot be read as a recorded day: {cause}").format(path=path, cause=cause)
        ) from cause
    names = {name.strip().lower(): name for name in table.column_names}
    for known in COUNTS:
        if known in names:
            return _counts(table[names[known]], named)
    column = next((names[known] for known in MOMENTS if known in names), table.column_names[0])
    return _parts(_seconds(table[column], named, column), named)


def _counts(column: pa.ChunkedArray, named: str) -> tuple[float, ...]:
    try:
        counts = column.cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid as cause:
        raise WrongInput(_("{named}: its counts are no numbers ({cause}).").format(named=named, cause=cause)) from cause
    counts = np.nan_to_num(counts)
    if not len(counts) or counts.min() < 0 or counts.max() == 0:
        raise WrongInput(_("{named}: nobody came on that day, or fewer than nobody.").format(named=named))
    return tuple(float(count) for count in counts)


def _seconds(column: pa.ChunkedArray, named: str, name: str) -> np.ndarray:
    """Moments as seconds; numbers are taken as seconds already."""
    try:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = column.cast(pa.timestamp("us"))
        if pa.types.is_time(column.type):
            return column.cast(pa.time64("us")).cast(pa.int64()).to_numpy() / 1e6
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            return pc.cast(column.cast(pa.timestamp("us")), pa.int64()).drop_null().to_numpy() / 1e6
        return column.cast(pa.float64()).drop_null().to_numpy()
    except pa.ArrowInvalid as cause:
        raise WrongInput(
            _("{named}: the column {name} holds no moments ({cause}). Write them as 2026-03-01 09:15:00.").format(
                named=named, name=name, cause=cause
            )
        ) from cause


def _parts(moments: np.ndarray, named: str) -> tuple[float, ...]:
    if not len(moments):
        raise WrongInput(_("{named}: nobody came on that day, or fewer than nobody.").format(named=named))
    first, last = float(moments.min()), float(moments.max())
    counts, _edges = np.histogram(
        moments, bins=min(PARTS, max(1, len(moments))), range=(first, max(last, first + 1e-6))
    )
    return tuple(float(count) for count in counts)
