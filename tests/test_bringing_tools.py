"""Responses come in from the tools that people survey with, whatever way each of them writes its files."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from survey_files import HAPPY, SUS, csv_of, row

from studies.store import Store
from studies.workspace import Workspace
from surveys.answers import scores
from surveys.bringing import OWN, bring, look_at
from surveys.instruments import shipped
from surveys.sheet import importers

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


def test_excels_own_hint_of_the_separator_is_heeded(tmp_path: Path, space: Workspace) -> None:
    path = csv_of(tmp_path, "sep=;", ";".join(SUS), ";".join(HAPPY))
    assert look_at(path, space).responses.people[0].answers["sus"] == (5, 1) * 5
