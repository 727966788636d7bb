"""The page of responses shows what was understood before anything is kept, and hands answers out with a codebook."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace
from surveys import wizard

CSV = "group,how,likely\nas_is,4,9\nas_is,9,2\n"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


def test_what_a_person_says_of_the_columns_is_what_comes_in(space: Workspace) -> None:
    looked = wizard.understood("../../x/survey.csv", CSV.encode(), space, None, None)
    table = wizard.columns_table(looked)
    assert looked.file.name == "survey.csv" and wizard.said_in(table) == {} and len(table) == 3
    table.loc[1, "item"], table.loc[2, "item"] = "csat_1", "nps_1"
    again = wizard.understood("survey.csv", CSV.encode(), space, None, wizard.said_in(table))
    assert again.responses.people[0].answers == {"csat": (4,), "nps": (9,)}
    problems = wizard.problems_table(again)
    assert problems.iloc[0].tolist() == ["3", "how", "9 is not on the scale from 1 to 5; it counts as not answered"]
    assert wizard.bring_in(again, "s", space).new == 2
    assert {"csat_1", "nps_1"} <= set(wizard.items(space))


def test_answers_go_out_with_their_codebook(space: Workspace) -> None:
    looked = wizard.understood("s.csv", CSV.encode(), space, None, {"how": "csat_1"})
    wizard.bring_in(looked, "my study", space)
    store = Store(space.database_url)
    files = wizard.handed_out(store, "my study", "csv", space)
    store.close()
    assert set(files) == {"my study.csv", "my study.codebook.csv"} and b"csat_1" in files["my study.csv"]


def test_what_is_wrong_with_a_file_is_said_and_the_file_is_gone(space: Workspace) -> None:
    with pytest.raises(WrongInput, match=r"x\.csv is JSON"):
        wizard.understood("x.csv", b"{}", space, None, None)
    with wizard.as_file("a.csv", b"x") as path:
        assert path.read_bytes() == b"x"
    assert not path.exists()


def test_the_page_hands_out_what_the_store_holds(space: Workspace) -> None:
    looked = wizard.understood("s.csv", CSV.encode(), space, None, {"how": "csat_1"})
    wizard.bring_in(looked, "my study", space)
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60).run()
    app.switch_page("surveys/page_responses.py").run()
    assert not app.exception and not app.error
    assert app.selectbox(key="study").value == "my study"
    assert (
        "nps" in app.selectbox(key="responses_instrument").options
        or len(app.selectbox(key="responses_instrument").options) > 15
    )


def test_a_file_that_is_handed_up_is_looked_over_and_only_then_kept(space: Workspace) -> None:
    lines = [",".join(["id", *(f"sus_{n}" for n in range(1, 11))]), "1," + ",".join(["5", "1"] * 5), "2,9" + ",3" * 9]
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60).run()
    app.switch_page("surveys/page_responses.py").run()
    app.file_uploader(key="responses_file").upload("survey.csv", "\n".join(lines).encode(), "text/csv").run()
    assert not app.exception and not app.error
    assert any("2 responses · plain · utf-8" in caption.value for caption in app.caption)
    assert any("9 is not on the scale" in str(table.value) for table in app.dataframe)
    store = Store(space.database_url)
    assert store.studies() == {}, "nothing is kept yet"
    app.button(key="responses_bring").click().run()
    assert any("needs a name" in error.value for error in app.error)
    app.text_input(key="responses_study").set_value("s").run()
    app.button(key="responses_bring").click().run()
    assert [one.value for one in app.success] == ["2 are new, 0 the study held already."]
    assert len(store.invitations("s")) == 2
    store.close()
