"""What was answered in a study is kept as columns beside it: a row a participant and instrument, with the score.

    measures/<study>/answers.parquet

The store holds each submission as it came; reading a million of them takes a while, and pages do not wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from studies import archive
from studies.log import TIME
from studies.store import Standing, Store
from studies.store.written import mark
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace
from surveys.answers import responses_of
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named
from surveys.scoring import person_score

STATE: Final = b"khutwa.answers"
COLUMNS: Final = pa.schema(
    [
        pa.field("instrument", pa.string()),
        pa.field("session", pa.string()),
        pa.field("participant", pa.string()),
        pa.field("who", pa.string()),  # people, or robots: rehearsed
        pa.field("condition", pa.string()),
        pa.field("joined", pa.bool_()),
        pa.field("when", TIME),
        pa.field("score", pa.float64()),
        pa.field("responses", pa.list_(pa.float64())),
    ]
)


@dataclass(frozen=True)
class Answers:
    """Who answered what in a study, a row each; `mark` says up to which writing of the store."""

    rows: pd.DataFrame
    mark: str

    @cached_property
    def _asked(self) -> pd.DataFrame:
        """A row an instrument: whether its answers make a score, how many people answered it, how many in all."""
        told = self.rows.assign(scored=self.rows["score"].notna(), people=self.rows["who"] == "people")
        each = told.groupby("instrument").agg(scored=("scored", "any"), people=("people", "sum"), all=("who", "size"))
        return each.sort_values(["scored", "people", "all"], ascending=False, kind="stable")

    def instruments(self) -> list[str]:
        """What was asked: what makes a score first, then what most people answered, then what was answered most."""
        return [str(name) for name in self._asked.index]

    def most_answered(self) -> str | None:
        """The instrument that is satisfaction unless another is named: the one answered most, by people if any did.

        None where no answer makes a score.
        """
        scored = self._asked.index[self._asked["scored"]]
        return str(scored[0]) if len(scored) else None

    def of(self, instrument: str) -> pd.DataFrame:
        """The rows of one instrument that have a score."""
        return self.rows[(self.rows["instrument"] == instrument) & self.rows["score"].notna()]


def at_hand(study: str, space: Workspace) -> Answers | None:
    """What is kept of a study's answers, however old; None where nothing is. Does not ask the store."""
    path = archive.measured_beside(study, space) / "answers.parquet"
    try:
        state = json.loads((pq.read_schema(path).metadata or {})[STATE])
        return _read(path, str(state["mark"]), path.stat().st_mtime_ns)
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return None


def is_up_to_date(answers: Answers | None, store: Store) -> bool:
    """Does what is kept hold all that the store does?"""
    return answers is not None and answers.mark == mark(store)


def answered(study: str, store: Store, space: Workspace) -> Answers:
    """What was answered in a study, read from the store where that is newer than what is kept."""
    there, now = at_hand(study, space), mark(store)
    if there is not None and there.mark == now:
        return there
    rows: dict[str, list[Any]] = {name: [] for name in COLUMNS.names}
    if study in store.studies():
        everyone = store.everyone(study)
        names = {name for one in everyone for name in one.invitation.instruments}
        instruments = {name: instrument_named(name, space) for name in names}
        for one in everyone:
            for told in _rows(one, instruments):
                for name, value in zip(COLUMNS.names, told, strict=True):
                    rows[name].append(value)
    table = pa.table({f.name: pa.array(rows[f.name], f.type) for f in COLUMNS}, schema=COLUMNS)
    path = archive.measured_beside(study, space) / "answers.parquet"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        archive.write_whole(table.replace_schema_metadata({STATE: json.dumps({"mark": now})}), path)
    except OSError as cause:
        text = _("What was answered could not be kept in {folder}: {why}.")
        raise Failed(text.format(folder=path.parent, why=cause.strerror or cause)) from cause
    return Answers(_frame(table), now)


def _rows(one: Standing, instruments: Mapping[str, Instrument]) -> Iterator[tuple[Any, ...]]:
    """What one participant answered, a row an instrument; who answered nothing of one has none."""
    asked = one.invitation
    who, joined = "robots" if asked.rehearsed else "people", one.consents.get("joined") is not False
    for name in asked.instruments:
        instrument, done = instruments[name], name in one.pages
        responses = responses_of(instrument, one.answers)
        if not done and all(value is None for value in responses):
            continue
        score = person_score(instrument, responses) if done else None
        given = [None if value is None else float(value) for value in responses]
        yield name, asked.session, asked.participant, who, asked.condition, joined, one.latest, score, given


@lru_cache(maxsize=8)
def _read(path: Path, known: str, written: int) -> Answers:
    return Answers(_frame(pq.read_table(path)), known)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.replace_schema_metadata().to_pandas(ignore_metadata=True)
    return frame
