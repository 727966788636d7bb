"""The workbench opens every page in both languages, keeps what is edited, and shows what was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from journeys import step_names
from studies import archive, latest, script, words
from studies.workspace import CHECKOUT, Workspace

PAGES = [
    "studies/page_start.py",
    "studies/page_study.py",
    "studies/page_board.py",
    "journeys/page_journeys.py",
    "journeys/page_editor.py",
    "loadtests/page_load.py",
    "loadtests/page_history.py",
    "surveys/page_surveys.py",
    "surveys/page_responses.py",
    "studies/page_desk.py",
    "surveys/page_visits.py",
    "analysis/page_cost.py",
    "analysis/page_metrics.py",
    "analysis/page_sessions.py",
    "analysis/page_report.py",
]
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SMALL = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def small(space: Workspace) -> Workspace:
    """A workspace with one small study in it."""
    archive.seal(script.parse(SMALL), "small", space)
    return space


@pytest.fixture
def arabic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An Arabic catalogue of a few words, so that what is tried here does not hang on the whole translation."""
    (tmp_path / "catalogues").mkdir()
    few = {"Journeys": "الرحلات", "Metrics": "المقاييس"}
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    body = "\n".join(f'msgid "{english}"\nmsgstr "{told}"\n' for english, told in few.items())
    (tmp_path / "catalogues" / "ar.po").write_text(head + body, encoding="utf-8")
    monkeypatch.setattr(words, "CATALOGUES", tmp_path / "catalogues")
    forget_catalogues()
    yield
    monkeypatch.undo()
    forget_catalogues()
    words.speak("en")


def forget_catalogues() -> None:
    """Read the catalogues anew when next asked, and whatever was said in their words."""
    words.languages.cache_clear()
    words._translations.cache_clear()
    step_names._named.cache_clear()


def opened(page: str, **asked: str) -> AppTest:
    """The workbench with one of its pages open."""
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    for key, value in asked.items():
        app.query_params[key] = value
    app.run()
    if page != PAGES[0]:
        app.switch_page(page)
        for key, value in asked.items():
            app.query_params[key] = value
        app.run()
    return app


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_an_empty_workspace(page: str, space: Workspace) -> None:
    app = opened(page)
    assert not app.exception
    assert app.title[0].value


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_study_in_arabic(page: str, small: Workspace, arabic: None) -> None:
    app = opened(page, lang="ar", study="small")
    assert not app.exception
    assert app.query_params["lang"] == "ar"
    assert any("document.documentElement.dir='rtl'" in one.proto.body for one in app.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_study_in_english(page: str, small: Workspace) -> None:
    app = opened(page, study="small")
    assert not app.exception
    assert "lang" not in app.query_params


def test_the_language_holds_when_the_page_changes(small: Workspace, arabic: None) -> None:
    app = opened(PAGES[0])
    app.segmented_control(key="lang").set_value("ar").run()
    app.switch_page("analysis/page_metrics.py").run()
    assert app.title[0].value == "المقاييس"
    assert app.query_params["lang"] == "ar"


def test_a_link_opens_the_study_and_the_session_it_names(small: Workspace) -> None:
    archive.seal(script.parse(SMALL.replace("session=r", "session=x")), "another", small)
    app = opened("analysis/page_sessions.py", study="small", session="r1")
    assert app.selectbox(key="study").value == "small"
    assert app.selectbox(key="session").value == "r1"
    assert {m.label: m.value for m in app.metric}["Silent waits"] == "2"


def test_a_link_to_what_is_not_there_says_so_and_offers_what_is(small: Workspace) -> None:
    app = opened("analysis/page_sessions.py", study="gone", session="r1")
    assert not app.exception
    assert any("no study “gone”" in one.value for one in app.warning)
    assert app.selectbox(key="study").value == "small"
    app = opened("analysis/page_sessions.py", study="small", session="r9")
    assert not app.exception
    assert any("no session “r9” in “small”" in one.value for one in app.warning)
    assert app.selectbox(key="session").value is None and len(app.selectbox(key="session").options) == 2
    app.selectbox(key="session").set_value("r1").run()
    assert not app.warning and not app.exception
    app = opened("journeys/page_journeys.py", journey="own/gone")
    assert any("“own/gone” is not in the library" in one.value for one in app.warning)


def test_a_number_leads_to_its_sessions_and_a_moment_to_its_sentences(small: Workspace) -> None:
    app = opened("analysis/page_sessions.py", study="small", sort="silent_waits", session="r1", at="2.0")
    assert not app.exception
    assert app.selectbox(key="sort").value == "silent_waits"
    assert any("At 2.0 s" in one.value for one in app.markdown)
    app = opened("analysis/page_sessions.py", study="small", session="r1", at="half past two")
    assert not app.exception and not any("**At" in one.value for one in app.markdown)


def test_a_list_of_sessions_is_searched_and_filtered(small: Workspace) -> None:
    app = opened("analysis/page_sessions.py", study="small")
    app.text_input(key="session_words").set_value("nobody").run()
    assert not app.exception
    assert any("No session of this study is like that" in one.value for one in app.info)
    app.text_input(key="session_words").set_value("R2").run()
    assert app.selectbox(key="session").value == "r2"


def test_the_start_page_shows_the_studies_latest_first(small: Workspace) -> None:
    later = SMALL.replace("2026-03-01", "2026-03-05")
    archive.seal(script.parse(later), "later", small)
    assert [one.study for one in latest.latest(small)] == ["later", "small"]
    text = " ".join(one.value for one in opened(PAGES[0]).markdown)
    assert text.index("later") < text.index("small")
    assert "2 of 2 came to an end" in text


def test_the_library_is_searched_in_every_language(space: Workspace) -> None:
    app = opened("journeys/page_journeys.py")
    everything = len(app.selectbox(key="journey").options)
    app.text_input(key="journey_search").set_value("جواز").run()
    assert 0 < len(app.selectbox(key="journey").options) < everything
    app.text_input(key="journey_search").set_value("الجوازات").run()
    assert "Nationality" in app.selectbox(key="journey").options[0]
    app.text_input(key="journey_search").set_value("IBAN").run()
    assert "General Directorate of Traffic" in " ".join(app.selectbox(key="journey").options)
    app.text_input(key="journey_search").set_value("no such words").run()
    assert not app.exception
    assert not [box for box in app.selectbox if box.key == "journey"]


def test_a_new_journey_begins_as_one_that_can_be_walked(space: Workspace) -> None:
    app = opened("journeys/page_journeys.py")
    app.text_input(key="new_journey_name").set_value("my_journey")
    next(button for button in app.button if button.label == "Begin").click().run()
    assert not app.exception and not app.error
    assert app.selectbox(key="journey").value == "own/my_journey"
    app.text_input(key="new_journey_name").set_value("No such name")
    next(button for button in app.button if button.label == "Begin").click().run()
    assert not app.exception
    assert any("renew_passport" in error.value for error in app.error)


def test_a_study_that_is_damaged_hides_no_other(small: Workspace) -> None:
    archive.seal(script.parse(SMALL), "damaged", small)
    for part in small.log.glob("study=damaged/sentences-*.parquet"):
        part.write_bytes(b"not Parquet")
    app = opened(PAGES[0])
    assert not app.exception
    assert any("damaged" in error.value for error in app.error)
    assert any("small" in one.value for one in app.markdown)


def test_a_walk_without_a_study_to_keep_it_in_does_not_begin(space: Workspace) -> None:
    app = opened("journeys/page_journeys.py", journey="traffic/renew_vehicle")
    app.text_input(key="walk_study").set_value(" ")
    next(button for button in app.button if button.label == "Walk it").click().run()
    assert not app.exception
    assert any("needs a name" in error.value for error in app.error)


def test_the_load_page_gives_the_command_that_does_the_same(space: Workspace) -> None:
    app = opened("loadtests/page_load.py", journey="traffic/renew_vehicle")
    app.number_input(key="load_citizens").set_value(7).run()
    command = app.code[0].value
    assert "./lab load journeys/library/traffic/renew_vehicle.yaml --citizens 7 --for 20s" in command
    assert "--variant as_is" in command


def test_the_load_page_lets_citizens_arrive_on_their_own_account(space: Workspace) -> None:
    app = opened("loadtests/page_load.py", journey="traffic/renew_vehicle")
    app.segmented_control(key="load_how").set_value("open").run()
    app.text_input(key="load_arrivals").set_value("2.5/s").run()
    app.selectbox(key="load_shape").set_value("spike").run()
    app.checkbox(key="load_probe").check().run()
    assert not app.exception
    command = app.code[0].value
    assert "--arrivals 2.5/s --for 20s --shape spike --probe" in command


def test_the_report_is_made_in_the_form_language_and_digits_that_are_asked_for(small: Workspace) -> None:
    app = opened("analysis/page_report.py", study="small")
    app.button(key="report_make").click().run()
    assert not app.exception and not app.error
    app.segmented_control(key="report_language").set_value("ar").run()
    app.segmented_control(key="report_digits").set_value("arabic_indic").run()
    app.segmented_control(key="report_for").set_value("leaders").run()
    app.segmented_control(key="report_form").set_value("pptx").run()
    app.button(key="report_make").click().run()
    assert not app.exception and not app.error
    made = {path.name for path in small.reports.iterdir() if path.suffix in (".html", ".pptx")}
    assert made == {"small.en.html", *(f"small.ar.leaders.arabic_indic.{kind}" for kind in ("pptx", "html"))}
    assert "--lang ar --format pptx --for leaders --digits arabic_indic" in app.code[-1].value
