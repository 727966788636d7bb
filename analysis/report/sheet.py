"""The report's figures as tables for other programs: a workbook whose sheets are read from the right in Arabic, or CSV.

In a workbook a number is a number, shown in the digits in force. In CSV it keeps its European digits unless others
were asked for: what reads CSV seldom reads those.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from analysis import figures
from analysis.comparison import Comparison, Estimate
from analysis.report import ReportMaterial, Told, told
from analysis.report.tables import condition_or_all
from studies.titles import step_name
from studies.words import DIGITS, _, digits, direction, numerals, say_in

Row = tuple[Any, ...]
Table = tuple[str, Row, list[Row]]  # its name, its heads, its rows
MARKS: Final = str.maketrans("", "", figures.LEFT_TO_RIGHT + figures.RIGHT_TO_LEFT + figures.END)
#: what a spreadsheet would take for a formula
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def workbook(material: ReportMaterial, tongue: str = "en") -> bytes:
    """Every table of the report as a sheet of one workbook."""
    with say_in(tongue):
        book = Workbook()
        book.remove(book.active)
        for name, heads, rows in tables(material, told(material)):
            sheet = book.create_sheet(_sheet_name(name))
            sheet.sheet_view.rightToLeft = direction() == "rtl"
            sheet.append([_text(head) for head in heads])
            for row in rows:
                sheet.append([_text(cell) if isinstance(cell, str) else cell for cell in row])
            _dress(sheet)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()


def commas(material: ReportMaterial, tongue: str = "en") -> bytes:
    """The figures of every journey as CSV (UTF-8 with its mark, so that spreadsheets read Arabic)."""
    with say_in(tongue):
        _name, heads, rows = next(iter(tables(material, told(material))))
        file = io.StringIO()
        to = csv.writer(file, lineterminator="\n")
        to.writerow([_text(head) for head in heads])
        to.writerows([_in_csv(cell) for cell in row] for row in rows)
        return file.getvalue().encode("utf-8-sig")


def tables(material: ReportMaterial, whole: Told) -> Iterator[Table]:
    """The tables in words and numbers: journeys, satisfaction, findings, evidence; what is not known is empty."""
    heads: Row = (_("Journey"), _("Whose"), _("Metric"), _("Unit"), _("Condition"), _("Value"), _("from"), _("to"), "n",
             _("What could not be measured"))  # fmt: skip
    rows = [
        (whole.title_of(row.journey), _whose(row.who), *_named(row), condition_or_all(condition), *_figures(one))
        for row in whole.rows
        for condition, one in (("as_is", row.as_is), ("redesigned", row.redesigned))
    ]
    yield _("Metrics"), heads, rows
    scores = [(condition_or_all(c), *_figures(one)[:4]) for c, one in whole.scores]
    yield _("Satisfaction"), (_("Condition"), whole.scale.score, _("from"), _("to"), "n"), scores
    found = [
        (f.called, whole.title_of(f.service), condition_or_all(f.condition), step_name(f.service, f.step),
         _whose(f.who), f.cases, f.looked_at, round(f.low, 4), round(f.high, 4), f.remedy, _(f.confidence),
         f.hours_saved)
        for f in whole.found
    ]  # fmt: skip
    heads = (_("Finding"), _("Journey"), _("Condition"), _("Step"), _("Whose"), _("Cases"), _("of"), _("from"),
             _("to"), _("Remedy"), _("Confidence"), _("Hours saved a year"))  # fmt: skip
    yield _("Findings"), heads, found
    heads = (_("Standard"), _("Criterion"), _("What was looked at"), _("Value"), _("How it was made, interval"), "n",
             _("Whose"), _("Open"), _("Source"))  # fmt: skip
    shown = [
        (
            standard["title"],
            f"{criterion['id']} {criterion['title']}" if criterion["numbered"] else criterion["title"],
            *cells,
            standard["source"],
        )
        for standard in whole.evidence
        for criterion in standard["criteria"]
        for cells in [
            (s.what, s.value, s.interval, s.n, _whose(s.who) if s.who else "", s.where) for s in criterion["shown"]
        ]
        or [("", _("no evidence in this study"), "", "", "", "")]
    ]
    yield _("Evidence for standards and awards"), heads, shown


def _named(row: Comparison) -> tuple[str, str]:
    if row.metric == "outcome":
        return _("Needs settled"), _("share of cases")
    return row.title, figures.unit_name(row.unit)


def _figures(one: Estimate) -> tuple[Any, ...]:
    missing = _("; ").join(f"{count} {_(state)}" for state, count in one.states.items())
    numbers = (None if bound is None else round(float(bound), 6) for bound in (one.value, one.low, one.high))
    return (*numbers, one.n, missing)


def _whose(who: str) -> str:
    return _("real people") if who == "people" else _("robots")


def _text(text: str) -> str:
    """A text as a cell holds it: no marks for readers on a screen, nothing that a spreadsheet would reckon with."""
    plain = numerals(text).translate(MARKS)
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _in_csv(cell: Any) -> Any:
    if isinstance(cell, str):
        return _text(cell)
    return cell if cell is None or digits() == DIGITS[0] else numerals(str(cell))


def _sheet_name(name: str) -> str:
    return "".join(letter for letter in name if letter not in r"[]:*?/\\")[:31]


def _dress(sheet: Any) -> None:
    pattern = "General" if digits() == DIGITS[0] else "[$-2000401]0.###"
    backward = direction() == "rtl"
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2 if backward else 1)
            if cell.row == 1:
                cell.font = Font(bold=True)
            elif isinstance(cell.value, int | float):
                cell.number_format = pattern
    for nth, widest in enumerate(_widths(sheet.iter_rows(values_only=True)), 1):
        sheet.column_dimensions[get_column_letter(nth)].width = min(48, max(8, widest + 2))
    sheet.freeze_panes = "A2"


def _widths(rows: Any) -> Sequence[int]:
    return [max(len(str(cell or "")) for cell in column) for column in zip(*rows, strict=True)]
