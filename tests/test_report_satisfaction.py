"""Satisfaction in a report is by the instrument that was answered most, in its own words and on its own scale."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pages_read import words
from pptx import Presentation

from analysis.leaders.ground import ground
from analysis.leaders.scoreboard import scoreboard
from analysis.report import ReportMaterial, material_of, report, told
from analysis.report.leaders import leaders
from analysis.report.satisfaction import scale_facts, scale_of
from analysis.report.sheet import workbook
from analysis.report.slides import slides
from studies import archive
from studies.script import parse
from studies.store import Store
from studies.words import say_in
from studies.workspace import Workspace
from surveys.instruments import instrument
from surveys.invitations import invite

SCRIPT = (Path(__file__).parent / "samples" / "report_study.txt").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TITLE = {"en": "Single Ease Question", "ar": "سؤال السهولة الواحد"}
REACH = {"en": "1 to 7", "ar": "1 إلى 7"}
ISOLATES = re.compile("[\u2066-\u2069]")


def answer(store: Store, name: str, values: list[int], condition: str) -> None:
    for nth, value in enumerate(values):
        token = invite(store, "asked", name, condition=condition, participant=f"p{nth}")
        given = dict.fromkeys(instrument(name).ids(), value)
        store.submit(f"{name} {condition} {nth}", token, name, given, "en", True, True)


@pytest.fixture
def material(space: Workspace, store: Store) -> ReportMaterial:
    """More were asked by SEQ than by SUS."""
    archive.seal(parse(SCRIPT), "asked", space)
    answer(store, "seq", [2, 3, 3], "as_is")
    answer(store, "seq", [6, 7, 7], "redesigned")
    answer(store, "sus", [3], "redesigned")
    return material_of("asked", space, NOW)


def plain(text: str) -> str:
    return ISOLATES.sub("", text)


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_every_form_tells_it_by_the_instrument_answered_most(material: ReportMaterial, tongue: str) -> None:
    for page in (report(material, tongue), report(material, tongue, printed=True), leaders(material, tongue)):
        read = plain(words(page))
        assert TITLE[tongue] in read and REACH[tongue] in read
        assert "SUS" not in read and "68" not in page.partition('id="survey"')[2].partition("</section>")[0]
    assert re.search(r"2\.67.*\| 1\.23 … 4\.1 \|", plain(words(report(material, tongue))))
    heads = [str(cell.value) for cell in list(load_workbook(io.BytesIO(workbook(material, tongue))))[1][1]]
    assert TITLE[tongue] in heads[1] and REACH[tongue] in heads[1]
    for audience in ("leaders", "designers"):
        deck = Presentation(io.BytesIO(slides(material, tongue, audience)))
        charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
        (one,) = [chart for chart in charts if TITLE[tongue] in chart.plots[0].series[0].name]
        assert (one.value_axis.minimum_scale, one.value_axis.maximum_scale) == (1, 7)
        assert list(one.plots[0].series[0].values) == pytest.approx([8 / 3, 20 / 3], abs=5e-4)


def test_the_scoreboard_and_the_report_mean_the_same(material: ReportMaterial, space: Workspace, store: Store) -> None:
    under = ground("asked", space, store)
    assert under is not None
    board, whole = scoreboard(under), told(material)
    assert (board.instrument, board.scale) == (whole.scale.instrument, (whole.scale.low, whole.scale.high))
    assert any("Satisfaction (Single Ease Question, 1 to 7) is 6.7 with" in one for one in whole.sentences)
    shown = [one.what for standard in whole.evidence for c in standard["criteria"] for one in c["shown"]]
    assert "Single Ease Question" in shown and not any("SUS" in what for what in shown)


def test_the_good_end_of_a_scale_is_said() -> None:
    load = {"instrument": "nasa_tlx", "mean": 30.0, "n": 4}
    assert scale_of(load).worded == "Task Load Index, 0 best to 100 worst"
    assert scale_of(load).said == "Task Load Index, 0 to 100, less is better"
    assert scale_of(None).worded == "System Usability Scale (SUS), 0 worst to 100 best"
    own = {"instrument": "ours", "scale": scale_facts(instrument("ueq")), "mean": 1.0, "n": 4}
    with say_in("ar"):
        assert plain(scale_of(own).score) == "درجة استبيان تجربة المستخدم من −3 إلى 3"
