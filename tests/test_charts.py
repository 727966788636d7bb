"""Charts show what was measured, in one visual language, mirrored where the language is read from the right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis import charts
from analysis.charts import palette, type_width
from analysis.charts.dress import type_size
from analysis.charts.timeline import Label, Ruler, placed, timeline
from analysis.comparison import Estimate, Metric, compare
from analysis.measure import measure, metrics, worded
from analysis.sessions.picture import Mark, Picture, Span, picture_of
from studies import titles
from studies.log import Log
from studies.script import parse
from studies.topics import dictionary
from studies.troubles import WrongInput
from studies.words import language, say_in

SAMPLE = Path(__file__).parent / "samples" / "report_study.txt"
AGAINST: list[dict[str, float | None]] = [
    {"citizens": 2.0, "completion": 1.0, "silent_share": 0.0, "silent_p95": 0.3},
    {"citizens": 30.0, "completion": None, "silent_share": 0.5, "silent_p95": 2.0},
    {"citizens": 12.0, "completion": 0.9, "silent_share": None, "silent_p95": None},
]
CURVE = [{"t": float(t), "citizens": t, "journeys_per_second": t / 2, "p95": None if t < 2 else 0.5} for t in range(6)]


@pytest.fixture(scope="module")
def log() -> Log:
    return parse(SAMPLE.read_text(encoding="utf-8"))


@contextmanager
def arabic() -> Iterator[None]:
    with say_in("ar"):
        assert language() == "ar"
        yield


def parts(chart: Any) -> list[dict[str, Any]]:
    """Every encoding of a chart, with its data."""
    spec = chart.to_dict()
    found, left = [], [spec]
    while left:
        one = left.pop()
        left += one.get("layer", []) + one.get("vconcat", [])
        if "encoding" in one:
            rows = spec["datasets"].get(one.get("data", {}).get("name"), [])
            found.append({"rows": rows, "mark": one["mark"], **one["encoding"]})
    return found


def drawn(chart: Any, colour: str) -> list[dict[str, Any]]:
    """The rows that are drawn in a colour."""
    return [row for part in parts(chart) if part["mark"].get("color") == colour for row in part["rows"]]


def test_the_time_line_shows_every_wait_and_silence_as_long_as_it_was(log: Log) -> None:
    chart = charts.timeline(log, "renew-1")
    waits = drawn(chart, palette.colour("wait"))
    assert [round(row["x2"] - row["x"], 6) for row in waits] == [3.6, 2.0, 4.4, 2.4, 0.5]
    silences = [row for row in drawn(chart, palette.colour("silence")) if "x2" in row]
    assert [(row["x"], row["x2"]) for row in silences if row["strong"]] == [(0.0, 3.6), (7.5, 11.9), (13.5, 15.9)]
    assert [row["seconds"] for row in silences if not row["strong"]] == [0.3, 0.2, 0.5]


def test_the_time_line_names_the_step_and_datum_of_each_repeat_question(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "_lent", {})  # no journey calls them anything
    again = drawn(charts.timeline(log, "renew-1"), palette.colour("repeat_question"))
    assert [(row["x"], row["text"]) for row in again] == [
        (11.9, "national id, plate number · “submit-continue-2”"),
        (15.9, "national id · “submit-pay-and-renew”"),
    ]
    over = drawn(charts.timeline(log, "renew-1"), palette.colour("hand_off"))
    assert [row["text"] for row in over] == ["“insurance bureau” · “submit-continue-2”"]


def test_what_the_case_held_before_the_session_is_asked_again_in_it() -> None:
    told = parse(
        "session=first case=c start=2026-03-01T08:00:00Z\n 0.0 citizen gives national_id\n"
        "session=second case=c start=2026-03-01T09:00:00Z\n 1.0 service requests national_id\n"
    )
    assert [mark.idea for mark in picture_of(told, "second").marks] == ["repeat_question"]


def test_a_session_that_was_not_heard_is_named(log: Log) -> None:
    with pytest.raises(WrongInput, match="nobody"):
        charts.timeline(log, "nobody")


def test_labels_never_cover_each_other() -> None:
    labels = placed([Label(at, "a label of some length", "hand_off") for at in (1.0, 1.1, 1.2, 9.9)], 80.0, end=10.0)
    assert [(one.level, one.after) for one in labels][:3] == [(0, True), (1, True), (2, True)]
    assert labels[3].after is False


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [720, 480])
def test_no_words_of_a_crowded_session_cover_others(language: str, width: int) -> None:
    about = sorted(dictionary())[:14]
    again = [
        Mark(0.3 + 3.9 * i, "repeat_question", about[i], ("upload_documents_again", "say_who")[i % 2])
        for i in range(14)
    ]
    last = [Mark(58.5 + 0.4 * i, "repeat_question", about[i], "sign") for i in range(3)]
    over = [Mark(15.0 * i, "hand_off", "ministry_of_works", "building_permit") for i in range(5)]
    silent = [Span(0.1, 1.9, "silence"), Span(2.2, 4.3, "silence"), Span(50.0, 59.9, "silence")]
    with say_in(language):
        drawn_as = charts.svg(
            timeline(Picture("crowd", 60.0, tuple(silent), (*again, *last, *over)), width=width), "c", ""
        )
        told = [box for box in boxes(drawn_as) if box[0].strip("\u2066\u2067\u2069 ")]
    assert len(told) > 25
    covered = [
        (one[0], other[0])
        for n, one in enumerate(told)
        for other in told[n + 1 :]
        if min(one[2], other[2]) - max(one[1], other[1]) > 1 and abs(one[3] - other[3]) < 12
    ]
    assert covered == []


def boxes(picture: str) -> list[tuple[str, float, float, float]]:
    """Each text of a picture with its left, its right and its height from above, in pixels, as wide as it is drawn."""
    found: list[tuple[str, float, float, float]] = []

    def walk(node: ElementTree.Element, x: float, y: float) -> None:
        for a, b in re.findall(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", node.get("transform", "")):
            x, y = x + float(a), y + float(b)
        if node.tag.endswith("text") and node.text:
            wide = type_width.width(node.text, type_size())
            left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[node.get("text-anchor", "start")]
            found.append((node.text, left, left + wide, y))
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(picture), 0.0, 0.0)
    return found


@pytest.mark.parametrize(("seconds", "unit"), [(40, "s"), (900, "min"), (90_000, "h"), (900_000, "d")])
def test_a_session_is_told_in_units_that_people_count_in(seconds: float, unit: str) -> None:
    assert Ruler.of(seconds).unit == unit


def compared(log: Log) -> Any:
    told = [Metric(name, m.TITLE, m.UNIT, m.BETTER) for name, m in metrics().items() if not worded(name)]
    return charts.compared([r for r in compare(log, measure(log).sessions, told) if r.journey == "building_permit"])


def everything(log: Log) -> dict[str, Any]:
    return {
        "timeline": charts.timeline(log, "permit-1"),
        "compared": compared(log),
        "load": charts.load_curve(CURVE, 1.0),
        "silence": charts.silence_against_citizens(AGAINST, 1.0),
        "sus": charts.satisfaction(
            [("as it is", Estimate(5, 60.0, 50.0, 70.0)), ("redesigned", Estimate(1, 80.0))],
            "SUS score, 0 to 100",
            (0.0, 100.0),
            68.0,
        ),
        "ueq": charts.satisfaction([("as it is", Estimate(5, -0.4, -3.6, 1.0))], "UEQ score, −3 to 3", (-3.0, 3.0)),
    }


def test_in_arabic_every_chart_is_mirrored(log: Log) -> None:
    with arabic():
        mirrored = everything(log)
    for name, chart in mirrored.items():
        scales = [p["x"]["scale"] for p in parts(chart) if p.get("x", {}).get("scale")]
        assert scales and all(scale.get("reverse") for scale in scales), name
        sides = {p["y"]["axis"]["orient"] for p in parts(chart) if (p.get("y", {}).get("axis") or {}).get("orient")}
        assert sides == {"right"} or name == "timeline", name  # whose lanes are named by words of its own
        assert chart.to_dict()["config"]["title"]["anchor"] == "end"


def test_every_lane_of_the_time_line_keeps_its_name_where_reading_begins(log: Log) -> None:
    def named(chart: Any) -> list[tuple[float, str]]:
        words = [p for p in parts(chart) if p["mark"].get("type") == "text" and abs(p["mark"].get("dx", 0)) == 10]
        assert [p["mark"]["align"] for p in words] == [side]
        assert not any((p.get("y", {}).get("axis") or {}).get("labelExpr") for p in parts(chart))
        return [(row["x"], row["text"]) for row in words[0]["rows"]]

    side = "right"
    names = named(charts.timeline(log, "renew-1"))
    assert [text for _x, text in names] == [
        "Citizen acts", "Citizen waits", "Service answers, asks", "Asked again", "Handed over",
    ]  # fmt: skip
    with arabic():
        side = "left"
        told = named(charts.timeline(log, "renew-1"))
    assert len(told) == 5 and all(x == 0 and text for x, text in told)


def test_in_english_no_chart_is(log: Log) -> None:
    for name, chart in everything(log).items():
        assert not any(p.get("x", {}).get("scale", {}).get("reverse") for p in parts(chart)), name


def test_a_hand_off_points_the_way_one_reads(log: Log) -> None:
    def shapes(chart: Any) -> list[str]:
        return [p["mark"]["shape"] for p in parts(chart) if p["mark"].get("color") == palette.colour("hand_off")]

    assert shapes(charts.timeline(log, "renew-1")) == [palette.FORWARD]
    with arabic():
        assert shapes(charts.timeline(log, "renew-1")) == [palette.BACKWARD]


def test_every_chart_becomes_a_picture_that_stands_alone(log: Log) -> None:
    for name, chart in everything(log).items():
        picture = charts.svg(chart, name, 'what "it" shows')
        assert picture.startswith("<svg") and "http" not in picture
        assert 'aria-label="what &quot;it&quot; shows"' in picture
        assert all(one.startswith(f"{name}-") for one in re.findall(r'\bid="([^"]+)"', picture))
        assert set(re.findall(r"url\(#([^)]+)\)", picture)) <= set(re.findall(r'\bid="([^"]+)"', picture))


def test_a_dark_page_gets_the_colours_for_dark(log: Log) -> None:
    chart = charts.timeline(log, "renew-1", dark=True)
    assert drawn(chart, palette.colour("silence", dark=True))
    assert not drawn(chart, palette.colour("silence"))


def test_where_nobody_was_heard_nothing_is_drawn_and_no_zero_either() -> None:
    told = charts.silence_against_citizens(AGAINST, 1.0).to_dict()
    data = [(panel.get("data") or panel["layer"][0]["data"])["name"] for panel in told["vconcat"]]
    drawn = [told["datasets"][name] for name in data]
    assert [[row["citizens"] for row in rows] for rows in drawn] == [[2.0, 12.0], [2.0, 30.0], [2.0, 30.0]]
