"""Files of service requests: until when hearing goes, what closes nobody knows when, and that days are no call."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.measure import measure
from studies.importing import Brought, bring

HEADER = "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Resolution Action Updated Date,Channel"


def brought(tmp_path: Path, *rows: str) -> Brought:
    path = tmp_path / "requests.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return bring(path)


def ended(read: Brought, session: str) -> str | None:
    rows = {row["session"]: row["ended"] for row in read.read.log.sessions.to_pylist()}
    return f"{rows[session]:%Y-%m-%d}" if rows[session] else None


@pytest.mark.parametrize("mistyped", ["2124-03-05", "2019-03-05"])
def test_one_mistyped_year_is_not_until_when_the_others_wait(mistyped: str, tmp_path: Path) -> None:
    read = brought(
        tmp_path,
        f"1,2014-03-01,{mistyped},DOT,Light,,",
        "2,2014-03-02,,DOT,Light,,",
        "3,2014-03-03,2014-03-20,DOT,Light,,",
    )
    assert ended(read, "2") == "2014-03-20"
    assert measure(read.read.log).sessions["2"]["wait_time"].value == 18 * 24 * 3600
    late = [left.why for left in read.read.left_out]
    known = "it was closed later than the file was brought in; when it was closed is not known"
    assert late == ([known] if mistyped.startswith("2124") else [])


def test_a_request_that_was_answered_last_is_heard_until_then(tmp_path: Path) -> None:
    read = brought(tmp_path, "1,2014-03-01,,DOT,Light,2016-01-01,", "2,2014-03-02,,DOT,Light,,")
    assert (ended(read, "1"), ended(read, "2")) == ("2016-01-01", "2014-03-02")


def test_what_is_dated_later_than_it_was_brought_in_is_told(tmp_path: Path) -> None:
    read = brought(
        tmp_path, "1,2124-03-01,,DOT,Light,,", "2,2014-03-02,,DOT,Light,2124-01-01,", "3,2014-03-03,,DOT,Light,,"
    )
    assert [(left.what, left.why) for left in read.read.left_out] == [
        ("line 2", "it was opened later than the file was brought in"),
        ("line 3", "its last word is dated later than the file was brought in"),
    ]
    assert ended(read, "2") == ended(read, "3") == "2014-03-03"


def test_what_was_closed_nobody_knows_when_is_settled_and_tells_no_wait(tmp_path: Path) -> None:
    read = brought(
        tmp_path,
        "1,2014-03-01 08:00,2014-03-01 07:59,DOT,Light,2014-03-04,",
        "2,2014-03-02,,DOT,Light,,",
    )
    assert [left.why for left in read.read.left_out] == [
        "it was closed before it was opened; when it was closed is not known"
    ]
    measured = measure(read.read.log).sessions["1"]
    assert read.json()["open"] == 1
    assert measured["outcome"].value == "concluded"
    for name in ("waits", "wait_time", "first_reply", "resolution_time", "time_on_task", "instant_answers"):
        assert measured[name].state == "not measurable"


def test_whoever_telephoned_does_not_hold_the_line_until_it_is_settled(tmp_path: Path) -> None:
    read = brought(tmp_path, "1,2014-03-03 09:00,2014-03-03 15:00,DOT,Light,,PHONE")
    assert {row["channel"] for row in read.read.log.sentences.to_pylist()} == {"post"}
