"""How fast this machine measures a log: the sentences a second, and what each metric takes of it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analysis.measure import metrics
from studies.batch import batch_of
from studies.log import ORDER, Log
from studies.presets import Presets
from studies.script import parse

#: One session as they are: waits with and without signs, a correction, a repeat question, a hand-off.
ONE: Final = """
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


def many(sessions: int) -> Log:
    """A log of so many sessions, each with a start of its own."""
    one = parse(ONE)
    names = [f"s{n:08d}" for n in range(sessions)]
    starts = pa.array([timedelta(minutes=n) for n in range(sessions)], pa.duration("us"))

    def told(table: pa.Table, times: tuple[str, ...]) -> pa.Table:
        rows = pa.concat_tables([table] * sessions)
        whose = pa.array([n for n in range(sessions) for _row in range(len(table))], pa.int64())
        for column in ("session", "case"):
            if column in table.column_names:
                rows = rows.set_column(rows.schema.get_field_index(column), column, pa.array(names).take(whose))
        for column in times:
            moved = pc.add(rows[column], starts.take(whose))
            rows = rows.set_column(rows.schema.get_field_index(column), column, moved)
        return rows.cast(table.schema)

    sentences = told(one.sentences, ("when", "until")).sort_by(ORDER)
    return Log(sentences, told(one.sessions, ("started",)))


def pace(sessions: int) -> dict[str, Any]:
    """Seconds that putting the columns in order and each metric take, and sentences a second over all."""
    log = many(sessions)
    began = time.perf_counter()
    batch = batch_of(log)
    seconds = {"columns": time.perf_counter() - began}
    for name, metric in metrics().items():
        start = time.perf_counter()
        metric.measure(batch, Presets())
        seconds[name] = time.perf_counter() - start
    whole = sum(seconds.values())
    return {
        "sessions": sessions,
        "sentences": len(log.sentences),
        "seconds": round(whole, 4),
        "sentences_per_second": round(len(log.sentences) / whole),
        "parts": {name: round(part, 4) for name, part in seconds.items()},
    }
