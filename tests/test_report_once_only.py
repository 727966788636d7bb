"""The once-only matrix in the report, and case metrics only where they say something."""

from __future__ import annotations

import pytest

from analysis.comparison import Comparison, Estimate
from analysis.report import once_only, tables
from studies import script, titles

TWO_OFFICES = """session=a case=c1 start=2026-03-01T08:00:00 channel=web agency=traffic source=participant
0.0 citizen begins x
0.3 service requests national_id
1.0 citizen gives national_id
session=b case=c1 start=2026-03-01T09:00:00 channel=web agency=insurance source=participant
0.0 citizen begins x
0.3 service requests national_id
1.0 citizen gives national_id
session=c case=c2 start=2026-03-01T09:00:00 channel=web agency=insurance source=robot
0.0 citizen begins x
0.3 service requests iban
"""
ONE_OFFICE = """session=a start=2026-03-01T08:00:00 channel=web agency=traffic source=participant
0.0 citizen begins x
0.3 service requests national_id
1.0 citizen gives national_id
"""


def test_the_matrix_counts_people_alone_and_names_who_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "_lent", {})  # no journey calls its offices anything
    part = once_only.part(script.parse(TWO_OFFICES, "two"))
    assert part is not None
    assert part["who"] == "people"
    assert [(row["agency"], row["again"]) for row in part["rows"]] == [("“insurance”", "1"), ("“traffic”", "0")]
    assert {row["held"] for row in part["rows"]} == {"civil registry"}
    assert part["chart"].startswith("<svg")


def test_there_is_no_matrix_where_one_office_asked_once() -> None:
    assert once_only.part(script.parse(ONE_OFFICE, "one")) is None


def test_case_metrics_that_say_nothing_are_left_out_of_a_journey() -> None:
    nothing, zero, some = Estimate(0, None, None, None), Estimate(3, 0.0, 0.0, 0.0), Estimate(3, 2.0, 1.0, 3.0)

    def row(metric: str, one: Estimate, other: Estimate) -> Comparison:
        return Comparison("j", "people", metric, metric, "", "lower", one, other, None)

    rows = [row("ping_pong", zero, nothing), row("forced_visits", zero, some), row("waits", zero, zero)]
    assert [one.metric for one in tables.spoken_of(rows)] == ["forced_visits", "waits"]
