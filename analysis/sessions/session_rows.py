"""A batch as rows: each session with its need, whose it was, every metric; each moment that a rule of findings caught.

What scoreboard, league, drivers and findings are counted from, whether the log is in memory or was read long ago.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.at_scale import results
from analysis.comparison import who_is
from analysis.drivers.visits import begun_with
from analysis.finding_rules import rules
from analysis.measure import Measured, hears_all
from studies.events import CHANNELS
from studies.log import SESSIONS, TIME
from studies.measuring.batch import Batch
from studies.measuring.presets import Presets

_TOLD: Final = ("task", "condition", "participant", "language")
SESSION_COLUMNS: Final = pa.schema(
    [
        pa.field("case", pa.string()),
        pa.field("service", pa.string()),
        pa.field("who", pa.string()),  # people, robots, load
        *(pa.field(name, pa.string()) for name in ("source", "condition", "participant", "language")),
        pa.field("channel", pa.string()),
        pa.field("started", TIME),
        pa.field("silent", pa.bool_()),  # nothing was said in it
        pa.field("hears", pa.int64()),  # a bit for each verb code that its source is able to hear
    ]
)
CAUGHT: Final = pa.schema(
    [
        pa.field("session", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("step", pa.string()),
        pa.field("detail", pa.string()),
        pa.field("second", pa.float64()),  # from the session's start
        pa.field("at", TIME),
        pa.field("lost", pa.float64()),  # null: it has no time of its own, or its end was not heard
    ]
)


def told_of(sessions: pa.Table) -> pd.DataFrame:
    """What sessions' own rows tell, by session."""
    names = ["session", "source", "started", *_TOLD]
    frame: pd.DataFrame = sessions.select([n for n in SESSIONS.names if n in names]).to_pandas(ignore_metadata=True)
    return frame.set_index("session")


def rows_of(batch: Batch, presets: Presets, said: pa.Table, told: pd.DataFrame) -> pa.Table:
    """Each session of a batch with what is told of it and all of its metrics, in the batch's order.

    `said` is the sentences that the batch was made of, `told` what `told_of` told.
    """
    measured = pa.Table.from_batches([results(batch, presets, reasons=True)])
    names = batch.names.astype(object)
    mine = told.reindex(names)
    begun = begun_with(Measured(batch, presets, {}))
    pairs = pa.table({name: said[name].cast(pa.string()) for name in ("session", "case")})
    pairs = pairs.group_by(["session", "case"]).aggregate([])
    case_of = dict(zip(pairs["session"].to_pylist(), pairs["case"].to_pylist(), strict=True))
    silent = np.array([name not in case_of for name in names], bool)
    case = np.array([case_of.get(name, name) for name in names], object)
    channel = np.full(batch.sessions, None, object)
    first = np.flatnonzero(np.diff(batch.session, prepend=-1))
    channel[batch.session[first]] = np.array(CHANNELS, object)[batch.channel[first]]
    own = mine["task"].to_numpy(object)
    told_tasks = [task if isinstance(task, str) and task else None for task in own]  # missing may be NaN
    service = np.array([t or begun.get(str(name), "") for t, name in zip(told_tasks, names, strict=True)], object)
    columns = {
        "case": case,
        "service": _of_their_case(case, service),
        "who": np.array([who_is(source) for source in mine["source"]], object),
        **{name: mine[name].to_numpy(object) for name in ("source", "condition", "participant", "language")},
        "channel": channel,
        "silent": silent,
        "hears": batch.of_hears.astype(np.int64),
    }
    arrays = [
        pa.array(batch.of_started, pa.int64()).cast(TIME)
        if field.name == "started"
        else pa.array(columns[field.name], field.type, from_pandas=True)
        for field in SESSION_COLUMNS
    ]
    whole = pa.table(arrays, schema=SESSION_COLUMNS)
    for name in measured.column_names[::-1]:
        whole = whole.add_column(0, name, measured[name])
    return _plain(whole)


def caught_of(batch: Batch, presets: Presets) -> pa.Table:
    """Each time that a rule caught something in a batch, in the sessions that hear what the rule needs."""
    measured = Measured(batch, presets, {})
    found = []
    for name, rule in rules().items():
        heard = hears_all(rule.NEEDS, batch.of_hears)
        found += [(name, one) for one in rule.caught(measured) if heard[one.session]]
    places = np.array([one.session for _name, one in found], int)
    when = np.array([one.when for _name, one in found], np.int64)
    columns = [
        pa.array(batch.names.astype(object)[places], pa.string()),
        pa.array([name for name, _one in found], pa.string()),
        pa.array([one.step for _name, one in found], pa.string()),
        pa.array([one.detail for _name, one in found], pa.string()),
        pa.array((when - batch.of_started[places]) / 1e6, pa.float64()),
        pa.array(when, pa.int64()).cast(TIME),
        pa.array([one.lost for _name, one in found], pa.float64()),
    ]
    return pa.table(columns, schema=CAUGHT)


def _of_their_case(case: np.ndarray, service: np.ndarray) -> np.ndarray:
    """The need that each session was about: its own, else that of its case's others."""
    known = {c: s for c, s in zip(case[::-1].tolist(), service[::-1].tolist(), strict=True) if s}
    return np.array([s or known.get(c, "") for c, s in zip(case.tolist(), service.tolist(), strict=True)], object)


def _plain(table: pa.Table) -> pa.Table:
    """Columns of words said again and again as words: batches with other words can then be put together."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
    return table
