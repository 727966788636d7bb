"""Slides with charts and tables of their own, which can be edited; mirrored where one reads from the right.

In Arabic a paragraph runs from the right (`rtl`), a table's first column stands on the right, bars grow from the right
with their names beside them, and every run names its language and a font that holds its letters.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_AXIS_CROSSES, XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu, Inches, Pt

from analysis.charts.palette import GROUND, INK, LINE, QUIET
from analysis.figures import END, LEFT_TO_RIGHT, RIGHT_TO_LEFT
from studies.words import DIGITS, digits, direction, language, numerals

#: on every Windows and Mac; it holds Latin and Arabic letters
FONT: Final = "Arial"
WIDE, HIGH, EDGE = 13.333, 7.5, 0.5  # inches
TONGUES: Final = {"ar": "ar-SA", "en": "en-GB"}
#: hollow is as it is, full is redesigned, in charts here as everywhere
FILLS: Final = (GROUND[False], INK[False])
Box = tuple[float, float, float, float]  # from where reading begins, from the top, width, height; inches


@dataclass(frozen=True, slots=True)
class Series:
    """A row of values of a chart, with the reach of their intervals where they have one."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def deck(title: str) -> Any:
    """An empty presentation, 16 to 9."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDE), Inches(HIGH)
    made.core_properties.title, made.core_properties.language = shown(title), TONGUES.get(language(), language())
    made.core_properties.author = "Khutwa"
    return made


def written(made: Any) -> bytes:
    """The presentation as a file, every slide with its number."""
    for n, one in enumerate(made.slides, 1):
        number = f"{n} / {len(made.slides)}"
        words(one, [number], (WIDE - EDGE - 1.5, HIGH - 0.42, 1.5, 0.3), 10, QUIET[False], end=True)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def slide(made: Any, title: str) -> Any:
    """A slide with its title."""
    one = made.slides.add_slide(made.slide_layouts[5])
    place = one.shapes.title
    place.left, place.top, place.width, place.height = _at((EDGE, 0.3, WIDE - 2 * EDGE, 0.85))
    _write(place.text_frame, [title], 26, INK[False], bold=True)
    place.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    return one


def words(
    one: Any, lines: Sequence[str], box: Box, size: float = 14, ink: str = INK[False], *, bold: bool = False,
    ground: str = "", end: bool = False,
) -> None:  # fmt: skip
    """Lines of text in a box; `ground` fills it, `end` sets them where a line ends."""
    made = one.shapes.add_textbox(*_at(box))
    if ground:
        made.fill.solid()
        made.fill.fore_color.rgb = RGBColor.from_string(ground.lstrip("#"))
    _write(made.text_frame, lines, size, ink, bold=bold, end=end)


def table(one: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], box: Box, widths: Sequence[float],
          size: float = 11) -> None:  # fmt: skip
    """A table of its own; `widths` are shares. Its first column stands where reading begins."""
    frame = one.shapes.add_table(len(rows) + 1, len(heads), *_at(box))
    made = frame.table
    if direction() == "rtl":
        made._tbl.tblPr.set("rtl", "1")
    for column, share in zip(made.columns, widths, strict=True):
        column.width = Emu(int(Inches(box[2]) * share / sum(widths)))
    for y, row in enumerate([heads, *rows]):
        made.rows[y].height = Emu(int(Inches(box[3]) / (len(rows) + 1)))
        for x, text in enumerate(row):
            cell = made.cell(y, x)
            cell.margin_left = cell.margin_right = Inches(0.06)
            cell.margin_top = cell.margin_bottom = Inches(0.025)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb("#EEF1F4" if y == 0 else GROUND[False])
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            _write(cell.text_frame, [text], size, QUIET[False] if y == 0 else INK[False], bold=y == 0 or x == 0)


def bars(one: Any, names: Sequence[str], series: Sequence[Series], box: Box, title: str, unit: str = "",
         least: float = 0, most: float | None = None) -> Any:  # fmt: skip
    """Bars beside one another, hollow and full, with whiskers for intervals: a chart with its own figures."""
    told = CategoryChartData()
    told.categories = [_whole(shown(name)) for name in names]
    for row in series:
        told.add_series(_whole(shown(row.name)), [_plain(v) for v in row.values])
    frame = one.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *_at(box), told)
    chart = _dressed(frame, title, unit, series)
    chart.plots[0].gap_width, chart.plots[0].overlap = 60, -5
    category, value = chart.category_axis, chart.value_axis
    category.reverse_order = True  # the first on top
    category.crosses = XL_AXIS_CROSSES.MAXIMUM  # and the scale at the bottom all the same
    value.reverse_order = direction() == "rtl"
    value.minimum_scale = least
    if most is not None:
        value.maximum_scale = most
    for nth, (row, drawn) in enumerate(zip(series, chart.plots[0].series, strict=True)):
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = _rgb(FILLS[nth % 2] if len(series) > 1 else FILLS[1])
        drawn.format.line.color.rgb = _rgb(INK[False])
        drawn.format.line.width = Pt(1)
        drawn.invert_if_negative = False
        if any(low is not None for low in row.low):
            _whiskers(drawn._element, row)
    chart.plots[0].has_data_labels = True
    labels = chart.plots[0].data_labels
    labels.number_format, labels.number_format_is_linked = _digits_of(series), False
    labels.font.size = Pt(10)
    if len(series) == 1:  # one row of bars: its first is hollow, its last full, its figures stand clear of whiskers
        _hollow_to_full(chart.plots[0].series[0], len(names), _digits_of(series))
    return chart


def lines(one: Any, names: Sequence[str], series: Sequence[Series], box: Box, title: str, unit: str = "") -> Any:
    """Lines over time; where one reads from the right time runs from the right."""
    told = CategoryChartData()
    told.categories = [_whole(shown(name)) for name in names]
    for row in series:
        told.add_series(_whole(shown(row.name)), [_plain(v) for v in row.values])
    chart = _dressed(one.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *_at(box), told), title, unit, series)
    _bridge_gaps(chart)
    chart.category_axis.reverse_order = direction() == "rtl"  # the value axis goes to the right with it
    for drawn in chart.plots[0].series:
        drawn.smooth = False
        drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 5
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = _rgb(INK[False])
        drawn.format.line.width = Pt(2)
        drawn.format.line.color.rgb = _rgb(INK[False])
    return chart


def _bridge_gaps(chart: Any) -> None:
    """Where nothing was measured the line goes on to where something was; no zero is drawn."""
    body = chart._chartSpace.chart
    told = body.find(qn("c:dispBlanksAs"))
    if told is None:
        told = OxmlElement("c:dispBlanksAs")
        body.find(qn("c:plotVisOnly")).addnext(told)
    told.set("val", "span")


def _hollow_to_full(drawn: Any, count: int, pattern: str) -> None:
    for nth in range(count):
        full = nth == count - 1 and count > 1
        point = drawn.points[nth]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = _rgb(FILLS[full])
        point.format.line.color.rgb = _rgb(INK[False])
        label = point.data_label
        label.position = XL_LABEL_POSITION.INSIDE_BASE
        label.font.size, label.font.bold = Pt(12), True
        label.font.color.rgb = _rgb(FILLS[not full])
        written_as = OxmlElement("c:numFmt")
        written_as.set("formatCode", pattern)
        written_as.set("sourceLinked", "0")
        label._dLbl.find(qn("c:idx")).addnext(written_as)


def _dressed(frame: Any, title: str, unit: str, series: Sequence[Series]) -> Any:
    chart = frame.chart
    frame._element.nvGraphicFramePr.cNvPr.set("descr", shown(title))
    chart.font.size, chart.font.name = Pt(11), FONT
    chart.font.color.rgb = _rgb(INK[False])
    _letters(chart._chartSpace.find(qn("c:txPr")))
    chart.has_title = True
    _write(chart.chart_title.text_frame, [_whole(title)], 13, INK[False], bold=True)
    chart.has_legend = len(chart.plots[0].series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    axis = chart.value_axis
    axis.major_gridlines.format.line.color.rgb = _rgb(LINE[False])
    axis.format.line.fill.background()
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = _digits_of(()), False
    if unit:
        axis.has_title = True
        _write(axis.axis_title.text_frame, [_whole(unit)], 10, QUIET[False])
    return chart


def _digits_of(series: Sequence[Series]) -> str:
    """A number format in the digits in force (02 before a locale: Arabic-Indic), with a decimal where one is needed."""
    broken = any(v is not None and not float(v).is_integer() for row in series for v in row.values)
    pattern = "#,##0.0" if broken else "#,##0"
    return pattern if digits() == DIGITS[0] else f"[$-2000401]{pattern}"


def _whiskers(element: Any, row: Series) -> None:
    """Intervals as error bars of their own lengths, before the categories, where the format wants them."""
    sides = {"plus": row.high, "minus": row.low}
    parts = []
    for side, bounds in sides.items():
        points = "".join(
            f'<c:pt idx="{i}"><c:v>{abs(bound - value):.6g}</c:v></c:pt>'
            for i, (bound, value) in enumerate(zip(bounds, row.values, strict=True))
            if bound is not None and value is not None
        )
        count = f'<c:ptCount val="{len(row.values)}"/>'
        parts.append(f"<c:{side}><c:numLit><c:formatCode>General</c:formatCode>{count}{points}</c:numLit></c:{side}>")
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    told = '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
    element.find(qn("c:cat")).addprevious(parse_xml(f"<c:errBars {space}>{told}{''.join(parts)}</c:errBars>"))


def _write(frame: Any, told: Sequence[str], size: float, ink: str, *, bold: bool = False, end: bool = False) -> None:
    frame.word_wrap = True
    backward = direction() == "rtl"
    for nth, line in enumerate(told):
        paragraph = frame.paragraphs[0] if nth == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = shown(line)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
        run.font.color.rgb = _rgb(ink)
        paragraph.space_after = Pt(size * 0.35 if len(told) > 1 else 0)
        paragraph.alignment = PP_ALIGN.RIGHT if backward is not end else PP_ALIGN.LEFT
        paragraph._p.get_or_add_pPr().set("rtl", "1" if backward else "0")
    _letters(frame._txBody)


def _letters(element: Any) -> None:
    """Every run's language, and the font for letters that are not Latin."""
    for name in ("a:rPr", "a:defRPr"):
        for run in element.iter(qn(name)):
            if name == "a:rPr":
                run.set("lang", TONGUES.get(language(), language()))
            for old in run.findall(qn("a:cs")):
                run.remove(old)
            latin = run.find(qn("a:latin"))
            if latin is None:
                latin = OxmlElement("a:latin")
                latin.set("typeface", FONT)
                run.append(latin)
            script = OxmlElement("a:cs")
            script.set("typeface", FONT)
            latin.addnext(script)
    if direction() == "rtl":
        for paragraph in element.iter(qn("a:pPr")):
            paragraph.set("rtl", "1")


def shown(text: str) -> str:
    """A text for programs that know no Unicode isolates: marks at both ends of what must stay whole do for them."""
    text, open_marks, made = numerals(text), [], []
    for letter in text:
        if letter in (LEFT_TO_RIGHT, RIGHT_TO_LEFT):
            open_marks.append("\u200e" if letter == LEFT_TO_RIGHT else "\u200f")
            made.append(open_marks[-1])
        elif letter == END:
            made.append(open_marks.pop() if open_marks else "")
        else:
            made.append(letter)
    return "".join(made)


def _whole(text: str) -> str:
    """A text of a chart, which takes no direction from a paragraph: it carries its own."""
    return f"\u202b{text}\u202c" if direction() == "rtl" else text


def _plain(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 3)


def _rgb(colour: str) -> Any:
    return RGBColor.from_string(colour.lstrip("#"))


def _at(box: Box) -> tuple[int, int, int, int]:
    """A box on the slide; where one reads from the right it is measured from there."""
    start, top, width, height = box
    left = WIDE - start - width if direction() == "rtl" else start
    return Inches(left), Inches(top), Inches(width), Inches(height)
