"""What the checks of a page find: the Arabic lint on words alone, ratings, and a clock that stands still meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analysis.checked import checks_table
from journeys import checking
from journeys.checking import Checked, Finding, said, where_is, without
from journeys.checks import arabic, vitals
from journeys.checks._scripts import foreign_words, script_of, written_in
from journeys.checks._snapshot import Blank, Message, Number, Sided, Snapshot, Text
from journeys.diary import Diary
from journeys.personas import personas_for
from journeys.players.browser_checks import waiting
from journeys.players.browser_notes import Notes
from journeys.reading import read_journey
from journeys.shelf import LIBRARY
from journeys.walk import walk_of
from studies.events import Session

SENTENCE = Text("تجديد رخصة المركبة في الإدارة العامة للمرور", dir="rtl")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = {"lang": "ar", "dir": "rtl", "reads": "rtl"}


def found(*texts: Text, **more: Any) -> list[str]:
    """The ids of what the lint finds on an Arabic page with these texts."""
    return [fault[0] for fault in arabic.lint(Snapshot(**{**PAGE, "texts": (SENTENCE, *texts), **more}))]


# --- the lint, on words alone -----------------------------------------------------------------------------------------


def test_a_clean_page_has_no_fault() -> None:
    assert found(Text("المبلغ 1,234.50 دينار", dir="rtl"), Text("BenefitPay", dir="rtl")) == []


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"lang": ""}, "lang_missing"),
        ({"lang": "en"}, "lang_wrong"),
        ({"dir": "", "reads": "ltr"}, "dir_missing"),
        ({"dir": "ltr", "reads": "ltr"}, "dir_wrong"),
    ],
)
def test_language_and_direction_of_the_page(more: dict[str, str], fault: str) -> None:
    assert found(**more) == [fault]


def test_an_english_page_is_held_to_the_same() -> None:
    words = Text("Renew the registration of a vehicle")
    english = {"lang": "en", "dir": "", "reads": "ltr"}
    assert found(**english, texts=(words,)) == []
    assert found(**{**english, "dir": "rtl", "reads": "rtl"}, texts=(words,)) == ["dir_wrong"]
    assert found(**english, texts=(words, Text("متابعة"))) == ["untranslated"]
    assert found(**english, texts=(words, Text("العربية"))) == []
    assert found(**english, texts=(words, Text("متابعة", lang="ar"))) == []


def test_too_few_words_tell_nothing() -> None:
    assert found(lang="en", dir="", reads="ltr", texts=(Text("123"),)) == []


def test_a_part_that_goes_the_other_way() -> None:
    assert found(Text("يرجى إدخال رقم الهوية الوطنية", dir="ltr")) == ["part_direction"]
    assert found(Text("Ministry of Silly Walks", dir="ltr", lang="en")) == []


@pytest.mark.parametrize(
    ("texts", "faults"),
    [
        (["123", "١٢٣"], ["mixed_digits"]),
        (["123", "456 ۷"], ["mixed_digits"]),
        (["١٢٣", "٤٥٦"], []),
        (["123", "45"], []),
    ],
)
def test_digits_of_one_kind_only(texts: list[str], faults: list[str]) -> None:
    assert found(*(Text(text, dir="rtl") for text in texts)) == faults


def test_letters_stay_joined() -> None:
    assert found(Text("متابعة", dir="rtl", spacing=1.5)) == ["letter_spacing"]
    assert found(Text("متابعة", dir="rtl", transform="uppercase")) == ["capitals"]
    assert found(Text("PDF 20", dir="rtl", spacing=1.5)) == []


@pytest.mark.parametrize(
    ("number", "faults"),
    [
        (Number("##-##-####", reversed=True), ["reversed_date"]),
        (Number("####/##/##", reversed=True), ["reversed_date"]),
        (Number("##/##/####"), []),
        (Number("+### #### ####", reversed=True, sign_behind=True), ["reversed_phone"]),
        (Number("-##", sign_behind=True), ["reversed_amount"]),
        (Number("##-##", reversed=True), ["reversed_range"]),
    ],
)
def test_numbers_stand_as_they_are_written(number: Number, faults: list[str]) -> None:
    assert found(numbers=(number,)) == faults


def test_fields_that_are_written_from_the_left() -> None:
    assert found(fields=(Blank(auto="tel", dir="rtl"),)) == ["field_direction"]
    assert found(fields=(Blank(auto="tel", dir="ltr"), Blank(auto="name", dir="rtl"))) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Full Name", True),
        ("Submit", True),
        ("please wait a moment", True),
        ("Visa", False),
        ("Apple Pay", False),
        ("IBAN", False),
        ("BH-2026-00123", False),
        ("help@example.test", False),
        ("www.example.test/apply", False),
        ("English", False),
        ("أدخل رقم IBAN الخاص بك", False),
        ("ادفع عن طريق Apple Pay الآن", False),
        ("اضغط على Submit your application للمتابعة", True),
        ("123", False),
    ],
)
def test_what_was_left_untranslated(text: str, left: bool) -> None:
    assert foreign_words(text, "arabic") is left


def test_messages_and_styles() -> None:
    assert found(messages=(Message("latin"),)) == ["message_language"]
    assert found(messages=(Message("arabic"), Message("other"))) == []
    assert found(styles=(Sided("padding-left"),)) == ["physical_style"]


def test_scripts() -> None:
    assert [script_of(code) for code in ("ar-BH", "en", "ur", "", "zh")] == ["arabic", "latin", "arabic", None, None]
    assert [written_in(text, 3) for text in ("سلام abc", "abc", "ab", "")] == ["arabic", "latin", None, None]


# --- what a finding tells and does not tell ---------------------------------------------------------------------------


class Blind:
    """A page that nobody looks at, for a citizen who has typed something."""

    given = frozenset({"851234567", "Rana Haddad"})

    def run(self, script: str, *arguments: Any) -> Any:
        raise AssertionError


def test_what_was_typed_is_no_part_of_a_place() -> None:
    assert where_is({"label": "Welcome, Rana Haddad", "path": "main > a"}, Blind()) == "“Welcome, …”"
    assert where_is({"label": "٨٥١٢٣٤٥٦٧", "path": "main > a"}, Blind()) == "main > a"
    assert without("رقمك ٨٥١٢٣٤٥٦٧", Blind.given).endswith("…")


@pytest.mark.parametrize(
    ("name", "value", "rating"),
    [("lcp", 2500, "good"), ("lcp", 2501, "moderate"), ("lcp", 4001, "serious"), ("inp", 200, "good"),
     ("inp", 501, "serious"), ("cls", 0.1, "good"), ("cls", 0.26, "serious"), ("fcp", 1801, "moderate"),
     ("ttfb", 800, "good")],
)  # fmt: skip
def test_vitals_are_rated_as_everybody_rates_them(name: str, value: float, rating: str) -> None:
    assert [f.severity for f in vitals.rated({name: value})] == [rating]


def test_findings_are_kept_in_every_language_and_told_in_one(tmp_path: Path) -> None:
    finding = Finding("accessibility", "label", said("A {x}", x=1), "“Name”", "serious", said("B"))
    checked = [Checked("s", "open", "form", finding)]
    checking.keep(checked, tmp_path / "s.json")
    assert checking.kept(tmp_path / "s.json") == checked
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))[0]["what"] == {"ar": "A 1", "en": "A 1"}
    assert checked[0].json()["what"] == "A 1"
    assert "a11y:label" in checking.told(checked)
    assert checking.kept(tmp_path / "nobody.json") == []
    (row,) = checks_table(tmp_path / "s.json").to_dict("records")
    assert list(row.values()) == ["serious", "form", "open", "A 1", "“Name”", "B"]
    assert checks_table(tmp_path / "nobody.json").empty


@pytest.mark.parametrize(
    ("verbs", "open_"),
    [
        ([], False),
        (["acts"], True),
        (["submits", "responds"], True),
        (["submits", "responds", "answers"], False),
        (["acts", "gives"], False),
        (["acts", "answers", "notes"], False),
        (["submits", "notes"], True),
    ],
)
def test_nobody_looks_while_the_citizen_waits(verbs: list[str], open_: bool) -> None:
    diary = Diary(Session("s", datetime(2026, 1, 1, tzinfo=UTC)), "s", "web", "traffic")
    for verb in verbs:
        diary.write("service", verb)
    assert waiting(diary) is open_


def test_the_citizens_clock_stands_still_while_the_lab_looks() -> None:
    journey = read_journey(LIBRARY / "traffic" / "renew_vehicle.yaml")
    diary = Diary(Session("s", datetime(2026, 1, 1, tzinfo=UTC)), "s", "web", "traffic", lambda: NOON)
    walk = walk_of(journey, personas_for(journey, 1)[0], session="s", base_url="http://127.0.0.1:1")
    notes = Notes(walk, None, None, diary)  # type: ignore[arg-type]
    before, noon = diary.moment(), NOON.timestamp() * 1000
    notes.hold(noon - 800, noon)
    assert before - diary.moment() == timedelta(milliseconds=800)
    heard = [notes._ahead_at(noon + moment) / timedelta(milliseconds=1) for moment in (-1000, -800, -300, 0, 500)]
    assert heard == [0, 0, -500, -800, -800]
