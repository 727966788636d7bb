"""The sentences that case files' events are, by a mapping: one session a case, from its first event to its last."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from studies.cases.events import Events
from studies.cases.mapping import Mapping
from studies.log import SENTENCES, SESSIONS, Log
from studies.measuring.batch import NEVER
from studies.topics import slug

_FORWARDS: Final = ("service", "forwards")


def log_of(events: Events, mapping: Mapping) -> Log:
    """The log of some events. A change of group is `service forwards` to the new one, before that event's sentence."""
    own = np.arange(len(events))
    passed = events.group_changes() if mapping.forwards else own[:0]
    row = np.concatenate((passed, own))
    forwards = np.concatenate((np.ones(len(passed), bool), np.zeros(len(own), bool)))
    order = np.lexsort((~forwards, row))
    row, forwards = row[order], forwards[order]

    said = [mapping.said(activity) for activity in events.activities]
    groups = [slug(group) or group for group in events.groups]
    abouts = [*(about for _actor, _verb, about in said), *groups, "nobody"]
    about = np.where(
        forwards,
        len(said) + np.where(events.group[row] < 0, len(groups), events.group[row]),
        events.activity[row],
    )
    actors, verbs = ([*(each[part] for each in said), _FORWARDS[part]] for part in (0, 1))
    which = np.where(forwards, len(said), events.activity[row])
    case = pa.array(events.cases, pa.string()).take(pa.array(events.case[row]))
    first = np.flatnonzero(np.concatenate(([True], events.case[row][1:] != events.case[row][:-1]))) if len(row) else row
    places = np.arange(len(row))
    seq = places - np.repeat(places[first], np.diff(np.concatenate((first, [len(row)]))))
    until = np.where(forwards, NEVER, events.until[row])
    steps = [slug(activity) or None for activity in events.activities]
    columns: dict[str, pa.Array] = {
        "session": case,
        "case": case,
        "when": _moments(events.when[row], "when"),
        "until": _moments(until, "until"),
        "seq": pa.array(seq, pa.int32()),
        "actor": pa.array(actors, pa.string()).take(pa.array(which)),
        "verb": pa.array(verbs, pa.string()).take(pa.array(which)),
        "about": pa.array(abouts, pa.string()).take(pa.array(about)),
        "step": pa.array(steps, pa.string()).take(pa.array(events.activity[row])),
        "channel": _same(mapping.channel, len(row)),
        "agency": _same(mapping.agency, len(row)),
    }
    columns |= {f.name: pa.nulls(len(row), f.type) for f in SENTENCES if f.name not in columns}
    sentences = pa.table([columns[name] for name in SENTENCES.names], schema=SENTENCES)
    return Log.checked(sentences, _sessions(events, mapping))


def _sessions(events: Events, mapping: Mapping) -> pa.Table:
    count = len(events.cases)
    began, ended = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(began, events.case, events.when)
    np.maximum.at(ended, events.case, np.maximum(events.when, events.until))
    columns: dict[str, Any] = {
        "session": pa.array(events.cases, pa.string()),
        "started": _moments(began, "when"),
        "ended": _moments(ended, "when"),
        "source": _same("case", count),
        "hears": pa.array([sorted(mapping.hears())] * count, SESSIONS.field("hears").type),
    }
    columns |= {f.name: pa.nulls(count, f.type) for f in SESSIONS if f.name not in columns}
    return pa.table([columns[name] for name in SESSIONS.names], schema=SESSIONS)


def _moments(values: np.ndarray, column: str) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values == NEVER).cast(SENTENCES.field(column).type)


def _same(word: str | None, rows: int) -> pa.Array:
    return pa.nulls(rows, pa.string()) if word is None else pa.repeat(word, rows)
