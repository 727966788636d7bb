"""Activities that only start, in XES: told where others were completed, what happened where none ever is."""

from __future__ import annotations

from pathlib import Path

from studies.importing import Brought, bring


def brought(tmp_path: Path, *traces: str) -> Brought:
    """Traces of events such as `Reply start 09`: activity, life-cycle, hour."""
    path = tmp_path / "log.xes"
    written = [
        "<event>"
        f'<string key="concept:name" value="{activity}"/><string key="lifecycle:transition" value="{cycle}"/>'
        f'<date key="time:timestamp" value="2026-03-02T{hour}:00:00Z"/></event>'
        for trace in traces
        for activity, cycle, hour in (event.split() for event in trace.split(", "))
    ]
    counts = [len(trace.split(", ")) for trace in traces]
    log, cases = iter(written), []
    for number, count in enumerate(counts, 1):
        events = "".join(next(log) for _ in range(count))
        cases.append(f'<trace><string key="concept:name" value="c{number}"/>{events}</trace>')
    path.write_text(f"<log>{''.join(cases)}</log>")
    return bring(path)


def said(read: Brought) -> list[str]:
    return [
        f"{row['session']} {row['about']} {row['when']:%H}" + (f"-{row['until']:%H}" if row["until"] else "")
        for row in read.read.log.sentences.to_pylist()
    ]


def left_out(read: Brought) -> list[tuple[str, int]]:
    return [(left.what, left.count) for left in read.read.left_out]


def test_in_a_log_of_starts_alone_each_is_what_happened(tmp_path: Path) -> None:
    read = brought(tmp_path, "Submit start 08, Reply start 09", "Submit start 10")
    assert said(read) == ["c1 submit 08", "c1 reply 09", "c2 submit 10"]
    assert left_out(read) == []
    assert any("only when activities began" in note for note in read.read.notes)


def test_a_start_that_nothing_completes_is_told(tmp_path: Path) -> None:
    read = brought(
        tmp_path,
        "Check start 07",
        "Submit complete 08, Reply start 09",
        "Submit start 08, Submit complete 09, Reply start 10",
    )
    assert said(read) == ["c2 submit 08", "c3 submit 08-09"]
    assert sum(count for _what, count in left_out(read)) == 3
    assert {left.why for left in read.read.left_out} == {
        "nothing completes them; what is only begun has not happened to the citizen yet"
    }
    assert not any("only when activities began" in note for note in read.read.notes)


def test_two_that_run_side_by_side_end_in_the_order_they_began(tmp_path: Path) -> None:
    both = brought(tmp_path, "Reply start 08, Reply start 09, Reply complete 10, Reply complete 11")
    assert (said(both), left_out(both)) == (["c1 reply 08-10", "c1 reply 09-11"], [])
    one = brought(tmp_path, "Reply start 08, Reply start 09, Reply complete 10")
    assert (said(one), left_out(one)) == (["c1 reply 08-10"], [("starts", 1)])
