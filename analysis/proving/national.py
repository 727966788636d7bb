"""A made-up national log to time measuring with: sessions alike in what is said, each at a pace of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from studies.events import VERBS
from studies.log import SENTENCES, SESSIONS
from studies.script import parse

#: One visit as they are: waits with and without signs, a correction, a repeat question, a hand-off.
VISIT: Final = """
 0.0      citizen begins    renew_vehicle value=3
 0.1      citizen acts      traffic/renew
 0.4- 0.9 service responds
 1.0      service answers   traffic/renew
 1.0      service requests  national_id
 6.1      citizen gives     national_id
 7.0      citizen submits   traffic/renew
 7.4      service refuses   national_id
 7.4      service requests  national_id
12.0      citizen gives     national_id
12.5      citizen submits   traffic/renew
15.1      service hands_off insurance_bureau
15.1      service answers   insurance_bureau/policy
15.1      service requests  national_id
20.0      citizen gives     national_id
20.4      citizen submits   insurance_bureau/policy
22.0      service concludes done
"""
#: Sentences of one session: several visits in one sitting.
SENTENCES_EACH: Final = 100
#: Seconds from one visit to the next, and from one session's start to the next one's.
_NEXT_VISIT, _NEXT_SESSION = 40.0, 60.0
_AT_ONCE: Final = 10_000
_BEGINS: Final = 1_770_000_000_000_000


def write(folder: Path, sessions: int, seed: int = 1) -> tuple[Path, Path]:
    """Write so many sessions of 100 sentences; gives the files of sentences and sessions, as sealed parts are."""
    sitting, draw = _sitting(), np.random.default_rng(seed)
    said, heard = folder / "sentences-1.parquet", folder / "sessions-1.parquet"
    with pq.ParquetWriter(said, SENTENCES, compression="zstd") as file:
        for first in range(0, sessions, _AT_ONCE):
            count = min(_AT_ONCE, sessions - first)
            names = np.array([f"s{number:09d}" for number in range(first, first + count)])
            begun = _BEGINS + int(_NEXT_SESSION * 1e6) * np.arange(first, first + count)
            table = gone_through(sitting, names, begun, draw.uniform(0.3, 2.0, count))
            file.write_table(table, row_group_size=1 << 20)
    pq.write_table(_sessions(sessions), heard, compression="zstd")
    return said, heard


def gone_through(sitting: pa.Table, names: np.ndarray, begun: np.ndarray, pace: np.ndarray) -> pa.Table:
    """The sentences of one sitting as many sessions went through it: each by its name, begun in microseconds since
    1970, and at a pace of its own (2: half as fast)."""
    start = sitting["when"][0].value
    who = pa.array(np.repeat(names, len(sitting)))
    columns = {"session": who, "case": who}
    for name in ("when", "until"):
        after = sitting[name].cast(pa.int64()).to_numpy(zero_copy_only=False).astype(float) - start
        moments = begun[:, None] + np.nan_to_num(after) * pace[:, None]
        gone = np.tile(np.isnan(after), len(names))
        columns[name] = pa.array(moments.ravel().astype(np.int64), mask=gone).cast(SENTENCES.field(name).type)
    taken = sitting.take(pa.array(np.tile(np.arange(len(sitting)), len(names))))
    return pa.table([columns.get(field.name, taken[field.name]) for field in SENTENCES], schema=SENTENCES)


def _sitting() -> pa.Table:
    """Several visits one after another, as the sentences of one sitting."""
    visit = parse(VISIT).sentences.to_pylist()
    rows = []
    for place in range(SENTENCES_EACH):
        row, later = visit[place % len(visit)], timedelta(seconds=place // len(visit) * _NEXT_VISIT)
        until = row["until"] and row["until"] + later
        rows.append({**row, "when": row["when"] + later, "until": until, "seq": place})
    return pa.Table.from_pylist(rows, schema=SENTENCES)


def _sessions(count: int) -> pa.Table:
    started = pa.array(_BEGINS + int(_NEXT_SESSION * 1e6) * np.arange(count)).cast(SESSIONS.field("started").type)
    columns = {
        "session": pa.array([f"s{number:09d}" for number in range(count)]),
        "started": started,
        "source": pa.array(["robot"] * count),
        "hears": pa.array([list(VERBS)] * count, SESSIONS.field("hears").type),
    }
    return pa.table(
        [columns.get(field.name, pa.nulls(count, field.type)) for field in SESSIONS],
        schema=SESSIONS,
    )
