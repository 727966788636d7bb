"""Reports for leaders, in the digits and dates that were asked for, with their evidence and their tables."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pages_read import words

from analysis.measure import metrics
from analysis.report import ReportMaterial, evidence, keep, material_of, report
from analysis.report import made as report_made
from analysis.report.leaders import leaders
from analysis.report.made import Wanted
from analysis.report.numbering import numbered, sheet
from studies import archive, dates
from studies.script import parse
from studies.troubles import Failed, WrongInput
from studies.words import counted_in, digits, languages, numerals, say_in
from studies.workspace import Workspace

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REPAIR = "GOLDEN=write .venv/bin/python -m pytest tests/test_report_forms.py"
ISOLATES = re.compile("[\u2066-\u2069]")


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("space"))
    archive.seal(parse((HERE / "samples" / "report_study.txt").read_text(encoding="utf-8")), "sample", made)
    keep("sample", made, **json.loads((HERE / "samples" / "report_kept.json").read_text(encoding="utf-8")))
    return made


@pytest.fixture(scope="module")
def material(space: Workspace) -> ReportMaterial:
    return replace(material_of("sample", space, NOW), trust=None)


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_the_report_for_leaders_reads_as_it_did(material: ReportMaterial, tongue: str) -> None:
    golden = HERE / "golden" / f"report_leaders.{tongue}.txt"
    with counted_in("arabic_indic", "hijri"):
        read = words(leaders(material, tongue))
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(read, encoding="utf-8")
    meant = f"The report for leaders reads differently now. If that is meant: {REPAIR}"
    assert golden.exists(), meant
    assert read.splitlines() == golden.read_text(encoding="utf-8").splitlines(), meant


def test_leaders_get_two_sheets_that_stand_alone(material: ReportMaterial) -> None:
    page = leaders(material, "ar")
    assert page.count('<section class="sheet"') == 2
    assert "<script" not in page and not re.search(r"https?://|@import|<link|<iframe|\bsrc=", page)
    assert '<html lang="ar" dir="rtl" class="leaders">' in page


# --- numbers and dates ------------------------------------------------------------------------------------------------


def test_arabic_indic_digits_are_written_with_their_own_point_thousands_and_percent_sign() -> None:
    with say_in("ar"), counted_in("arabic_indic"):
        assert numerals("1,234.5 · 95 % · 12.") == "١٬٢٣٤٫٥ · ٩٥ ٪ · ١٢."
        assert numerals("p95 ISO 9241-11 WCAG 2.2 IPv4") == "p95 ISO 9241-11 WCAG 2.2 IPv4"
        assert numerals("0.25") == "٠٫٢٥"
    with say_in("ar"):
        assert numerals("1,234.5") == "1,234.5"
    with say_in("en"), counted_in("arabic_indic"):  # English has no other digits
        assert digits() == "european" and numerals("12") == "12"


def test_what_is_no_prose_keeps_its_digits() -> None:
    page = '<p class="a1">12 <bdi dir="ltr" class="key">step2</bdi> 3<br>4</p><pre>5 <b>6</b></pre>'
    page += '<svg><text x="1">7</text></svg>'
    with say_in("ar"), counted_in("arabic_indic"):
        assert numbered(page) == (
            '<p class="a1">١٢ <bdi dir="ltr" class="key">step2</bdi> ٣<br>٤</p><pre>5 <b>6</b></pre>'
            '<svg><text x="1">٧</text></svg>'
        )
        assert "arabic-indic" in sheet("a </style> b", "1")
        assert "</style>" not in sheet("a </style> b", "1")


def test_a_whole_arabic_report_has_no_european_number_in_its_prose(material: ReportMaterial) -> None:
    with counted_in("arabic_indic"):
        page = report(material, "ar")
    prose = re.sub(r'<pre.*?</pre>|<style>.*?</style>|<title>.*?</title>|<bdi dir="ltr".*?</bdi>', "", page, flags=re.S)
    text = ISOLATES.sub("", re.sub(r"<[^>]+>", " ", prose))
    left = [found for found in re.findall(r"\S*\d\S*", text) if re.search(r"[0-9]", found)]
    assert all(re.search(r"[A-Za-z]|9241|2\.2", found) for found in left), left
    assert "٪" in text and "٫" in text


def test_intervals_keep_their_lower_bound_first_and_their_signs(material: ReportMaterial) -> None:
    from analysis import figures

    with say_in("ar"), counted_in("arabic_indic"):
        told = figures.span(-1.5, 2, signed=True)
        assert told == "\u2067\u2066−١٫٥\u2069 … \u2066+٢\u2069\u2069"  # each bound is an island of its own


@pytest.mark.parametrize(
    ("day", "hijri"),
    [  # published correspondences of the Umm al-Qura calendar
        (date(2023, 7, 19), "1 محرم 1445 هـ"),
        (date(2024, 3, 11), "1 رمضان 1445 هـ"),
        (date(2025, 6, 26), "1 محرم 1447 هـ"),
        (date(1999, 4, 17), "1 محرم 1420 هـ"),
    ],
)
def test_hijri_dates_stand_beside_gregorian_ones_where_asked_for(day: date, hijri: str) -> None:
    with say_in("ar"), counted_in(by="hijri"):
        assert " ".join(hijri.split()[:-1]) in dates.day(day)
    with say_in("ar"):
        assert "14" not in dates.day(day)[3:]


def test_a_day_outside_the_tabulated_calendar_stands_alone() -> None:
    with counted_in(by="hijri"):
        assert dates.day(date(2100, 1, 1)) == "1 January 2100"
        assert dates.day(date(2026, 3, 2)) == "2 March 2026 (13 Ramadan 1447 AH)"


def test_a_quarter_is_told_in_words_where_the_language_has_no_letter_for_it() -> None:
    assert dates.quarter("2026 Q4") == "2026 Q4"
    with say_in("ar"), counted_in("arabic_indic"):
        assert [numerals(dates.quarter(f"2026 Q{n}")) for n in (1, 2, 3, 4)] == [
            "الربع الأول ٢٠٢٦", "الربع الثاني ٢٠٢٦", "الربع الثالث ٢٠٢٦", "الربع الرابع ٢٠٢٦"
        ]  # fmt: skip


# --- evidence ---------------------------------------------------------------------------------------------------------


def test_every_standard_names_its_source_both_titles_and_evidence_that_there_is() -> None:
    kinds = {*metrics(), *evidence.KINDS}
    listed = evidence.standards()
    assert len(listed) >= 6
    for one in listed:
        assert one.source.startswith("http")
        for title in (one.title, *(criterion.title for criterion in one.criteria)):
            assert isinstance(title, dict) and set(title) == set(languages())
        for criterion in one.criteria:
            assert all(isinstance(kind, dict) or kind in kinds for kind in criterion.shows), criterion
    assert len(next(one for one in listed if one.standard == "uk_service_standard").criteria) == 14


def rows_of(page: str, standard: str) -> list[list[str]]:
    table = re.search(rf'<table class="evidence" id="standard-{standard}">.*?</table>', page, re.S)
    assert table
    rows = re.findall(r"<tr>.*?</tr>", table[0].partition("<tbody>")[2], re.S)
    return [[re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)] for row in rows]


def test_a_criterion_shows_value_interval_n_and_where_to_open_it_or_that_there_is_none(
    material: ReportMaterial,
) -> None:
    page = report(material)
    settled = rows_of(page, "iso_9241_11")[0]
    assert settled[0] == "Effectiveness" and settled[1] == "Needs settled"
    assert "as it is:" in settled[2] and "of" in settled[3] and settled[5] in ("real people", "rehearsed by robots")
    assert settled[6] == "metrics?study=sample"
    team = next(row for row in rows_of(page, "uk_service_standard") if "multidisciplinary" in row[0])
    assert team[1] == "no evidence in this study: no study of a service shows it"
    assert {row[1] for row in rows_of(page, "wcag_2_2")} == {"no evidence in this study"}  # nobody checked the pages


def test_people_and_robots_are_evidence_apart(material: ReportMaterial) -> None:
    whose = {row[-2] for row in rows_of(report(material), "iso_9241_11") if row[-1].startswith("metrics")}
    assert whose == {"real people", "rehearsed by robots"}


def test_faults_of_accessibility_are_counted_by_place_and_said_of_so_many_checked_sessions(
    material: ReportMaterial,
) -> None:
    fault = {"kind": "accessibility", "id": "color-contrast", "severity": "serious", "page": "p", "where": "a"}
    checks = {"s1": [fault, {**fault, "severity": "minor", "where": "b"}], "s2": [fault, {**fault, "where": "c"}]}
    page = report(replace(material, checks=checks))
    contrast = next(row for row in rows_of(page, "wcag_2_2") if "1.4.3" in row[0])
    assert contrast[2] == "2 places" and contrast[4] == "2 checked sessions"
    others = next(row for row in rows_of(page, "wcag_2_2") if "1.1.1" in row[0])
    assert others[2] == "0 places"


# --- forms ------------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_from_the_right_with_numbers_as_numbers(material: ReportMaterial) -> None:
    book = load_workbook(io.BytesIO(report_made.make(material, Wanted("xlsx", "ar", digits="arabic_indic"))))
    assert len(book.worksheets) == 4
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets)
    first = book.worksheets[0]
    values = [cell for row in first.iter_rows(min_row=2) for cell in row if isinstance(cell.value, float)]
    assert values and all(cell.number_format.startswith("[$-2000401]") for cell in values)
    assert not any(ISOLATES.search(str(cell.value or "")) for row in first.iter_rows() for cell in row)
    english = load_workbook(io.BytesIO(report_made.make(material, Wanted("xlsx", "en"))))
    assert not any(sheet.sheet_view.rightToLeft for sheet in english.worksheets)


def test_csv_is_read_by_programs_unless_other_digits_are_asked_for(material: ReportMaterial) -> None:
    plain = report_made.make(material, Wanted("csv", "ar"))
    assert plain.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(plain.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1 and any(row[5] and float(row[5]) > 0 for row in rows[1:])
    own = report_made.make(material, Wanted("csv", "ar", digits="arabic_indic")).decode("utf-8-sig")
    assert re.search("[٠-٩]٫[٠-٩]", own)


def test_what_cannot_be_measured_is_an_empty_cell_with_its_reason_never_a_zero(space: Workspace) -> None:
    deaf = parse(
        "session=b start=2026-03-01T08:00:00Z source=robot task=j condition=as_is hears=acts,answers,begins\n"
        " 0.0 citizen acts home\n 2.0 service answers home\n"
    )
    archive.seal(deaf, "deaf", space)
    text = report_made.make(report_made.material("deaf", space, NOW), Wanted("csv")).decode("utf-8-sig")
    silent = next(row for row in csv.reader(io.StringIO(text)) if row[2] == "Silent waiting" and row[4] == "as it is")
    assert silent[5:9] == ["", "", "", "0"] and "not measurable" in silent[9]


@pytest.mark.parametrize("kind", ["html", "pptx", "xlsx", "csv"])
@pytest.mark.parametrize("audience", ["leaders", "designers"])
def test_a_study_in_which_nothing_can_be_compared_has_every_form(space: Workspace, kind: str, audience: str) -> None:
    archive.seal(parse(" 0.0 citizen acts home\n 9.0 service answers home\n"), "lone", space)
    assert report_made.make(report_made.material("lone", space, NOW), Wanted(kind, "ar", audience))


def test_what_there_is_not_is_said_in_clear_words(space: Workspace, tmp_path: Path, material: ReportMaterial) -> None:
    with pytest.raises(WrongInput, match=r"no session is kept of it\. There are: .*sample"):
        report_made.material("nobody", space, NOW)
    for wrong in (
        {"kind": "doc"},
        {"language": "xx"},
        {"audience": "kings"},
        {"digits": "roman"},
        {"calendar": "maya"},
    ):
        with pytest.raises(WrongInput, match="There are: "):
            Wanted(**wrong)
    with pytest.raises(Failed, match="Take HTML"):
        report_made.make(material, Wanted("pdf"))
    with pytest.raises(Failed, match="could not be written"):
        report_made.save(b"x", tmp_path / "nowhere" / "r.html")
    (tmp_path / "r.html").mkdir()
    with pytest.raises(Failed, match="could not be written"):
        report_made.save(b"x", tmp_path / "r.html")
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]  # nothing half written lies about


def test_the_command_that_makes_the_same_report_can_be_typed() -> None:
    asked = Wanted("pdf", "ar", "leaders", "arabic_indic", "hijri")
    told = report_made.command("my study", asked)
    assert told == ("./lab report 'my study' --lang ar --format pdf --for leaders --digits arabic_indic --dates hijri")
