"""The workbench writes numbers and dates as its reader chose, everywhere, and no sentence tears a command apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.charts import type_width
from studies import archive, catalogue, dates, marked, page_numbers, script, words
from studies.words import counted_in, in_a_row, numerals, say_in
from studies.workspace import CHECKOUT, Workspace

SMALL = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")
UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace with one small study in it, in force; afterwards what is usual is in force again."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    space = Workspace(tmp_path / "workspace")
    archive.seal(script.parse(SMALL), "small", space)
    yield space
    words.speak("en")
    words.count_in()


def opened(**asked: str) -> AppTest:
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    for key, value in asked.items():
        app.query_params[key] = value
    return app.run()


def said(app: AppTest) -> str:
    """Every word of Markdown on the page."""
    return "\n".join(one.value for one in [*app.markdown, *app.caption])


# --- the choice -------------------------------------------------------------------------------------------------------


def test_digits_are_offered_where_the_language_has_its_own(small: Workspace) -> None:
    app = opened()
    assert not [one for one in app.segmented_control if one.key == "digits"]
    app.segmented_control(key="lang").set_value("ar").run()
    assert app.segmented_control(key="digits").value == "european"


def test_the_choice_of_digits_and_calendar_holds_over_pages_and_languages(small: Workspace) -> None:
    app = opened(lang="ar")
    app.segmented_control(key="digits").set_value("arabic_indic").run()
    app.toggle(key="hijri").set_value(True).run()
    assert dict(app.query_params) == {"lang": "ar", "digits": "arabic_indic", "dates": "hijri"}
    app.switch_page("analysis/page_sessions.py").run()
    assert app.query_params["digits"] == "arabic_indic" and app.query_params["dates"] == "hijri"
    assert re.search("[٠-٩]", app.metric[1].value), app.metric[1].value
    words.speak("ar")  # the test itself names choices as the page does
    app.segmented_control(key="lang").set_value("en").run()
    words.speak("en")
    assert "digits" not in app.query_params and not re.search("[٠-٩]", app.metric[1].value)
    assert app.toggle(key="hijri").value and app.query_params["dates"] == "hijri"
    app.segmented_control(key="lang").set_value("ar").run()
    assert app.segmented_control(key="digits").value == "arabic_indic"
    assert not app.exception


def test_a_link_opens_with_the_digits_and_the_calendar_it_was_sent_in(small: Workspace) -> None:
    app = opened(lang="ar", digits="arabic_indic", dates="hijri")
    assert "هـ" in said(app) and re.search("[٠-٩]{4}", said(app))
    plain = opened(lang="ar")
    assert "هـ" not in said(plain) and not re.search("[٠-٩]{4}", said(plain))


def test_the_report_starts_from_that_choice(small: Workspace) -> None:
    app = opened(lang="ar", digits="arabic_indic", dates="hijri", study="small")
    app.switch_page("analysis/page_report.py").run()
    assert app.segmented_control(key="report_digits").value == "arabic_indic"
    assert app.toggle(key="report_hijri").value
    assert any("--digits arabic_indic --dates hijri" in one.value for one in app.code)


def test_an_address_that_asks_for_what_is_not_there_is_left(small: Workspace) -> None:
    app = opened(lang="ar", digits="roman", dates="mayan")
    assert not app.exception and app.segmented_control(key="digits").value == "european"


# --- what is written --------------------------------------------------------------------------------------------------


def test_names_that_hold_digits_stay_as_they_are_typed() -> None:
    with say_in("ar"), counted_in("arabic_indic"):
        for name in ("demo-as_is-20261121T205121-69cf", "load-3dc9-000060", "http://127.0.0.1:8600/x1", "p95", "1.2.3"):
            assert numerals(name) == name
        assert numerals("s1: 12 (3.5 %)") == "s1: ١٢ (٣٫٥ ٪)"
        assert numerals("1-" * 4000) == "١-" * 4000  # and is done before anybody waits


def test_a_day_in_a_table_has_the_hijri_day_beside_it_where_that_is_asked_for() -> None:
    when = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert dates.figure(when) == "2026-03-02 09:30"
    with counted_in(by="hijri"):
        assert dates.figure(date(2026, 3, 2)) == "2026-03-02 (13 Ramadan 1447 AH)"
    with say_in("ar"), counted_in("arabic_indic", "hijri"):
        assert UNSEEN.sub("", dates.figure(when)) == "٢٠٢٦-٠٣-٠٢ ٠٩:٣٠ (١٣ رمضان ١٤٤٧ هـ)"


def test_a_table_is_drawn_in_the_digits_chosen_and_sorted_by_its_numbers() -> None:
    rows = pd.DataFrame({"n": [9, 10], "x": [0.5, None], "name": ["run-1", "12 %"]})
    assert page_numbers.drawn(rows) is rows
    with say_in("ar"), counted_in("arabic_indic"):
        styled = page_numbers.drawn(rows)
        assert list(styled.data["n"]) == [9, 10]
        html = styled.to_html()
    assert all(f">{cell}</td>" in html for cell in ("٩", "١٠", "٠٫٥", "", "run-1", "١٢ ٪"))


def test_what_rewrites_the_page_knows_numbers_as_the_lab_does() -> None:
    with say_in("ar"), counted_in("arabic_indic"):
        script_of = page_numbers.script()
    assert '"own": {"0": "\\u0660"' in script_of
    # Streamlit throws away a script in which a “<” stands before a letter, as of a tag.
    assert not re.search(r"<[/\w!]", script_of)
    with say_in("ar"):
        assert '"own": null' in page_numbers.script()


def test_words_in_a_row_have_the_comma_of_their_language() -> None:
    assert in_a_row(["a", "b"]) == "a, b"
    with say_in("ar"):
        assert in_a_row(["رقم", "اسم"]) == "رقم، اسم"


# --- commands in sentences --------------------------------------------------------------------------------------------


def test_a_command_in_an_arabic_sentence_is_shown_as_code_with_nothing_unseen_in_it() -> None:
    with say_in("ar"):
        told = marked.told("يسأل الأمر ./lab survey my_study --about r1. أو --why …، ثم http://127.0.0.1:80/x وبعده.")
    for code in ("`./lab survey my_study --about r1`", "`--why …`", "`http://127.0.0.1:80/x`"):
        assert code in told
    assert not any(UNSEEN.search(code) for code in re.findall("`[^`]*`", told))


def test_what_is_told_is_not_taken_for_markup() -> None:
    assert marked.told("a*b* [x](y) `./lab runs`, ./lab runs") == "a\\*b\\* \\[x\\](y) `./lab runs`, ./lab runs"


def test_a_canvas_keeps_a_command_whole() -> None:
    with say_in("ar"):
        styled = page_numbers.drawn(pd.DataFrame({"why": ["يرجى التشغيل مع --probe"]}))
        assert "\u2066--probe\u2069" in styled.to_html()


@pytest.mark.parametrize("tongue", sorted(path.stem for path in words.CATALOGUES.glob("*.po")))
def test_no_translation_hides_something_at_a_command_that_people_copy(tongue: str) -> None:
    forms = [
        form
        for message in catalogue.read(tongue)
        for form in (message.string if isinstance(message.string, tuple | list) else [message.string])
    ]
    assert [one for one in forms if re.search(rf"{UNSEEN.pattern}(\./lab|--[a-z])", one)] == []
    # what a page tells as markup says which words are a command
    torn = [m.id for m in catalogue.texts() if isinstance(m.id, str) and "./lab" in m.id and _of_a_page(m.locations)]
    assert [one for one in torn if not re.search(r"`\./lab[^`]*`", one)] == []


def _of_a_page(places: list[tuple[str, int]]) -> bool:
    return any(Path(place).name.startswith("page_") or "frameworks" in place for place, _line in places)


# --- room for words ---------------------------------------------------------------------------------------------------


def test_joined_letters_are_narrower_than_those_that_end_a_word() -> None:
    assert type_width.width("بب", 100) < type_width.width("ب ب", 100) - type_width.width(" ", 100)
    assert type_width.width("رقم", 14) == type_width.width("رَقْم", 14) == type_width.width("\u2067رقم\u2069", 14)
    assert type_width.width("mmmm", 14) > 2 * type_width.width("iiii", 14)
