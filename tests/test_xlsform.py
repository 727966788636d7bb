"""Forms that people already have come in as they are; what has no place in a questionnaire is said, line by line."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from studies.troubles import WrongInput
from surveys.questionnaire.rules import holds
from surveys.questionnaire.xlsform import read_xlsform

SURVEY = [
    ["type", "name", "label::English (en)", "label::Arabic (ar)", "hint::English (en)", "required", "relevant",
     "constraint", "parameters", "appearance", "default"],
    ["start", "start"],
    ["begin_group", "about", "About you", "عنك"],
    ["note", "n1", "Please be frank", "نرجو الصراحة"],
    ["select_one yn", "used", "Used before?", "استخدمت من قبل؟", "", "yes"],
    ["integer", "age", "How old?", "كم عمرك؟", "in years", "true()", "${used} = 'yes'", ". >= 16 and . < 121"],
    ["select_multiple ch", "channels", "Which ones?", "أي قنوات؟", "", "", "selected(${used}, 'yes') and ${age} > 3"],
    ["end_group"],
    ["rank ch", "rk", "Order them", "رتبها"],
    ["range", "ease", "How easy?", "ما السهولة؟", "", "", "", "", "start=1 end=7 step=1", "rating"],
    ["text", "comment", "Say", "قل", "", "", "string-length(${used}) > 2", "regex(., '[a-z]+')", "", "", "none"],
    ["geopoint", "where", "Where?", "أين؟"],
    ["text", "near", "Near what?", "", "", "", "${where} != ''"],
    ["acknowledge", "ok", "OK?", "موافق؟"],
    ["select1 yn", "old", "Old spelling?", "كتابة قديمة؟"],
    ["begin_repeat", "rep", "Each visit", "كل زيارة"],
    ["text", "rt", "What happened?", "ماذا حدث؟"],
    ["end_repeat"],
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Arabic (ar)"],
    ["yn", "yes", "Yes", "نعم"],
    ["yn", "no", "No", "لا"],
    ["ch", "web", "Web", "الموقع"],
    ["ch", "service desk", "Desk", "المكتب"],
]
CHOICES[4][1] = "service_desk"
SETTINGS = [["form_title", "form_id", "default_language"], ["My form", "my-form", "English (en)"]]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line in rows:
            sheet.append(line)
    book.save(path)
    return path


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return workbook(tmp_path / "form.xlsx", survey=SURVEY, choices=CHOICES, settings=SETTINGS)


def test_a_form_becomes_a_questionnaire(form: Path) -> None:
    asked, _left = read_xlsform(form)
    assert (asked.questionnaire, asked.languages) == ("my_form", ["en", "ar"])
    kinds = {one.id: one.kind for one in asked.questions.values()}
    assert kinds == {
        "used": "single", "age": "number", "channels": "multiple", "rk": "ranking", "ease": "scale", "comment": "text",
        "near": "text", "ok": "consent", "old": "single",
    }  # fmt: skip
    age, ease = asked.questions["age"], asked.questions["ease"]
    assert (age.low, age.high, age.whole, age.required, age.when) == (16, 120, True, True, "${used} = 'yes'")
    assert (ease.low, ease.high, age.hint) == (1, 7, {"en": "in years", "ar": "in years"})
    assert [one.choice for one in asked.questions["rk"].choices] == ["web", "service_desk"]
    first = asked.pages[0]
    assert first.title == {"en": "About you", "ar": "عنك"} and first.lead == {
        "en": "Please be frank",
        "ar": "نرجو الصراحة",
    }
    # Nobody can be asked because of what they say on the same page: without a script it is not known yet.
    assert [[one.id for one in page.questions] for page in asked.pages][:3] == [["used"], ["age"], ["channels"]]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("start", "what a device tells of itself"),
        ("comment", "the formula “string-length"),
        ("comment", "the condition “regex"),
        ("comment", "a value filled in beforehand"),
        ("where", "a question of the type “geopoint”"),
        ("near", "looks at “where”, which is left out"),
        ("rep", "a part that repeats"),
        ("ease", "how it is drawn (“rating”)"),
    ],
)
def test_what_has_no_place_is_said(form: Path, name: str, why: str) -> None:
    _asked, left_out = read_xlsform(form)
    assert [line for line in left_out if line.startswith(f"{name}: ") and why in line]


def test_a_rule_names_a_choice_as_it_is_named_here(tmp_path: Path) -> None:
    survey = [
        ["type", "name", "label", "relevant"],
        ["select_one ages", "Age", "How old?"],
        ["select_multiple ages", "with", "Who came along?"],
        ["text", "pension", "Which pension?", "${Age} = '65+' or selected(${with}, \"65+\")"],
        ["text", "work", "Which work?", "${Age}!='65+' and ${Age} != -99"],
        ["begin_group", "old", "Old", "${Age} = '65_'"],
        ["text", "since", "Since when?"],
        ["end_group"],
        ["text", "young", "How young?", "${Age} < 18"],
        ["text", "written", "Say", "${pension} = '65+'"],
    ]
    choices = [["list_name", "name", "label"], *(["ages", name, name] for name in ("18", "65+", "65_", "-99"))]
    asked, left_out = read_xlsform(workbook(tmp_path / "ages.xlsx", survey=survey, choices=choices))
    assert [one.choice for one in asked.questions["age"].choices] == ["18", "65__2", "65_", "99"]
    who = [{"age": "65__2"}, {"age": "18", "with": ["65__2"]}, {"age": "65_"}, {"age": "99"}]
    rules = [asked.questions["pension"].rule, asked.questions["work"].rule, asked.by_name["old"].rule]
    assert [[holds(rule, one) for one in who] for rule in rules if rule] == [
        [True, True, False, False],
        [False, True, True, False],
        [False, False, True, False],
    ]
    assert asked.questions["written"].when == "${pension} = '65+'", "what was written is as it was written"
    (line,) = left_out
    assert line.startswith("young: the formula") and asked.questions["young"].rule is None


def test_a_whole_form_without_what_is_left_out_says_nothing(tmp_path: Path) -> None:
    rows = [["type", "name", "label"], ["text", "a", "A"], ["integer", "b", "B"]]
    asked, left_out = read_xlsform(workbook(tmp_path / "plain.xlsx", survey=rows))
    assert left_out == [] and list(asked.questions) == ["a", "b"] and asked.languages == ["en"]


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"survey": [["type", "name", "label"], ["select_one gone", "a", "A"]]}, "cannot be read as an XLSForm"),
        ({"survey": [["type", "name", "label"], ["begin_group", "g", "G"], ["text", "a", "A"]]}, "cannot be read"),
        ({"survey": [["type", "name", "label"], ["geopoint", "a", "A"]]}, "nothing is left to ask"),
        ({"sheet": [["nothing"]]}, "cannot be read as an XLSForm"),
    ],
)
def test_a_form_that_is_none_says_so(tmp_path: Path, sheets: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongInput, match=says):
        read_xlsform(workbook(tmp_path / "form.xlsx", **sheets))


def test_what_is_no_spreadsheet_or_a_bomb_is_not_opened(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04 torn", b"what is this"):
        (tmp_path / "form.xlsx").write_bytes(content)
        with pytest.raises(WrongInput, match="cannot be read as an XLSForm"):
            read_xlsform(tmp_path / "form.xlsx")
    with pytest.raises(WrongInput, match="no form"):
        read_xlsform(tmp_path / "nowhere.xlsx")
    packed = zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED)
    with packed as bomb, bomb.open("xl/worksheets/sheet1.xml", "w") as sheet:
        for _megabyte in range(210):
            sheet.write(b" " * 1_000_000)
    with pytest.raises(WrongInput, match="unpacks to more"):
        read_xlsform(tmp_path / "bomb.xlsx")
