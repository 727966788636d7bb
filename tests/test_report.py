"""The report stands alone, reads rightly in both languages, and shows no robot as a person and no silence as zero."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pages_read import words

from analysis.comparison import Comparison, Difference, Estimate, Found, Metric, compare, estimate
from analysis.leaders.headlines import headlines
from analysis.measure import measure, metrics, metrics_for
from analysis.report import keep, material_of, report, write
from analysis.report.tables import side
from analysis.trust import Calibration, Error, calibration
from studies import archive
from studies.script import parse
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.instruments import instrument

HERE = Path(__file__).parent
SCRIPT = (HERE / "samples" / "report_study.txt").read_text(encoding="utf-8")
KEPT = json.loads((HERE / "samples" / "report_kept.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
#: a calibration of its own: the last real one is written anew
TRUST = Calibration(
    "2026-11-21", "chromium 156 headless", 86, 0, 0, Error(1, 8, 330), Error(17, 46, 110), Error(10, 24, 435)
)
REPAIR = "GOLDEN=write .venv/bin/python -m pytest tests/test_report.py"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("space"))
    archive.seal(parse(SCRIPT), "sample", made)
    keep("sample", made, **KEPT)
    return made


@pytest.fixture(scope="module")
def reports(space: Workspace) -> dict[str, str]:
    material = replace(material_of("sample", space, NOW), trust=TRUST)
    return {tongue: report(material, tongue) for tongue in ("en", "ar")}


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_report_reads_as_it_did(reports: dict[str, str], tongue: str) -> None:
    golden = HERE / "golden" / f"report.{tongue}.txt"
    read = words(reports[tongue])
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(read, encoding="utf-8")
    meant = f"The report reads differently now. If that is meant: {REPAIR}"
    assert golden.exists(), meant
    assert read.splitlines() == golden.read_text(encoding="utf-8").splitlines(), meant


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_report_stands_alone(reports: dict[str, str], tongue: str) -> None:
    page = reports[tongue]
    assert "<script" not in page and "javascript:" not in page
    assert not re.search(r"https?://|@import|url\((?!#)|\bsrc=|<link|<iframe", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_arabic_is_read_from_the_right_and_scripts_from_the_left(reports: dict[str, str]) -> None:
    assert '<html lang="en" dir="ltr">' in reports["en"]
    assert '<html lang="ar" dir="rtl">' in reports["ar"]
    assert '<pre dir="ltr" lang="en">' in reports["ar"]
    assert "ماذا تغيّر إعادة تصميم خدمتين يوميتين؟" in reports["ar"]
    assert "11.9 ← 0.8" in re.sub("[\u2066-\u2069]", "", reports["ar"])
    assert "11.9 → 0.8" in reports["en"]


def rows(page: str, kind: str = "metrics") -> list[list[str]]:
    found = []
    for table in re.findall(rf'<table class="{kind}">.*?</table>', page, flags=re.S):
        for row in re.findall(r"<tr data-metric.*?</tr>", table, flags=re.S):
            found.append([re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[dh].*?</t[dh]>", row, flags=re.S)])
    return found


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_every_metric_has_a_unit_and_n(reports: dict[str, str], tongue: str) -> None:
    found = rows(reports[tongue])
    assert len(found) == 2 * len(metrics_for(parse(SCRIPT)))
    for _title, unit, _value, n, _redesigned, other_n, *_rest in found:
        assert unit and re.search(r"\d", n) and re.search(r"\d", other_n)


@pytest.mark.parametrize(("tongue", "badge"), [("en", "robots"), ("ar", "robots"), ("en", "people")])
def test_every_table_and_chart_says_who_it_is_about(reports: dict[str, str], tongue: str, badge: str) -> None:
    page = reports[tongue]
    for kind in ("metrics", "load", "survey", "planted"):
        captions = re.findall(rf'<table class="{kind}">\s*<caption>(.*?)</caption>', page, flags=re.S)
        assert captions and all('class="robots"' in c or 'class="people"' in c for c in captions), kind
    for caption in re.findall(r"<figcaption>(.*?)</figcaption>", page, flags=re.S):
        assert 'class="robots"' in caption or 'class="people"' in caption
    assert f'class="{badge}"' in page


def test_robots_are_hypotheses_and_said_to_be(reports: dict[str, str]) -> None:
    assert "A robot is a hypothesis about people, never a finding about them." in reports["en"]
    assert "<figcaption>Renew a vehicle registration" in reports["en"]


def test_a_study_without_robots_says_nothing_about_them(space: Workspace) -> None:
    people = [s.session for s in parse(SCRIPT).heard() if s.source == "participant"]
    archive.seal(parse(SCRIPT).only(people), "people", space)
    page = report(material_of("people", space, NOW))
    assert "robot" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    assert "What they said" not in page and "When everyone comes at once" not in page and "Appendix" not in page


def test_what_cannot_be_heard_is_a_word_and_never_a_zero(space: Workspace) -> None:
    told = parse(
        "session=a start=2026-03-01T08:00:00Z source=load task=j condition=as_is hears=acts,answers,begins\n"
        " 0.0 citizen acts home\n 2.0 service answers home\n"
        "session=b start=2026-03-01T08:00:00Z source=robot task=j condition=as_is hears=acts,answers,begins\n"
        " 0.0 citizen acts home\n 2.0 service answers home\n"
    )
    archive.seal(told, "deaf", space)
    found = {row[0]: row for row in rows(report(material_of("deaf", space, NOW)))}
    assert found["Silent waiting"][2].startswith("not measurable")
    assert found["Silent waiting"][3] == "0"
    assert found["Waiting"][2:4] == ["2", "n = 1"]  # the load citizen is not counted


def test_a_study_of_nothing_that_can_be_compared_still_has_a_report(space: Workspace) -> None:
    archive.seal(parse(" 0.0 citizen acts home\n 9.0 service answers home\n"), "lone", space)
    page = report(material_of("lone", space, NOW))
    assert "There is not enough yet to compare" in page
    assert "9 s in silent waits" in page


def test_the_report_is_written_whole_into_the_workspace(space: Workspace) -> None:
    path = write("sample", space, "ar", NOW)
    assert path == space.reports / "sample.ar.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not list(space.reports.glob("*.part"))
    with pytest.raises(WrongInput, match="nothing"):
        write("nothing", space)


def test_what_people_answered_by_now_is_in_the_report_and_not_what_robots_rehearsed(space: Workspace) -> None:
    archive.seal(parse(SCRIPT), "asked", space)
    keep("asked", space, survey=KEPT["survey"])
    store = Store(space.database_url)
    for value in (4, 5):
        token = store.add_invitation("asked", ["sus"], condition="redesigned").token
        given = dict.fromkeys(instrument("sus").ids(), value)
        store.submit(f"key-{value}", token, "sus", given, "en", complete=True)
    store.close()
    page = report(material_of("asked", space, NOW))
    assert 'table class="survey">\n<caption>SUS scores <span class="people">' in page
    assert "Robots filled in these answers" not in page


def test_what_a_report_has_no_use_for_is_refused(space: Workspace) -> None:
    with pytest.raises(WrongInput, match="colour"):
        keep("sample", space, colour="red")


def test_two_sittings_of_one_case_are_added_up() -> None:
    told = parse(
        "session=a case=c start=2026-03-01T08:00:00Z source=robot task=j condition=as_is\n"
        " 0.0 citizen acts home\n 2.0 service answers home\n"
        "session=b case=c start=2026-03-01T09:00:00Z channel=phone\n"
        " 0.0 citizen asks when\n 5.0 service concludes done\n"
    )
    found = {row.metric: row.as_is for row in compare(told, measure(told).sessions, METRICS)}
    assert (found["silent_time"].n, found["silent_time"].value) == (1, 7.0)
    assert found["longest_silence"].value == 5.0
    assert found["outcome"].value == 1.0


METRICS = [Metric(name, m.TITLE, m.UNIT, m.BETTER) for name, m in metrics().items()]


def test_robots_and_people_are_never_pooled() -> None:
    told = compare(parse(SCRIPT), measure(parse(SCRIPT)).sessions, METRICS)
    assert {(row.journey, row.who) for row in told} == {("renew_vehicle", "robots"), ("building_permit", "people")}


def test_the_same_people_are_compared_pair_by_pair() -> None:
    told = parse(
        "\n".join(
            f"session={who}-{side} start=2026-03-01T08:00:00Z task=j source=participant participant={who}"
            f" condition={side}\n"
            f" 0.0 citizen acts home\n {seconds} service answers home"
            for who, before, after in (("a", 2.0, 1.0), ("b", 12.0, 11.1), ("c", 22.0, 20.9))
            for side, seconds in (("as_is", before), ("redesigned", after))
        )
    )
    waiting = next(r for r in compare(told, measure(told).sessions, METRICS) if r.metric == "wait_time")
    assert waiting.difference and waiting.difference.verdict == "better"  # unpaired, the spread would hide it
    assert waiting.difference.value == pytest.approx(-1.0)


def test_who_gave_up_does_not_make_the_task_look_short() -> None:
    told = compare(parse(SCRIPT), measure(parse(SCRIPT)).sessions, METRICS)
    permit = next(r for r in told if (r.who, r.metric) == ("people", "time_on_task"))
    assert (permit.as_is.n, permit.as_is.value, permit.as_is.states) == (1, 47.2, {"not settled": 1})
    assert permit.redesigned.value == pytest.approx((13.0 * 15.7) ** 0.5)


def test_skewed_times_change_by_a_factor() -> None:
    times = {"as_is": (10.0, 20.0, 40.0), "redesigned": (5.0, 10.0, 20.0)}
    script = "\n".join(
        f"session={side}{i} start=2026-03-01T08:00:00Z task=j source=participant condition={side}\n"
        f" 0.0 citizen acts home\n {seconds} service concludes done"
        for side, every in times.items()
        for i, seconds in enumerate(every)
    )
    found = compare(parse(script), measure(parse(script)).sessions, METRICS)
    change = next(row.difference for row in found if row.metric == "time_on_task")
    assert change and change.ratio and change.low and change.high
    assert change.value == pytest.approx(-10.0)
    assert (change.low * change.high) ** 0.5 == pytest.approx(0.5)


def test_one_case_has_no_interval_and_no_verdict() -> None:
    told = compare(parse(SCRIPT), measure(parse(SCRIPT)).sessions, METRICS)
    robot = next(row for row in told if (row.who, row.metric) == ("robots", "steps"))
    assert (robot.as_is.n, robot.as_is.value, robot.as_is.low) == (1, 12.0, None)
    assert robot.difference and robot.difference.verdict == "unsure"


def test_broken_sessions_are_counted_apart() -> None:
    one = estimate("steps", [Found("value", 4.0), Found("broken", reason="the browser died")])
    assert (one.n, one.value, one.states) == (1, 4.0, {"broken": 1})
    assert side(one)["detail"] == "1 broken"
    lost = estimate("outcome", [Found("value", "broken"), Found("value", "concluded"), Found("value", "left")])
    assert (lost.n, lost.value, lost.states) == (2, 0.5, {"broken": 1})


def row(journey: str, metric: str, before: float, after: float, who: str = "people") -> Comparison:
    sides = [Estimate(5, value, values=(value,) * 5, alike=True) for value in (before, after)]
    return Comparison(journey, who, metric, metric, "s", "lower", *sides, Difference(after - before, verdict="better"))


def test_the_largest_differences_are_said_first_and_people_before_robots() -> None:
    told = headlines(
        [row("a", "silent_time", 9, 2), row("b", "silent_time", 4, 4.5), row("z", "silent_time", 99, 0, "robots")],
        lambda journey: journey.upper(),
    )
    assert told == [
        "Whoever goes through each of these 2 journeys once waits in silence for 6.5 s instead of 13 s.",
        "“A”: citizens waited in silence 7 s less (2 s instead of 9 s).",
    ]


def test_what_got_worse_is_said_as_plainly() -> None:
    told = headlines([row("a", "silent_time", 2, 9)], str)
    assert told == ["“a”: citizens waited in silence 7 s longer (9 s; as it is, 2 s)."]


def test_a_report_cites_the_last_calibration_that_was_written(tmp_path: Path, space: Workspace) -> None:
    assert material_of("sample", space, NOW).trust == calibration()
    found = calibration()
    assert found is not None
    assert found.phenomena >= 40
    assert found.missed == found.invented == 0
    assert calibration(tmp_path / "nothing.md") is None
    (tmp_path / "torn.md").write_text("<!-- calibration: x -->\nWritten 2026-11-21: a.\n")
    assert calibration(tmp_path / "torn.md") is None
