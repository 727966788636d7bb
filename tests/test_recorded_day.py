"""How busy a recorded day was, from whatever a service has kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loadtests.recorded_day import PARTS, day_of
from studies import archive, script
from studies.troubles import WrongInput
from studies.workspace import Workspace

NIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def test_counts_are_taken_in_their_order(tmp_path: Path, space: Workspace) -> None:
    file = tmp_path / "day.csv"
    file.write_text("hour,Arrivals\n0,2\n1,0\n2,7\n", encoding="utf-8")
    assert day_of(str(file), space) == (2.0, 0.0, 7.0)


def test_moments_are_counted_by_the_part_of_the_day_that_they_fall_into(tmp_path: Path, space: Workspace) -> None:
    file = tmp_path / "day.csv"
    moments = [NIGHT + timedelta(minutes=m) for m in (0, *([600] * 50), 1440 - 1, *range(0, 1439, 15))]
    file.write_text("id,when\n" + "\n".join(f"{n},{m:%Y-%m-%d %H:%M:%S}" for n, m in enumerate(moments)), "utf-8")
    day = day_of(str(file), space)
    assert len(day) == PARTS and sum(day) == len(moments)
    assert max(range(PARTS), key=day.__getitem__) in (39, 40)


def test_a_parquet_file_and_a_study_are_days_too(tmp_path: Path, space: Workspace) -> None:
    table = pa.table({"started": pa.array([NIGHT, NIGHT, NIGHT + timedelta(hours=9)], pa.timestamp("us", "UTC"))})
    pq.write_table(table, tmp_path / "day.parquet")
    assert day_of(str(tmp_path / "day.parquet"), space) == (2.0, 0.0, 1.0)
    sessions = "".join(
        f"session=s{n} source={who} start=2026-03-01T0{n}:00:00Z\n0.0 citizen acts /a\n"
        for n, who in enumerate(["participant", "participant", "load"])
    )
    archive.seal(script.parse(sessions), "before", space)
    assert day_of("before", space) == (1.0, 1.0)  # load citizens are nobody's day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("when\nyesterday\n", "no moments"),
        ("arrivals\nmany\n", "no numbers"),
        ("arrivals\n0\n0\n", "nobody came"),
        ("arrivals\n-1\n3\n", "nobody came"),
        ("", "cannot be read"),
    ],
)
def test_what_is_no_day_is_told(tmp_path: Path, space: Workspace, text: str, said: str) -> None:
    file = tmp_path / "day.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongInput, match=said):
        day_of(str(file), space)


def test_a_study_that_is_not_there_is_told_with_those_that_are(space: Workspace) -> None:
    with pytest.raises(WrongInput, match="no study “nobody”"):
        day_of("nobody", space)
