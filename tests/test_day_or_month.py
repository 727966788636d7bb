"""A date that may be two is asked about in every format, never guessed; what the file itself decides is not asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from studies.bringing_in import look_into
from studies.cases.moments import Clock, DayOrMonth
from studies.importing import bring


def csv(times: list[str]) -> tuple[str, str]:
    return "log.csv", "case,activity,time\n" + "".join(f"1,Step {n},{time}\n" for n, time in enumerate(times))


def csv_of_spans(times: list[str]) -> tuple[str, str]:
    rows = "".join(f"1,Step {n},{time},2026-12-31\n" for n, time in enumerate(times))
    return "log.csv", f"case,activity,start_timestamp,end_timestamp\n{rows}"


def ocel(times: list[str]) -> tuple[str, str]:
    belongs = [{"objectId": "o1"}]
    events = [{"id": f"e{n}", "type": "Send", "time": time, "relationships": belongs} for n, time in enumerate(times)]
    log = {"objectTypes": [], "eventTypes": [], "objects": [{"id": "o1", "type": "order"}], "events": events}
    return "log.jsonocel", json.dumps(log)


def ocel_csv(times: list[str]) -> tuple[str, str]:
    rows = "".join(f"{n},Send,{time},['o1']\n" for n, time in enumerate(times))
    return "log.csv", f"ocel:eid,ocel:activity,ocel:timestamp,ocel:type:order\n{rows}"


def turns(times: list[str]) -> tuple[str, str]:
    said = [{"speaker": ("agent", "customer")[n % 2], "text": "Hello", "time": time} for n, time in enumerate(times)]
    return "chat.json", json.dumps(said)


def xes(times: list[str]) -> tuple[str, str]:
    events = "".join(
        f'<event><string key="concept:name" value="Send"/><date key="time:timestamp" value="{time}"/></event>'
        for time in times
    )
    return "log.xes", f'<log><trace><string key="concept:name" value="1"/>{events}</trace></log>'


FORMATS = [csv, csv_of_spans, ocel, ocel_csv, turns, xes]
Format = Callable[[list[str]], tuple[str, str]]


def written(tmp_path: Path, form: Format, times: list[str]) -> Path:
    name, text = form(times)
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def days(path: Path, mapping: Path | None = None) -> list[str]:
    return [f"{when:%m-%d}" for when in bring(path, mapping).read.log.sentences["when"].unique().to_pylist()]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("first", ["05/02/2024", "2024-01-31"])
def test_what_nothing_in_the_file_decides_is_asked(form: Format, first: str, tmp_path: Path) -> None:
    path = written(tmp_path, form, [first, "05/02/2024", "06/02/2024"])
    with pytest.raises(DayOrMonth, match="05/02/2024"):
        bring(path)
    assert "05/02/2024" in look_into(path).day_or_month
    answer = tmp_path / "answer.yaml"
    answer.write_text("dates: day_first")
    assert days(path, answer)[-1] == "02-06"


@pytest.mark.parametrize("form", [form for form in FORMATS if form is not xes])
def test_one_date_with_a_day_over_twelve_decides_for_all(form: Format, tmp_path: Path) -> None:
    assert days(written(tmp_path, form, ["2024-01-31", "05/02/2024", "13/02/2024"])) == ["01-31", "02-05", "02-13"]
    assert days(written(tmp_path, form, ["2024-01-31", "02/05/2024", "02/13/2024"])) == ["01-31", "02-05", "02-13"]


def test_the_day_that_decides_may_come_late(tmp_path: Path) -> None:
    path = written(tmp_path, csv, ["05/02/2024"] * 10_001 + ["13/02/2024"])
    assert days(path) == ["02-05", "02-13"]


def test_a_clock_that_nobody_told_reads_only_what_can_be_one_date() -> None:
    clock = Clock()
    assert clock.moment("13/02/2024") == clock.moment("02/13/2024") == clock.moment("2024-02-13")
    assert clock.moment("02/02/2024") == clock.moment("2024-02-02")
    with pytest.raises(DayOrMonth):
        clock.moment("05/02/2024")


def test_turns_without_a_zone_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, turns, ["2024-01-31 08:00", "2024-01-31 08:01"])
    assert "the times have no zone; they were read as UTC. Another: zone: in a mapping." in bring(path).json()["notes"]
    zone = tmp_path / "zone.yaml"
    zone.write_text("zone: Asia/Riyadh")
    assert f"{bring(path, zone).read.log.sentences['when'][0].as_py():%H:%M}" == "05:00"
