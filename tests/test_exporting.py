"""Answers leave the lab as tables that other programs read as they are meant, with what each column is."""

import csv
import io
import json
from pathlib import Path

import pyreadstat
import pytest

from studies import archive
from studies.script import parse
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.bringing import bring, look_at
from surveys.exporters.csv import FORMULA, guarded
from surveys.exporters.sav import allowed
from surveys.exporting import answers_of, exporters, write
from surveys.invitations import invite
from surveys.questionnaire.reading import PURPOSES, keep, questionnaire_of

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


def test_a_visit_leaves_only_with_who_agreed_to_joining(store: Store, space: Workspace, tmp_path: Path) -> None:
    purposes = [*PURPOSES, {"purpose": "archived", "text": {"en": "They may go to the archive.", "ar": "قد تحفظ."}}]
    asks = {"purposes": purposes, "asks": [{"instrument": "sus"}]}
    digest = keep(store, questionnaire_of(asks, "after.yaml"))
    said = {"p17-visit": {"joined": False, "quotes": True}, "p18-visit": {"joined": True, "quotes": False}}
    for session, agreed in said.items():
        token = store.add_invitation("s", ["sus"], session=session, questionnaire=digest).token
        for purpose, yes in {"answers": True, **agreed}.items():
            store.consent(token, purpose, yes, "en", "answers-2")
    # A link for anybody was made to name a visit that the lab heard of somebody else, and one that it knows nothing of.
    visit = (
        "session=p18-visit start=2026-03-01T12:00:00Z source=participant participant=P018\n 0 citizen begins renew\n"
    )
    archive.seal(parse(visit), "s", space)
    for session in ("p18-visit", "p19-visit"):
        store.add_invitation("s", ["sus"], session=session, entry="door", questionnaire=digest)
    path = tmp_path / "out.json"
    write(store, "s", "json", path, space)
    document = json.loads(path.read_text("utf-8"))
    wanted = ("session", "consent_answers", "consent_joined", "consent_quotes", "consent_contact", "consent_archived")
    assert [tuple(one[name] for name in wanted) for one in document["participants"]] == [
        (None, 1, 0, 1, None, None),
        ("p18-visit", 1, 1, 0, None, None),
        (None, None, None, None, None, None),
        ("p19-visit", None, None, None, None, None),
    ]
    book = {one["column"]: one for one in document["codebook"]}
    assert book["consent_quotes"]["values"] == {"1": "agreed", "0": "did not agree"}
    assert book["consent_quotes"]["asked"]["en"] == PURPOSES["quotes"] != book["consent_quotes"]["asked"]["ar"]
    assert book["consent_archived"]["asked"] == {"en": "They may go to the archive.", "ar": "قد تحفظ."}
    for form in ("csv", "sav"):
        first, *_book = write(store, "s", form, tmp_path / f"out.{form}", space)
        assert b"p17-visit" not in first.read_bytes() and b"p18-visit" in first.read_bytes()
