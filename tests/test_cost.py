"""What a service costs citizens: measured minutes, by step, times volumes and tariffs that somebody told."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.leaders.burdens import burdens
from analysis.leaders.cost import Volume, read_volumes, saved
from analysis.leaders.cost_told import costs, told
from analysis.measure import measure
from studies.script import parse
from studies.troubles import WrongInput

SCRIPT = """
session=a case=a source=participant task=renew condition=as_is
  0.0 citizen begins renew
  0.0 citizen acts renew step=open
 30.0 service answers renew
 60.0 citizen submits renew step=send
120.0 service concludes renewed
session=b case=b source=participant task=renew condition=as_is
  0.0 citizen begins renew
  0.0 citizen acts renew step=open
 30.0 service answers renew
 60.0 citizen leaves
session=r case=r source=robot task=renew condition=as_is
  0.0 citizen begins renew
  0.0 citizen acts renew step=open
  1.0 service concludes renewed
session=l case=l source=load task=renew condition=as_is
  0.0 citizen acts renew step=open
900.0 service concludes renewed
"""


@pytest.fixture(scope="module")
def found():
    log = parse(SCRIPT)
    return burdens(log, measure(log))


def test_people_stand_apart_from_robots_and_load_is_left_out(found) -> None:
    assert [(b.service, b.who, b.cases) for b in found] == [("renew", "people", 2), ("renew", "robots", 1)]


def test_minutes_are_those_between_sentences_at_the_step_that_was_current(found) -> None:
    people = found[0]
    assert people.minutes == pytest.approx(1.5)  # (2 + 1) / 2
    steps = {s.step: s for s in people.steps}
    assert steps["open"].minutes == pytest.approx(1.0) and steps["open"].waiting == pytest.approx(0.5)
    assert steps["send"].minutes == pytest.approx(0.5) and steps["send"].cases == 1
    assert sum(s.minutes for s in people.steps) == pytest.approx(people.minutes)


def test_hours_and_money_are_the_standard_cost_model(found) -> None:
    volume = Volume(cases_a_year=20_000, hourly_tariff=10, out_of_pocket=2, business_as_usual=0.25, currency="QAR")
    year = found[0].a_year(volume)
    assert year["hours"] == pytest.approx(20_000 * 1.5 / 60)
    assert year["money"] == pytest.approx(20_000 * (1.5 / 60 * 10 + 2))
    assert year["burden"] == pytest.approx(0.75 * year["money"])
    shown = found[0].json(volume)
    steps = sum(step["a_year"]["hours"] for step in shown["steps"])
    assert steps == pytest.approx(year["hours"])
    assert saved(90, volume) == {"hours": pytest.approx(500), "money": pytest.approx(5000)}


def test_nothing_is_told_by_the_year_that_nobody_told(found) -> None:
    assert found[0].json()["a_year"] is None
    hours_only = found[0].a_year(Volume(cases_a_year=100))
    assert hours_only["hours"] == pytest.approx(2.5) and hours_only["money"] is None
    assert "hours a year" not in told(costs("s", found, {}, []))
    assert "hours a year" in told(costs("s", found, {"renew": Volume(cases_a_year=100, hourly_tariff=3)}, []))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("renew: {hourly_tariff: 3}", "renew.cases_a_year"),
        ("renew: {cases_a_year: -1}", "renew.cases_a_year"),
        ("renew: {cases_a_year: 1, tarif: 3}", "renew.tarif"),
        ("[1, 2]", "cases_a_year"),
        ("renew: [", "no YAML"),
    ],
)
def test_bad_volumes_are_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "volumes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongInput, match=says):
        read_volumes(tmp_path / "volumes.yaml")
    with pytest.raises(WrongInput, match="no file"):
        read_volumes(tmp_path / "others.yaml")
