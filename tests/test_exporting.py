"""Answers leave the lab as tables that other programs read as they are meant, with what each column is."""

import csv
import io
import json
from pathlib import Path

import pyreadstat
import pytest

from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.bringing import bring, look_at
from surveys.exporters.csv import FORMULA, guarded
from surveys.exporters.sav import allowed
from surveys.exporting import answers_of, exporters, write
from surveys.invitations import invite

SUS = [f"sus_{n}" for n in range(1, 11)]
FORMULA_TYPED = '=HYPERLINK("http://evil.example","see")'


@pytest.fixture
def study(store: Store, space: Workspace, tmp_path: Path) -> str:
    """Two who answered, one of whom typed a formula, and one who was only invited."""
    path = tmp_path / "survey.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "group", "language", *SUS, "open_text_1", "هل من تعليق؟"])
        writer.writerow([1, "as_is", "ar", *[5, 1] * 5, FORMULA_TYPED, "شكرًا"])
        writer.writerow([2, "as_is", "en", *["", ""], *[5, 1] * 4, "-5 stars", 7])
    bring("s", [path], store, space)
    invite(store, "s", "sus", space=space)
    return "s"


def test_csv_opens_in_a_spreadsheet_as_it_is_meant(store: Store, space: Workspace, study: str, tmp_path: Path) -> None:
    files = write(store, study, "csv", tmp_path / "out.csv", space)
    body = (tmp_path / "out.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbf") and [file.name for file in files] == ["out.csv", "out.codebook.csv"]
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == 3 and [row["sus_1"] for row in rows] == ["5", "", ""]
    assert [row["sus_score"] for row in rows] == ["100", "", ""], "two items left out is no score, and never 0"
    assert rows[0]["open_text_1"] == "'" + FORMULA_TYPED and rows[1]["open_text_1"] == "'-5 stars"
    assert rows[0]["هل من تعليق؟"] == "شكرًا" and rows[1]["هل من تعليق؟"] == "7"
    assert not any(cell.startswith(FORMULA) for row in rows for cell in row.values())


def test_the_codebook_says_what_each_column_is(store: Store, space: Workspace, study: str, tmp_path: Path) -> None:
    _table, book = write(store, study, "csv", tmp_path / "out.csv", space)
    rows = {row["column"]: row for row in csv.DictReader(io.StringIO(book.read_text("utf-8-sig")))}
    assert (
        rows["sus_2"]["values"] == "1 = Strongly disagree; 5 = Strongly agree" and "reversed" in rows["sus_2"]["scale"]
    )
    assert "معقدًا" in rows["sus_2"]["asked (ar)"] and "Not validated" in rows["sus_2"]["note"]
    assert rows["sus_score"]["kind"] == "score" and rows["sus_score"]["scale"] == "0..100"
    assert list(rows) == [field.name for field in answers_of(store, study, space).fields]


def test_what_went_out_as_csv_comes_in_again_as_it_was(
    store: Store, space: Workspace, study: str, tmp_path: Path
) -> None:
    write(store, study, "csv", tmp_path / "out.csv", space)
    people = look_at(tmp_path / "out.csv", space).responses.people
    assert [person.answers["sus"] for person in people[:2]] == [(5, 1) * 5, (None, None, *(5, 1) * 4)]
    assert people[0].texts["open_text_1"] == FORMULA_TYPED and people[0].language == "ar"


def test_json_holds_the_answers_and_their_codebook(store: Store, space: Workspace, study: str, tmp_path: Path) -> None:
    (path,) = write(store, study, "json", tmp_path / "out.json", space)
    document = json.loads(path.read_text("utf-8"))
    assert document["study"] == "s" and len(document["participants"]) == 3
    first = document["participants"][0]
    assert (first["sus_1"], first["sus_score"], first["open_text_1"]) == (5, 100, FORMULA_TYPED)
    assert document["participants"][2]["sus_1"] is None
    assert {one["column"] for one in document["codebook"]} == set(first)


def test_spss_reads_labels_values_and_what_is_missing(
    store: Store, space: Workspace, study: str, tmp_path: Path
) -> None:
    (path,) = write(store, study, "sav", tmp_path / "out.sav", space)
    frame, meta = pyreadstat.read_sav(str(path))
    assert len(frame) == 3 and frame["sus_1"].isna().tolist() == [False, True, True]
    assert meta.variable_value_labels["sus_1"] == {1.0: "Strongly disagree", 5.0: "Strongly agree"}
    assert meta.column_names_to_labels["sus_8"] == "I found the system very cumbersome to use"
    assert frame["open_text_1"].tolist()[0] == FORMULA_TYPED and "شكرًا" in frame.to_string()
    assert meta.variable_measure["sus_1"] == "ordinal" and meta.variable_measure["sus_score"] == "scale"


def test_spss_gets_only_names_that_it_takes() -> None:
    names = allowed(["a b", "a.b", "A_B", "401k", "by", "", "سؤال طويل جدًا " * 9, "x" * 90, "x" * 91])
    assert len({name.upper() for name in names}) == len(names)
    assert all(name[0].isalpha() and len(name.encode()) <= 64 for name in names)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_text_is_taken_for_a_formula_and_no_number_for_a_text(cell: str) -> None:
    assert str(guarded(cell)).startswith("'")
    assert guarded(-3) == -3 and guarded(-0.5) == -0.5 and guarded("a=1") == "a=1"


def test_an_unknown_format_or_study_is_named(store: Store, space: Workspace, study: str, tmp_path: Path) -> None:
    assert set(exporters()) == {"csv", "json", "sav"}
    with pytest.raises(WrongInput, match="do not go out as xls"):
        write(store, study, "xls", tmp_path / "x", space)
    with pytest.raises(WrongInput, match="nowhere"):
        write(store, "nowhere", "csv", tmp_path / "x", space)
