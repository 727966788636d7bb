"""What is wrong with a file of responses is said row by row, and what is no such file is refused with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_files import HAPPY, csv_of, header, row

from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys import tables, wizard
from surveys.bringing import look_at
from surveys.sheet import laid_out


def test_out_of_range_and_repeated_answers_are_told_with_row_and_column(tmp_path: Path, space: Workspace) -> None:
    path = csv_of(
        tmp_path, header("id"), row("1", answers=["9", *HAPPY[1:]]), row("2"), row("2", answers=["3"] * 10), row("3")
    )
    looked = look_at(path, space)
    assert [(one.row, one.column) for one in looked.responses.problems] == [(2, "sus_1"), (4, None)]
    assert [person.row for person in looked.responses.people] == [2, 3, 5]
    assert looked.responses.people[0].answers["sus"][0] is None, "never bent to 5"
    assert looked.responses.people[1].answers["sus"] == (5, 1) * 5, "the first response counts"


@pytest.mark.parametrize(
    ("ending", "left", "why"),
    [
        ("5,1,5", 1, "ends within this row, after 3 of 11"),
        ('9,5,1,5,1,5,1,5,1,5,"1', 1, "cut off in the record that begins on line 3"),
    ],
)
def test_a_file_that_is_cut_off_keeps_what_is_whole(
    tmp_path: Path, space: Workspace, ending: str, left: int, why: str
) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(f"{header('id')}\n{row('1')}\n{ending}", "utf-8")
    looked = look_at(path, space)
    assert len(looked.responses.people) == left and why in looked.responses.problems[0].why


def test_a_file_cut_off_within_a_letter_is_read_up_to_there(tmp_path: Path, space: Workspace) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(f"{header('id')},why\n{row('1')},لأن\n{row('2')},ل".encode()[:-1])
    assert len(look_at(path, space).responses.people) >= 1


def test_rows_of_another_width_are_told(tmp_path: Path, space: Workspace) -> None:
    path = csv_of(tmp_path, header("id", "why"), row("1", "well, yes"), row("2", "fine"), "3,short,5")
    looked = look_at(path, space)
    assert [person.row for person in looked.responses.people] == [3, 4]
    assert [(one.row, "13 columns" in one.why or "3 of 12" in one.why) for one in looked.responses.problems] == [
        (2, True),
        (4, True),
    ]


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, space: Workspace) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(WrongInput, match=r"large.csv has 200 MB; 64 MB is the most"):
        look_at(path, space)


def bomb(folder: Path, body: bytes, name: str = "xl/worksheets/sheet1.xml") -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/workbook.xml", "<workbook/>")
        parcel.writestr(name, body)
    return path


def test_a_spreadsheet_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bomb(tmp_path, b"0" * 300 * 1024 * 1024)
    assert path.stat().st_size < 1024 * 1024
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    with pytest.raises(WrongInput, match=r"unpacks to 300 MB; 256 MB is the most"):
        look_at(path, space)


def test_entities_far_corners_and_other_zips_are_refused(tmp_path: Path, space: Workspace) -> None:
    with pytest.raises(WrongInput, match="entities"):
        look_at(bomb(tmp_path, b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><worksheet/>'), space)
    with pytest.raises(WrongInput, match="no whole XLSX"):
        look_at(bomb(tmp_path, b"<worksheet/>"), space)
    plain_zip = tmp_path / "a.xlsx"
    with zipfile.ZipFile(plain_zip, "w") as parcel:
        parcel.writestr("a.csv", "a,b")
    with pytest.raises(WrongInput, match="ZIP file and no XLSX"):
        look_at(plain_zip, space)
    book = openpyxl.Workbook()
    book.active["A1"], book.active["ZZZ9"] = "sus_1", 1
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(WrongInput, match="columns"):
        look_at(tmp_path / "far.xlsx", space)
    whole = (tmp_path / "far.xlsx").read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WrongInput, match="no whole XLSX"):
        look_at(tmp_path / "half.xlsx", space)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "no text"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"<html><body>please sign in</body></html>", "XML or HTML"),
        (b"sus_1,sus_2\n", "no responses"),
        (b"\xef\xbb\xbf\xc7\xe1\xd3,b\n1,2\n", "says that it is utf-8"),
    ],
)
def test_what_is_no_table_is_refused_saying_what_it_is(tmp_path: Path, space: Workspace, body: bytes, why: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(body)
    with pytest.raises(WrongInput, match=why):
        look_at(path, space)


def test_too_many_rows_are_refused(tmp_path: Path, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(WrongInput, match="more than 3 rows"):
        look_at(csv_of(tmp_path, header(), row(), row(), row()), space)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@settings(max_examples=150)
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_reason(body: bytes) -> None:
    with wizard.as_file("any.csv", body) as path:
        try:
            table = tables.read_table(path)
        except WrongInput as refused:
            assert "any.csv" in str(refused)
        else:
            wide = len(table.header)
            assert all(len(line.cells) == wide for line in table.lines)
            laid_out(table)
