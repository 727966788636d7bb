"""People read titles, in their language; keys stay in links, commands and documents, and tell twins apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from leader_study import STUDY, planted
from typer.testing import CliRunner

import cli
from analysis.report import keep
from commands import _titles
from journeys import shelf
from journeys.journey import Attend, Call
from journeys.reading import read_journey
from journeys.steps import steps_of
from studies import archive, titles
from studies.script import parse
from studies.titles import about_name, agency_name, datum_name, service_name, step_name, thing_name, whole
from studies.topics import dictionary
from studies.words import say_in, speak
from studies.workspace import Workspace

ASKED_TWICE = """
session=a case=a source=participant task=renew_vehicle condition=as_is start=2026-05-01T08:00:00Z
 0.0 citizen begins renew_vehicle
 1.0 citizen submits traffic/renew step=send_who
 4.0 service requests national_id step=say_who
 5.0 citizen gives national_id step=say_who
 6.0 citizen submits traffic/renew step=send_who
 9.0 service requests national_id step=say_who_again
10.0 service concludes done
"""


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    yield Workspace(tmp_path)
    speak("en")


def test_a_service_is_called_as_its_journey_and_what_was_brought_in_by_its_own_name(space: Workspace) -> None:
    assert service_name("renew_vehicle") == service_name("traffic/renew_vehicle") == "Renew a vehicle registration"
    assert service_name("their_service") == "their_service" and service_name("") == ""
    with say_in("ar"):
        assert service_name("renew_vehicle") == "تجديد تسجيل مركبة"
        assert service_name("their_service") == "\u2068their_service\u2069", "what is read the other way stays whole"
    assert service_name("تجديد الرخصة") == "\u2068تجديد الرخصة\u2069"


def test_two_that_have_one_title_are_told_apart(space: Workspace) -> None:
    twin = shelf.own_folder(space) / "twin.yaml"
    text = (shelf.LIBRARY / "traffic" / "renew_vehicle.yaml").read_text(encoding="utf-8")
    twin.write_text(text.replace("journey: renew_vehicle", "journey: twin"), encoding="utf-8")
    assert service_name("twin") == "Renew a vehicle registration (twin)"
    assert service_name("renew_vehicle") == "Renew a vehicle registration (renew_vehicle)"
    twin.unlink()
    assert service_name("twin") == "twin"


def test_a_journey_that_is_on_no_shelf_is_called_as_its_study_was_told(space: Workspace) -> None:
    assert service_name("elsewhere") == "elsewhere"
    keep("s", space, journeys={"elsewhere": {"en": "Move house", "ar": "الانتقال إلى منزل"}})
    assert service_name("elsewhere") == "Move house"
    with say_in("ar"):
        assert service_name("elsewhere") == "الانتقال إلى منزل"


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_data_are_called_as_citizens_are_asked_for_them_and_no_two_alike(tongue: str) -> None:
    with say_in(tongue):
        names = {key: datum_name(key) for key in dictionary()}
    assert len(set(names.values())) == len(names)
    assert names["national_id"] == {"en": "national id", "ar": "رقم الهوية"}[tongue]


def test_a_key_that_no_dictionary_knows_is_made_readable() -> None:
    assert datum_name("colour_of_roof") == "colour of roof" and thing_name("traffic/renew") == "traffic/renew"
    with say_in("ar"):
        assert datum_name("رقم_الطلب") == "رقم الطلب"


def test_a_step_is_what_the_citizen_does_there(space: Workspace) -> None:
    assert step_name("renew_vehicle", "pay") == "Sends “Pay and renew”"
    twins = step_name("renew_vehicle", "say_who"), step_name("renew_vehicle", "say_who_again")
    assert twins == ("Gives national id (1)", "Gives national id (2)"), "told apart by their order"
    with say_in("ar"):
        assert "ادفع وجدد" in step_name("renew_vehicle", "pay")


def test_a_conversation_and_an_office_are_what_the_journey_calls_them(space: Workspace) -> None:
    assert step_name("move_line_in_person", "second_visit") == "Second visit to the counter"
    assert agency_name("insurance_bureau") == "Unified Insurance Bureau" and agency_name("") == ""
    assert about_name("counter", "hand_off") == "the counter" and about_name("national_id") == "national id"
    own = shelf.own_folder(space) / "mine.yaml"
    own.write_text("journey: mine\ntitle: M\ncalled: {my_office: {en: My office, ar: مكتبي}}\n", encoding="utf-8")
    with say_in("ar"):
        assert agency_name("telecom") == "الاتصالات الوطنية" and agency_name("my_office") == "مكتبي"
    own.write_text("journey: mine\ntitle: M\ncalled: {my_office: [}\n", encoding="utf-8")
    assert agency_name("my_office") == "“my office”", "a text that is being written says nothing yet"


def test_what_only_has_a_key_is_shown_as_a_name(space: Workspace) -> None:
    assert step_name("renew_vehicle", "unheard_of") == "“unheard of”" == step_name(None, "unheard_of")
    assert agency_name("their_office") == "“their office”" == about_name("their_office", "hand_off")
    with say_in("ar"):
        assert step_name("theirs", "second_call") == "\u2068«second call»\u2069"


def test_every_office_and_conversation_of_the_library_is_called_something_in_both_languages() -> None:
    for file in shelf.LIBRARY.rglob("*.yaml"):
        journey = read_journey(file)
        talks = [name for name, step in steps_of(journey) if isinstance(step, Call | Attend)]
        for key in (journey.agency, *journey.agencies, *talks):
            title = journey.called.get(key)
            assert isinstance(title, dict) and {"en", "ar"} <= title.keys(), (file.name, key)


def typed(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command writes for whoever reads it."""
    assert CliRunner().invoke(cli.app, list(words)).exit_code == 0
    return capfd.readouterr().out


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_commands_say_titles_to_people_and_keys_to_programs(
    tongue: str, space: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    archive.seal(parse(ASKED_TWICE), "s", space)
    speak(tongue)
    title = {"en": "Renew a vehicle registration", "ar": "تجديد تسجيل مركبة"}[tongue]
    datum = {"en": "national id", "ar": "رقم الهوية"}[tongue]
    for command in ("findings", "scoreboard", "cost", "league"):
        said = typed(capfd, command, "s")
        assert title in said and "renew_vehicle:" not in said, command
    said = typed(capfd, "findings", "s")
    assert datum in said and "national_id" not in said
    told = json.loads(typed(capfd, "findings", "s", "--json"))["findings"]
    assert {one["service"] for one in told} == {"renew_vehicle"} and any("national_id" in one["what"] for one in told)


def test_names_stay_whole_beside_words_that_are_read_the_other_way() -> None:
    assert whole("plain") == "plain" and whole("") == ""
    with say_in("ar"):
        assert whole("plain") == "\u2068plain\u2069" and whole(whole("plain")) == "\u2068plain\u2069"
        assert whole("رقم") == "رقم"


def test_titles_are_worked_out_once_for_as_long_as_they_stay(space: Workspace) -> None:
    first = _titles._services()
    assert _titles._services() is first
    keep("s", space, journeys={"x": "X"})
    assert _titles._services() is not first and titles.service_name("x") == "X"


def test_a_league_is_of_the_condition_that_is_asked_for(space: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    planted(space).close()
    archive.seal(parse(ASKED_TWICE), STUDY, space)
    told = json.loads(typed(capfd, "league", STUDY, "--condition", "as_is", "--json"))
    assert [one["service"] for one in told["services"]] == ["renew_vehicle"] and told["condition"] == "as_is"
    wrong = CliRunner().invoke(cli.app, ["league", STUDY, "--condition", "as_si"])
    assert wrong.exit_code and "There are: as_is" in str(wrong.exception)
