"""The editor keeps what is written, shows both to whoever comes second, and tries a text before it is saved."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from test_app import opened

from journeys import shelf, trying, writing
from studies import drafts
from studies.drafts import Overtaken
from studies.troubles import WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PAGE = "journeys/page_editor.py"
SHIPPED = "traffic/renew_vehicle"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


def own(space: Workspace, name: str = SHIPPED) -> Path:
    return shelf.own_folder(space) / f"{name}.yaml"


def edited(space: Workspace, text: str, key: str = SHIPPED) -> writing.Writing:
    return writing.typed(space, writing.opened(space, key), text, NOW)


def with_draft(space: Workspace, text: str, key: str = SHIPPED) -> AppTest:
    """The editor opened with a draft that says this: what a field of the browser would have sent."""
    on = edited(space, text, key)
    return opened(PAGE, journey=key, draft=on.draft)


def test_the_first_saving_of_a_shipped_journey_makes_an_own_copy(space: Workspace) -> None:
    on = writing.opened(space, SHIPPED)
    before = on.journey.path.read_text(encoding="utf-8")
    app = with_draft(space, before + "# mine\n")
    assert not app.exception
    app.button(key="editor_save").click().run()
    assert not app.exception
    assert on.journey.path.read_text(encoding="utf-8") == before
    assert own(space).read_text(encoding="utf-8") == before + "# mine\n"
    assert app.selectbox(key="journey").value == f"own/{SHIPPED}"
    assert drafts.drafts_of(space, writing.KIND) == []
    assert "draft" not in app.query_params


def test_what_is_typed_is_a_draft_before_it_is_saved(space: Workspace) -> None:
    on = edited(space, "half a tho")
    again = writing.opened(space, SHIPPED, on.draft)
    assert (again.text, again.changed) == ("half a tho", True)
    app = opened("journeys/page_journeys.py", journey=SHIPPED)
    assert not app.exception
    back = writing.typed(space, again, again.base, NOW)
    assert not back.changed and drafts.drafts_of(space, writing.KIND) == []


def test_the_second_of_two_sees_both_versions_and_merges_them(space: Workspace) -> None:
    base = writing.opened(space, SHIPPED).text
    mine = with_draft(space, base.replace("agency: traffic", "agency: roads"))
    theirs = edited(space, base + "# theirs\n")
    assert not isinstance(writing.save(space, theirs, NOW), Overtaken)
    mine.button(key="editor_save").click().run()
    assert not mine.exception
    assert any("Somebody else has saved another version" in one.value for one in mine.warning)
    shown = "\n".join(one.value for one in mine.code)
    assert "-# theirs" in shown and "+agency: roads" in shown
    assert own(space).read_text(encoding="utf-8") == base + "# theirs\n"
    mine.button(key="editor_merge").click().run()
    assert not mine.exception
    assert any("Both edits are in the text" in one.value for one in mine.success)
    mine.button(key="editor_save").click().run()
    assert not mine.exception
    assert own(space).read_text(encoding="utf-8") == base.replace("agency: traffic", "agency: roads") + "# theirs\n"
    assert [one.text for one in drafts.earlier(own(space))] == [base + "# theirs\n"]


def test_the_second_of_two_may_save_beside(space: Workspace) -> None:
    base = writing.opened(space, SHIPPED).text
    mine = with_draft(space, base + "# mine\n")
    writing.save(space, edited(space, base + "# theirs\n"), NOW)
    mine.button(key="editor_save").click().run()
    mine.text_input(key="editor_beside").set_value("renew_vehicle")
    mine.button(key="editor_save_beside").click().run()
    assert any("There is a journey “renew_vehicle” already" in one.value for one in mine.error)
    mine.text_input(key="editor_beside").set_value("renew_otherwise")
    mine.button(key="editor_save_beside").click().run()
    assert not mine.exception
    assert own(space, "traffic/renew_otherwise").read_text(encoding="utf-8") == base + "# mine\n"
    assert own(space).read_text(encoding="utf-8") == base + "# theirs\n"


def test_an_earlier_version_comes_back(space: Workspace) -> None:
    first = writing.save(space, edited(space, "first: 1\n"), NOW)
    assert isinstance(first, writing.Writing)
    writing.save(space, edited(space, "second: 2\n", first.journey.key), NOW)
    app = opened(PAGE, journey=first.journey.key)
    app.button(key="editor_restore").click().run()
    assert not app.exception
    assert app.session_state["writing"].text == "first: 1\n"
    assert own(space).read_text(encoding="utf-8") == "second: 2\n"


def test_steps_are_built_without_yaml(space: Workspace) -> None:
    app = opened(PAGE, journey=SHIPPED)
    before = app.session_state["writing"].text
    app.segmented_control(key="editor_view").set_value("steps").run()
    assert not app.exception
    assert app.radio(key="step_chosen").options[0] == "1 · Opens traffic/renew"
    app.selectbox(key="step_new_verb").set_value("leave")
    app.button(key="step_add").click().run()
    assert not app.exception
    text = app.session_state["writing"].text
    assert text == before.replace("  - id: say_who\n", "  - leave: true\n  - id: say_who\n", 1)
    assert app.radio(key="step_chosen").value == (1,)
    app.button(key="step_up").click().run()
    text = app.session_state["writing"].text
    assert text.index("leave: true") < text.index("- id: open")
    assert app.radio(key="step_chosen").value == (0,)
    app.button(key="step_remove").click().run()
    assert not app.exception
    assert app.session_state["writing"].text == before


@pytest.mark.parametrize("verb", ["press", "give", "upload", "expect", "call", "for each", "steps", "send"])
def test_every_kind_of_step_has_a_form(space: Workspace, verb: str) -> None:
    said = {"press": "Go", "give": "{iban: x, الاسم: y}", "upload": "{photo: a.png}", "expect": "{text: {en: Hi}}",
            "call": "{who: a, script: x}", "for each": "citizen.cars, as: car, steps: [{visit: /}]",
            "steps": "[{visit: /}]", "send": "{path: /x}"}[verb]  # fmt: skip
    text = f"journey: x\ntitle: X\nagency: a\nsteps:\n  - {{{verb}: {said}}}\n"
    app = with_draft(space, text)
    app.segmented_control(key="editor_view").set_value("steps").run()
    assert not app.exception


def test_a_text_is_rehearsed_before_it_is_saved(space: Workspace) -> None:
    app = opened(PAGE, journey=SHIPPED)
    app.button(key="try_rehearse").click().run()
    assert not app.exception and not app.error
    assert any("holds together" in one.value for one in app.success)
    assert any("citizen begins" in one.value for one in app.code)
    assert not own(space).exists()


def test_mistakes_are_those_of_the_command_line(space: Workspace) -> None:
    app = with_draft(space, "journey: x\n\tsteps: []\n")
    assert not app.exception
    assert any("once nothing is wrong" in one.value for one in app.info)
    with pytest.raises(WrongInput, match=r"line 2 of x\.yaml: a tab"):
        trying.rehearsed("journey: x\n\tsteps: []\n", "x.yaml", Path(), None, "en")


def test_a_journey_or_draft_that_is_gone_is_said_to_be(space: Workspace) -> None:
    app = opened(PAGE, journey="own/gone")
    assert not app.exception
    assert any("“own/gone” is not in the library" in one.value for one in app.warning)
    app = opened(PAGE, journey=SHIPPED, draft="0123456789ab")
    assert not app.exception
    assert any("That draft was saved or thrown away" in one.value for one in app.info)


def test_completion_offers_the_dictionary_the_variants_and_what_a_citizen_has(space: Workspace) -> None:
    journey = trying.parse_journey(writing.opened(space, SHIPPED).text)
    offered = writing.names(journey)
    assert {"name": "as_is"} in offered["only"]
    assert any(one["name"] == "citizen.national_id" for one in offered["{{"])
    iban = next(one for one in offered["give"] if one["name"] == "iban")
    assert iban["insert"] == 'iban: "{{citizen.iban}}"'
    assert set(writing.told()) >= set(writing.STEPS)
