"""A made-up national log to time measuring with: sessions alike in what is said, each at a pace of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

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
    visit = parse(VISIT).sentences.to_pylist()
    rows = [(place // len(visit), visit[place % len(visit)]) for place in range(SENTENCES_EACH)]
    draw = np.random.default_rng(seed)
    said, heard = folder / "sentences-1.parquet", folder / "sessions-1.parquet"
    with pq.ParquetWriter(said, SENTENCES, compression="zstd") as file:
        for first in range(0, sessions, _AT_ONCE):
            table = _sentences(rows, first, min(_AT_ONCE, sessions - first), draw)
            file.write_table(table, row_group_size=1 << 20)
    pq.write_table(_sessions(sessions), heard, compression="zstd")
    return said, heard


def _sentences(rows: list[tuple[int, dict[str, Any]]], first: int, count: int, draw: np.random.Generator) -> pa.Table:
    start = rows[0][1]["when"]

    def at(name: str) -> np.ndarray:
        return np.array(
            [np.nan if r[name] is None else (r[name] - start).total_seconds() + k * _NEXT_VISIT for k, r in rows]
        )

    pace = draw.uniform(0.3, 2.0, count)[:, None] * 1e6
    begins = (_BEGINS + int(_NEXT_SESSION * 1e6) * np.arange(first, first + count))[:, None]
    when, until = (begins + np.nan_to_num(at(name)) * pace for name in ("when", "until"))
    nobody_told = np.tile(np.isnan(at("until")), count)
    names = pa.array([f"s{number:09d}" for number in range(first, first + count)])
    who = names.take(pa.array(np.repeat(np.arange(count), len(rows))))
    columns: dict[str, pa.Array] = {
        "session": who,
        "case": who,
        "when": pa.array(when.ravel().astype(np.int64)).cast(SENTENCES.field("when").type),
        "until": pa.array(until.ravel().astype(np.int64), mask=nobody_told).cast(SENTENCES.field("until").type),
        "seq": pa.array(np.tile(np.arange(len(rows), dtype=np.int32), count)),
    }
    for field in SENTENCES:
        if field.name not in columns:
            one = pa.array([row[field.name] for _visit, row in rows], field.type)
            columns[field.name] = one.take(pa.array(np.tile(np.arange(len(rows)), count)))
    return pa.table([columns[name] for name in SENTENCES.names], schema=SENTENCES)


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
