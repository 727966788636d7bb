"""A log measured on Spark gives what it gives here: the same sessions, values, states and reasons."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_at_scale import a_log, sealed

from analysis import at_scale, on_spark
from studies.measuring.batch import V
from studies.measuring.presets import Presets
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT

pytestmark = pytest.mark.untimed

AT = "local[2]"


def wanted() -> None:
    """Spark, installed first when KHUTWA_SPARK=install says so; else the test is skipped with the reason."""
    if os.environ.get("KHUTWA_SPARK") == "install":
        if not shutil.which("java") and os.geteuid() == 0:
            subprocess.run(["apt-get", "-qq", "install", "-y", "default-jre-headless"], check=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "-r", str(CHECKOUT / "requirements-spark.txt")]
        subprocess.run(pip, check=True)
    if why := on_spark.missing():
        pytest.skip(f"{why} (or KHUTWA_SPARK=install)")


def rows(table: pa.Table) -> list[dict]:
    return sorted(table.to_pylist(), key=lambda row: row["session"])


def lab(space: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a workspace of its own."""
    return subprocess.run(
        [sys.executable, CHECKOUT / "cli.py", *words], cwd=space, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "KHUTWA_WORKSPACE": str(space)},
    )  # fmt: skip


@pytest.mark.slow
def test_spark_gives_the_results_of_the_whole(tmp_path: Path) -> None:
    wanted()
    draw = Random(7)
    # Cases 100 to 199 have sittings in two parts.
    sealed([a_log(draw, 200), a_log(draw, 200, first=100)], tmp_path)
    on_spark = ("--engine", "spark", "--master", AT)
    for engine, out in ((on_spark, "there.parquet"), ((), "here.parquet")):
        done = lab(tmp_path, "measure", "national", "--calendar", "bahrain", "--out", out, *engine)
        assert done.returncode == 0, done.stderr
    there, here = pq.read_table(tmp_path / "there.parquet"), pq.read_table(tmp_path / "here.parquet")
    assert len(there) > 400
    assert rows(there) == rows(here)


@pytest.mark.slow
def test_spark_prints_the_document_that_is_printed_here(tmp_path: Path) -> None:
    wanted()
    sealed([a_log(Random(5), 12)], tmp_path)
    there = lab(tmp_path, "measure", "national", "--json", "--engine", "spark", "--master", AT)
    assert there.returncode == 0, there.stderr
    assert json.loads(there.stdout) == json.loads(lab(tmp_path, "measure", "national", "--json").stdout)


def beside(parts: list[tuple[Path, Path]], several: int) -> list[pa.RecordBatch]:
    """What a partition is handed, as Spark would make it."""
    said = pa.concat_tables([pq.read_table(sentences) for sentences, _ in parts]).to_pandas()
    heard = pa.concat_tables([pq.read_table(sessions) for _, sessions in parts]).to_pandas()
    heard = heard.drop_duplicates("session")[["session", "started", "ended", "hears"]]
    heard["hears"] = [sum(1 << V[verb] for verb in verbs) for verbs in heard["hears"]]
    both = heard.merge(said.drop(columns="actor"), on="session", how="left")
    both["case"] = both["case"].fillna(both["session"])
    both["seq"] = both["seq"].astype("Int32")
    both = both.sort_values(["case", "started", "session", "when", "seq"], kind="stable")
    return pa.Table.from_pandas(both, preserve_index=False).to_batches(max_chunksize=several)


@pytest.mark.parametrize("several", [1, 13, 5000])
def test_a_partition_is_cut_into_whole_cases_only(several: int, tmp_path: Path) -> None:
    _whole, parts = sealed([a_log(Random(3), 30), a_log(Random(4), 30, first=10)], tmp_path)
    found = pa.Table.from_batches(on_spark.measured_of(beside(parts, several), Presets(), rows=20))
    at_scale.write(parts, Presets(), tmp_path / "here.parquet")
    assert rows(found) == rows(pq.read_table(tmp_path / "here.parquet"))


def test_without_spark_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.on_spark.find_spec", lambda name: None)
    with pytest.raises(WrongInput, match=r"requirements-spark\.txt"):
        on_spark.write([], Presets(), AT, tmp_path / "out.parquet")


def test_only_a_study_is_measured_piece_by_piece(tmp_path: Path) -> None:
    done = lab(tmp_path, "measure", "nowhere", "--out", "here.parquet")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr
