"""Who asks for what is held already, and whether the urgent wait longer: planted cases are told as they are."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from scipy import stats
from test_cli import lab  # noqa: F401 (a fixture)

from analysis.charts.dress import svg
from analysis.charts.once_only import once_only as chart
from analysis.leaders.urgency import urgency
from analysis.once_only import once_only, summary_of
from analysis.statistics.ranks import kendall_tau
from studies import titles
from studies.measuring.batch import batch_of
from studies.measuring.presets import Presets
from studies.script import parse
from studies.words import say_in

TWO_OFFICES = """\
session=a case=c agency=traffic
0 service requests national_id
3 citizen gives national_id
4 service requests favourite_colour
session=b case=c agency=insurance_bureau channel=desk
0 service requests national_id
2 citizen gives national_id
session=d case=e agency=traffic
0 service requests national_id
"""


def test_the_matrix_tells_who_asks_how_often_and_who_holds_it() -> None:
    cells = {(cell.agency, cell.datum): cell for cell in once_only(batch_of(parse(TWO_OFFICES)))}
    assert set(cells) == {
        ("traffic", "national_id"),
        ("insurance_bureau", "national_id"),
        ("traffic", "favourite_colour"),
    }
    traffic = cells["traffic", "national_id"]
    assert (traffic.asked, traffic.although_held, traffic.cases, traffic.held_by) == (2, 0, 2, "civil registry")
    assert cells["insurance_bureau", "national_id"].although_held == 1
    assert cells["traffic", "favourite_colour"].held_by is None
    assert summary_of(list(cells.values())) == {"asked": 4, "although_case_held": 1, "although_state_holds": 3}


def test_where_nobody_asked_there_is_no_matrix() -> None:
    assert once_only(batch_of(parse("0 citizen acts x\n1 service answers x\n"))) == []


def test_an_agency_that_nobody_told_is_not_made_up() -> None:
    (cell,) = once_only(batch_of(parse("0 service requests mobile\n")))
    assert cell.agency is None


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_picture_stands_alone(tongue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "_lent", {})  # no journey calls it anything
    with say_in(tongue):
        drawn = svg(chart(once_only(batch_of(parse(TWO_OFFICES)))), "m", "Who asks")
        empty = svg(chart([]), "e", "Who asks")
    assert "insurance bureau" in drawn
    assert "civil registry" in drawn
    assert drawn.startswith("<svg")
    assert empty.startswith("<svg")


def test_the_commands_print_one_document_each(lab: Any, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "two.txt").write_text(TWO_OFFICES)
    for command in ("once-only", "urgency", "explain"):
        done = lab(command, "two.txt", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)
        assert lab(command, "two.txt").stdout.strip()
    assert lab("once-only", "two.txt", "--chart", "matrix.svg").returncode == 0
    assert "<svg" in (tmp_path / "matrix.svg").read_text()


def waited(seconds: list[float], urgent: list[int]) -> str:
    return "".join(
        f"session=s{i}\n0 citizen submits x\n{s:.3f} service answers x\n"
        + (f"{s + 1:.3f} lab notes urgent value={degree}\n" if degree else "")
        for i, (s, degree) in enumerate(zip(seconds, urgent, strict=True))
    )


@pytest.mark.parametrize(("slower", "sign"), [(4.0, 1), (0.25, -1)])
def test_urgent_cases_that_wait_longer_are_found(slower: float, sign: int) -> None:
    draw = Random(2)
    urgent = [int(draw.random() < 0.3) for _ in range(120)]
    seconds = [draw.uniform(2, 6) * (slower if degree else 1) for degree in urgent]
    found = urgency(batch_of(parse(waited(seconds, urgent))), Presets())
    assert found["urgent"]["cases"] == sum(urgent)
    assert found["kendall"]["tau"] * sign > 0.4
    assert found["kendall"]["p_value"] < 0.001
    assert (found["urgent_waits_longer"] > 0.9) == (sign > 0)


def test_degrees_of_urgency_are_ranked_as_they_are() -> None:
    seconds, urgent = [1.0, 2.0, 3.0, 4.0, 9.0], [0, 0, 1, 2, 3]
    found = urgency(batch_of(parse(waited(seconds, urgent))), Presets())
    assert found["kendall"]["tau"] == pytest.approx(stats.kendalltau(urgent, seconds).statistic)


def test_without_an_urgent_case_there_is_no_tau() -> None:
    found = urgency(batch_of(parse(waited([1.0, 2.0], [0, 0]))), Presets())
    assert found["kendall"]["tau"] is None
    assert found["kendall"]["reason"]
    assert found["urgent"] == {"cases": 0, "median": None}


def test_tau_by_hand() -> None:
    # Without ties tau is the pairs that agree less those that do not, of all 45.
    music = [7, 4, 3, 10, 6, 2, 9, 8, 1, 5]
    second = [5, 7, 3, 10, 1, 9, 6, 2, 8, 4]
    agree = sum(
        (a - b) * (c - d) > 0 for a, c in zip(music, second, strict=True) for b, d in zip(music, second, strict=True)
    )
    expected = (agree / 2 - (45 - agree / 2)) / 45
    assert kendall_tau(first=music, second=second)["tau"] == pytest.approx(expected)
    assert kendall_tau(first=[1, 2, 3], second=[1, 2, 3])["tau"] == pytest.approx(1)
    assert kendall_tau(first=[1, 2, 3], second=[3, 2, 1])["tau"] == pytest.approx(-1)
    # Tau-b with ties: (4 - 0) / sqrt((6 - 2) (6 - 0)).
    assert kendall_tau(first=[0, 0, 1, 1], second=[1, 2, 3, 4])["tau"] == pytest.approx(4 / (4 * 6) ** 0.5)
    assert kendall_tau(first=[1], second=[1])["reason"]
