"""Responses come in from a file once, as they were given: nothing is lost or invented."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_files import HAPPY, SUS, csv_of, header, row

from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.answers import rated, scores
from surveys.bringing import OWN, bring, look_at, read_mapping
from surveys.cells import plain, unguarded, value_of
from surveys.instruments import shipped

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "survey"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample files are not here")

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


# --- answers as they were given ---------------------------------------------------------------------------------------


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
