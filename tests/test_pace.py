"""The made-up national log is a log like any other, and the database asked beside agrees with what is measured."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_at_scale import a_log

from analysis.measure import measure
from analysis.proving import national
from analysis.proving.pace import pace
from analysis.proving.rival import Rival
from studies import archive
from studies.log import Log
from studies.script import parse
from studies.troubles import Failed


def test_the_national_log_is_a_log(tmp_path: Path) -> None:
    said, heard = national.write(tmp_path, 3)
    log = Log.checked(pq.read_table(said), pq.read_table(heard))
    assert len(log.sentences) == 300
    repeats = [row["repeat_questions"].value for row in measure(log).sessions.values()]
    (one,) = measure(parse(national.VISIT)).sessions.values()
    assert one["repeat_questions"].value == 1
    assert min(repeats) > 1  # several visits of one need ask again and again


def test_the_database_agrees_on_screens(tmp_path: Path) -> None:
    # On screens, with ears for everything and one sitting a need, the definition is the one that is asked there.
    log = a_log(Random(5), 150)
    whole = [s.session for s in log.heard() if "responds" in s.hears and s.ended is None]
    told = log.only(whole)
    screens = told.sentences.filter(pc.is_in(told.sentences["channel"], pa.array(["web", "mobile"])))
    sentences = screens.set_column(1, screens.schema.field(1), screens["session"])
    archive.write_whole(sentences, tmp_path / "sentences-1.parquet")
    expected = {
        name: int(row["silent_waits"].value)
        for name, row in measure(archive.read_parquet(tmp_path / "sentences-1.parquet")).sessions.items()
    }
    found = Rival(tmp_path / "sentences-1.parquet", 1).by_session()
    assert {name: found.get(name, 0) for name in expected} == expected
    assert sum(expected.values()) > 10


def test_the_pace_is_taken_and_a_database_that_disagrees_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = pace(20, 1, (10, 20), lambda _what, _share: None)
    assert set(found["ratios"]) == {"duckdb_over_silent_waits", "silent_waits_over_read", "duckdb_over_all_metrics"}
    assert [size["sentences"] for size in found["growth"]] == [1000, 2000]
    monkeypatch.setattr(Rival, "silent_waits", lambda self: (1, 0.1))
    with pytest.raises(Failed, match="counts 1 silent waits"):
        pace(20, 1, (), lambda _what, _share: None)
