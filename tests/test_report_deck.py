"""Slides hold charts and tables of their own, with the report's figures, and Arabic ones are mirrored throughout."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from analysis.report import ReportMaterial, keep, material_of, told
from analysis.report.deck import shown
from analysis.report.leaders import silent
from analysis.report.slides import slides
from studies import archive
from studies.script import parse
from studies.words import counted_in, say_in
from studies.workspace import Workspace

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> ReportMaterial:
    space = Workspace(tmp_path_factory.mktemp("space"))
    archive.seal(parse((HERE / "samples" / "report_study.txt").read_text(encoding="utf-8")), "sample", space)
    keep("sample", space, **json.loads((HERE / "samples" / "report_kept.json").read_text(encoding="utf-8")))
    return replace(material_of("sample", space, NOW), trust=None)


def opened(material: ReportMaterial, tongue: str, audience: str) -> Any:
    return Presentation(io.BytesIO(slides(material, tongue, audience)))


def of_kind(deck: Any, kind: str) -> list[Any]:
    return [shape for slide in deck.slides for shape in slide.shapes if getattr(shape, f"has_{kind}")]


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_leaders_get_two_slides_and_designers_all(material: ReportMaterial, tongue: str) -> None:
    assert len(opened(material, tongue, "leaders").slides) == 2
    assert len(opened(material, tongue, "designers").slides) > 10


def test_charts_are_charts_that_hold_the_figures_of_the_report(material: ReportMaterial) -> None:
    chart = of_kind(opened(material, "en", "leaders"), "chart")[0].chart
    drawn = silent(told(material))
    assert [series.name for series in chart.plots[0].series] == ["as it is", "redesigned"]
    for series, side in zip(chart.plots[0].series, ("as_is", "redesigned"), strict=True):
        meant = [getattr(row, side).value for row in drawn]
        assert list(series.values) == pytest.approx(meant, abs=5e-4)
    # and what an editor opens: the workbook inside the chart
    assert chart.part.chart_workbook.xlsx_part.blob.startswith(b"PK")
    whiskers = of_kind(opened(material, "en", "leaders"), "chart")[-1].chart._chartSpace.findall(
        ".//" + qn("c:errBars")
    )
    assert len(whiskers) == 1 and whiskers[0].find(qn("c:errValType")).get("val") == "cust"


def test_arabic_slides_are_mirrored_in_paragraphs_tables_and_charts(material: ReportMaterial) -> None:
    deck = opened(material, "ar", "designers")
    for slide in deck.slides:
        for paragraph in slide._element.iter(qn("a:p")):
            style = paragraph.find(qn("a:pPr"))
            if paragraph.find(qn("a:r")) is None:
                continue
            assert style is not None and style.get("rtl") == "1"
            for run in paragraph.iter(qn("a:rPr")):
                assert run.get("lang") == "ar-SA" and run.find(qn("a:cs")).get("typeface") == "Arial"
    tables = of_kind(deck, "table")
    assert tables and all(shape.table._tbl.tblPr.get("rtl") == "1" for shape in tables)
    for shape in of_kind(deck, "chart"):
        bars = shape.chart._chartSpace.findall(".//" + qn("c:barChart"))
        across = shape.chart.value_axis if bars else shape.chart.category_axis
        assert across.reverse_order is True
    english = opened(material, "en", "designers")
    assert not any(shape.table._tbl.tblPr.get("rtl") for shape in of_kind(english, "table"))
    assert not any(shape.chart.value_axis.reverse_order for shape in of_kind(english, "chart"))


def test_digits_are_those_that_were_asked_for_in_words_and_in_charts(material: ReportMaterial) -> None:
    with counted_in("arabic_indic", "hijri"):
        deck = opened(material, "ar", "leaders")
    text = " ".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    assert "١٤٤٧" in text and not any("0" <= letter <= "9" for letter in text)
    formats = [shape.chart.value_axis.tick_labels.number_format for shape in of_kind(deck, "chart")]
    assert formats and all(one.startswith("[$-2000401]") for one in formats)


def test_what_keeps_a_figure_whole_is_a_mark_that_every_program_knows() -> None:
    with say_in("ar"):
        assert shown("a \u2067x \u2066−3\u2069\u2069 b") == "a \u200fx \u200e−3\u200e\u200f b"


def test_every_chart_says_what_it_shows_to_who_cannot_see_it(material: ReportMaterial) -> None:
    for shape in of_kind(opened(material, "ar", "designers"), "chart"):
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
