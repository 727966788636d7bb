"""Responses come in from other tools, what is wrong with the file is said row by row, nothing is lost or invented."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys import tables, wizard
from surveys.answers import rated, scores
from surveys.bringing import OWN, bring, look_at, read_mapping
from surveys.cells import plain, unguarded, value_of
from surveys.instruments import shipped
from surveys.sheet import importers, laid_out

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "survey"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample files are not here")
SUS = [f"sus_{n}" for n in range(1, 11)]
HAPPY = ["5", "1"] * 5


def csv_of(folder: Path, *lines: str, name: str = "survey.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def header(*more: str) -> str:
    return ",".join([*more, *SUS])


def row(*more: str, answers: list[str] = HAPPY) -> str:
    return ",".join([*more, *answers])


# --- tools ------------------------------------------------------------------------------------------------------------

QUALTRICS = [
    [
        "StartDate",
        "EndDate",
        "Status",
        "IPAddress",
        "Progress",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "UserLanguage",
    ],
    [
        "Start Date",
        "End Date",
        "Response Type",
        "IP Address",
        "Progress",
        "Finished",
        "Recorded Date",
        "Response ID",
        "Language",
    ],
]


def qualtrics(folder: Path, ids: str = '{""ImportId"":""%s""}') -> Path:
    words = shipped("sus").wording["en"].items.values()
    import_ids = [f'"{ids % one}"' for one in [*QUALTRICS[0], *(f"QID1_{n}" for n in range(1, 11))]]
    about = [
        "2026-03-01 10:00:00",
        "2026-03-01 10:01:00",
        "IP Address",
        "10.0.0.1",
        "100",
        "True",
        "2026-03-01 10:01:01",
    ]
    return csv_of(
        folder,
        ",".join([*QUALTRICS[0], *(f"Q1_{n}" for n in range(1, 11))]),
        ",".join([*QUALTRICS[1], *(f"How far do you agree? - {text}" for text in words)]),
        ",".join(import_ids),
        row(*about, "R_1", "AR"),
        row(*about[:2], "Survey Preview", *about[3:], "R_2", "EN"),
        row(*about[:4], "60", "False", about[6], "R_3", "EN"),
    )


@pytest.mark.parametrize("ids", ['{""ImportId"":""%s""}', "{'ImportId':'%s'}"])
def test_qualtrics_with_three_header_rows(tmp_path: Path, store: Store, space: Workspace, ids: str) -> None:
    (brought,) = bring("s", [qualtrics(tmp_path, ids)], store, space)
    found = brought.json()
    assert (found["format"], found["instruments"], found["responses"], found["complete"]) == (
        "qualtrics",
        ["sus"],
        2,
        1,
    )
    assert [(one["row"], "preview" in one["why"]) for one in found["problems"]] == [(5, True)]
    total = scores(store, "s", "sus", space)
    assert (total["n"], total["missing"], total["mean"], total["languages"]) == (1, 1, 100, {"ar": 1})
    assert "10.0.0.1" not in str(store.answers("s")), "an address is personal and stays out"


def test_limesurvey_by_codes_with_its_answers_as_codes_and_its_guarded_formulas(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    names = ["id", "submitdate", "lastpage", "startlanguage", "seed", *(f"SUS[SQ{n:03}]" for n in range(1, 11)), "Q2"]
    formula = '"\'=HYPERLINK(""http://x"")"'
    answers = ",".join(["7", "2026-03-01 10:00:00", "3", "ar", "99", *["A5", "A1"] * 5, formula, "60.2"])
    path = csv_of(tmp_path, ",".join([*names, "interviewtime"]), answers)
    (brought,) = bring("s", [path], store, space)
    assert (brought.json()["format"], brought.json()["instruments"]) == ("limesurvey", ["sus"])
    assert scores(store, "s", "sus", space)["mean"] == 100
    own = [answer for answer in store.answers("s") if answer.page == OWN]
    assert [(answer.item, answer.value) for answer in own] == [("Q2", '=HYPERLINK("http://x")')]


def test_limesurvey_headed_by_words_and_codes(tmp_path: Path, space: Workspace) -> None:
    words = [f"How far do you agree? [{text}]" for text in shipped("sus").wording["en"].items.values()]
    names = ["id. Response ID", "submitdate. Date submitted", "lastpage. Last page", "startlanguage. Start language"]
    names += [f"G1[SQ{n:03}]. {text}" for n, text in enumerate(words, 1)]
    lines = [",".join(f'"{one}"' for one in names), row("1", "2026-03-01 10:00:00", "2", "en")]
    found = look_at(csv_of(tmp_path, *lines), space).json()
    assert (found["format"], found["instruments"], found["complete"]) == ("limesurvey", ["sus"], 1)


def test_kobotoolbox_with_groups_and_semicolons(tmp_path: Path, space: Workspace) -> None:
    names = ["start", "end", *(f"service/{item}" for item in SUS), "_id", "_uuid", "_submission_time", "_index"]
    path = csv_of(
        tmp_path,
        ";".join(names),
        ";".join(["2026-03-01", "2026-03-01", *HAPPY, "1", "u-1", "2026-03-01T10:00:00", "1"]),
        ";".join(["2026-03-01", "2026-03-01", *HAPPY, "1", "u-1", "2026-03-01T10:00:00", "1"]),
    )
    looked = look_at(path, space)
    assert (looked.json()["format"], looked.json()["instruments"]) == ("kobotoolbox", ["sus"])
    assert len(looked.responses.people) == 1 and "repeats row 2" in looked.responses.problems[0].why
    assert looked.responses.people[0].when is not None


def test_google_forms_with_the_services_own_name_and_a_grid(tmp_path: Path, space: Workspace) -> None:
    texts = [
        text.replace("this system", "the portal").replace("the system", "the portal")
        for text in shipped("sus").wording["en"].items.values()
    ]
    names = ["Timestamp", "Email Address", *(f"How far do you agree? [{text}]" for text in texts), "Anything else?"]
    path = csv_of(
        tmp_path, ",".join(f'"{one}"' for one in names), row("3/1/2026 10:00:00", "a@b.example") + ',"no, thanks"'
    )
    found = look_at(path, space)
    assert found.json()["instruments"] == ["sus"] and found.responses.people[0].answers["sus"] == (5, 1) * 5
    roles = {one["column"]: one["role"] for one in found.json()["columns"]}
    assert (roles["Email Address"], roles["Anything else?"]) == ("private", "own")
    assert found.responses.people[0].when is None, "nobody can tell the day from the month"


def test_every_importer_says_what_it_is() -> None:
    assert {"google_forms", "kobotoolbox", "limesurvey", "qualtrics", "plain", "long"} <= set(importers())
    assert list(importers())[-1] == "plain" and all(one.TITLE for one in importers().values())


def test_xlsx_with_dates_numbers_and_a_second_sheet(tmp_path: Path, space: Workspace) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["group", *SUS])
    sheet.append(["as_is", *map(int, HAPPY)])
    sheet.append(["as_is", *["٥", "١"] * 5])
    book.create_sheet("notes")
    book.save(tmp_path / "survey.xlsx")
    found = look_at(tmp_path / "survey.xlsx", space)
    assert [person.answers["sus"] for person in found.responses.people] == [(5, 1) * 5] * 2
    assert found.responses.people[0].group == "as_is" and "notes" in found.responses.problems[0].why


# --- what the wizard says ---------------------------------------------------------------------------------------------


def test_a_proposal_says_how_each_column_was_understood_and_looking_keeps_nothing(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    looked = look_at(csv_of(tmp_path, header("id", "group") + ",nps,why", row("1", "a") + ",9,because"), space)
    by = {one["column"]: (one["role"], one["item"], one["by"]) for one in looked.json()["columns"]}
    assert by["sus_4"] == ("item", "sus_4", "id") and by["why"] == ("own", None, None) and by["group"][0] == "group"
    assert looked.json()["new"] is None and store.studies() == {}
    assert "by its name" in looked.told()


def test_a_person_may_say_which_column_is_which(tmp_path: Path, space: Workspace) -> None:
    path = csv_of(tmp_path, "how,likely", "4,9")
    says = tmp_path / "map.yaml"
    says.write_text("how: csat_1\nlikely: nps_1\n", "utf-8")
    found = look_at(path, space, mapping=read_mapping(says))
    assert found.responses.people[0].answers == {"csat": (4,), "nps": (9,)}
    for wrong, why in (({"hou": "csat_1"}, "no column “hou”"), ({"how": "csat_9"}, "no item “csat_9”")):
        with pytest.raises(WrongInput, match=why):
            look_at(path, space, mapping=wrong)


def test_the_same_file_twice_is_in_once_and_equal_people_without_a_name_are_each_there(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    path = csv_of(tmp_path, header(), row(), row(), row(answers=["3"] * 10))
    first, again = (bring("s", [path], store, space)[0] for _time in range(2))
    assert (first.new, again.new, again.json()["held_already"]) == (3, 0, 3)
    found = scores(store, "s", "sus", space)
    assert (found["n"], round(found["mean"], 3)) == (3, 83.333)


def test_a_participant_who_answered_twice_is_one_person_with_two_responses(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    both = [row("p1", "as_is", answers=["3"] * 10), row("p1", "redesigned"), row("p2", "redesigned")]
    path = csv_of(tmp_path, header("participant", "condition"), *both)
    assert bring("s", [path], store, space)[0].new == 3
    assert bring("s", [path], store, space)[0].new == 0
    assert bring("other", [path], store, space)[0].new == 3, "another study may hold them as well"
    found = scores(store, "s", "sus", space)
    assert (found["n"], found["mean"]) == (2, 87.5), "one value a person"
    assert {name: one["n"] for name, one in found["by_condition"].items()} == {"as_is": 1, "redesigned": 2}


def test_row_numbers_without_a_name_are_no_answers(tmp_path: Path, space: Workspace) -> None:
    looked = look_at(csv_of(tmp_path, "," + ",".join("abcdefghij"), "0," + ",".join(HAPPY)), space, name="sus")
    assert looked.responses.people[0].answers["sus"] == (5, 1) * 5
    assert look_at(csv_of(tmp_path, "score", "9", "10"), space, name="nps").responses.people[0].answers == {"nps": (9,)}


def test_a_file_that_is_refused_leaves_nothing_of_the_one_before_it(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    good, bad = csv_of(tmp_path, header(), row()), csv_of(tmp_path, "{}", name="bad.csv")
    with pytest.raises(WrongInput, match="JSON"):
        bring("s", [good, bad], store, space)
    assert store.studies() == {}


def test_whose_a_response_is_cannot_be_worked_out_from_its_pseudonym(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    bring("s", [csv_of(tmp_path, header("participant"), row("784-1990-1234567-1"))], store, space)
    (invited,) = store.invitations("s")
    assert "784" not in invited.participant and (space.root / "pseudonyms.key").stat().st_mode & 0o077 == 0
    elsewhere = Workspace(tmp_path / "other")
    other = Store(elsewhere.database_url)
    bring("s", [tmp_path / "survey.csv"], other, elsewhere)
    assert other.invitations("s")[0].participant != invited.participant
    other.close()


def test_the_log_hears_ratings_and_never_what_stood_in_a_column_of_its_own(
    tmp_path: Path, store: Store, space: Workspace
) -> None:
    bring(
        "s",
        [csv_of(tmp_path, header("id", "Tel.", "why", "code"), row("1", "97150123456", "because", "007"))],
        store,
        space,
    )
    assert {one.item: one.value for one in store.answers("s") if one.page == OWN} == {
        "Tel.": 97150123456,
        "why": "because",
        "code": "007",
    }
    log = rated(store, "s", space)
    assert [(said.about, said.value) for said in log.said()] == list(zip(SUS, [5, 1] * 5, strict=True))
    assert log.heard()[0].source == "participant"


def test_what_was_written_is_kept_as_it_was_written(tmp_path: Path, store: Store, space: Workspace) -> None:
    bring("s", [csv_of(tmp_path, "open_text_1", '"شكرًا, very much"')], store, space)
    assert [(one.item, one.value) for one in store.answers("s")] == [("open_text_1", "شكرًا, very much")]
    assert scores(store, "s", "open_text", space)["mean"] == 1


# --- bad files --------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5", 5),
        ("٥", 5),
        ("۵", 5),
        (" 5 ", 5),
        ("\u200f5", 5),
        ("5.0", 5),
        ("٥٫٠", 5),
        ("Strongly agree", 5),
        ("أوافق بشدّة", 5),
    ]
    + [("5 - Strongly agree", 5), ("5 = agree", 5), ("5)", 5), ("6", None), ("-1", None), ("2.5", None), ("4;5", None)]
    + [("", None), ("N/A", None), ("لا ينطبق", None), ("5 stars out of 5", None), ("TRUE", None), ("=1+1", None)],
)
def test_a_cell_is_one_answer_or_none(cell: str, value: int | None) -> None:
    assert value_of(cell, shipped("sus"), "sus_1")[0] == value


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


@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=10, max_size=10), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1256"]),
    st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩"]),
    st.text("abc =+-@'\"\n,;أبت", max_size=12),
)
@settings(max_examples=100)
def test_answers_come_in_as_they_were_given_however_they_are_written_down(
    rows: list[list[int | None]], separator: str, encoding: str, digits: str, remark: str
) -> None:
    digits = "0123456789" if encoding == "windows-1256" else digits  # which has no others
    told = io.StringIO()
    writer = csv.writer(told, delimiter=separator)
    writer.writerow(["رقم المشارك", *SUS, "ملاحظة"])
    for number, answers in enumerate(rows):
        cells = ["" if one is None else digits[one] for one in answers]
        writer.writerow([f"r{number}", *cells, remark])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        path.write_bytes(told.getvalue().encode(encoding))
        found = look_at(path, Workspace(Path(folder)))
    assert [list(person.answers["sus"]) for person in found.responses.people] == rows
    assert found.responses.problems == ()
    if remark.strip():
        kept = {person.own["ملاحظة"].replace("\r\n", "\n") for person in found.responses.people}
        assert kept == {unguarded(remark)}


def test_excels_own_hint_of_the_separator_is_heeded(tmp_path: Path, space: Workspace) -> None:
    path = csv_of(tmp_path, "sep=;", ";".join(SUS), ";".join(HAPPY))
    assert look_at(path, space).responses.people[0].answers["sus"] == (5, 1) * 5


def test_arabic_is_compared_without_its_marks() -> None:
    assert plain("أُوافِقُ بِشِدَّةٍ") == plain("اوافق بشدة")


# --- the samples that people sent -------------------------------------------------------------------------------------


@shared
@pytest.mark.parametrize(
    ("name", "form", "instruments", "people"),
    [
        ("cronbach_alpha.csv", "long", [], 15),
        ("qualtrics_export_sample.csv", "qualtrics", [], 15),
        ("sample_cx_responses_upload_with_bom.csv", "touchpoints", [], 4),
        ("singleStudyData.csv", "plain", [], 20),
        ("unitrento_sus_google_forms.csv", "google_forms", ["sus", "umux_lite"], 74),
        ("uxtoolsforaudit_sus_fr_google_forms.csv", "google_forms", [], 4),
    ],
)
def test_every_sample_goes_in(
    store: Store, space: Workspace, name: str, form: str, instruments: list[str], people: int
) -> None:
    (brought,) = bring("s", [SHARED / name], store, space)
    found = brought.json()
    assert (found["format"], found["instruments"], found["new"]) == (form, instruments, people)
    assert len(store.invitations("s")) == people
    assert len({one.token for one in store.answers("s")}) >= people - 1, "one response of Qualtrics's is empty"


@shared
def test_a_limesurvey_structure_is_refused_with_the_reason(space: Workspace) -> None:
    with pytest.raises(WrongInput, match="no answers"):
        look_at(SHARED / "limesurvey_survey_432535.lss", space)


@shared
def test_words_in_a_language_without_a_wording_are_not_guessed_but_pointed_out(space: Workspace) -> None:
    looked = look_at(SHARED / "uxtoolsforaudit_sus_fr_google_forms.csv", space)
    assert looked.json()["instruments"] == [] and "would fit sus" in looked.json()["doubts"][0]


@shared
def test_the_samples_score_as_they_must(store: Store, space: Workspace) -> None:
    bring("one", [SHARED / "singleStudyData.csv"], store, space, name="sus")
    assert scores(store, "one", "sus", space)["mean"] == 79.875
    bring("two", [SHARED / "uxtoolsforaudit_sus_fr_google_forms.csv"], store, space, name="sus", language="fr")
    assert scores(store, "two", "sus", space)["n"] == 4
