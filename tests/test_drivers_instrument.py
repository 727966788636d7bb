"""What drives satisfaction is told by the instrument that was answered most, on the page as by the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from leader_in_force import in_force
from leader_study import STUDY, planted
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from analysis.answers_kept import Answers
from analysis.drivers import visits_kept
from analysis.leaders.ground import ground
from analysis.leaders.scoreboard import scoreboard
from cli import app as lab
from studies import archive
from studies.store import Store
from studies.workspace import CHECKOUT, Workspace


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A year in which every visit was rated by SUS, and by SEQ as well, some of them twice: SEQ was answered most."""
    space = Workspace(tmp_path_factory.mktemp("drivers"))
    store = planted(space)
    visits = [row for row in archive.read(STUDY, space).heard() if row.source == "participant"]
    for nth, row in enumerate([*visits, *visits[:9]]):
        token = store.add_invitation(STUDY, ["seq"], f"{row.participant}-{nth}", session=row.session).token
        store.submit(token, token, "seq", {"seq_1": 1 + nth * 5 % 7}, "en", complete=True, finished=True)
    store.close()
    return space


@pytest.fixture
def space(year: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    in_force(year, monkeypatch)
    return year


def told(*words: str) -> Any:
    return CliRunner().invoke(lab, ["drivers", STUDY, *words], catch_exceptions=False)


def test_the_command_takes_what_was_answered_most_as_the_scoreboard_does(
    space: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(space.database_url)
    under = ground(STUDY, space, store)
    store.close()
    assert under is not None and scoreboard(under).instrument == "seq"
    assert told("--json").exit_code == 0
    assert json.loads(capfd.readouterr().out)["instrument"] == "seq"
    assert told("--instrument", "sus", "--json").exit_code == 0
    assert json.loads(capfd.readouterr().out)["instrument"] == "sus"
    told()
    assert capfd.readouterr().out.startswith("Satisfaction by Single Ease Question.")


def test_where_nobody_answered_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from studies.script import parse

    space = Workspace(tmp_path)
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(space.root))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    archive.seal(parse("session=a start=2026-03-01T08:00:00Z source=participant\n 0 citizen acts home\n"), STUDY, space)
    assert told("--json").exit_code == 0
    found = json.loads(capfd.readouterr().out)
    assert found["instrument"] is None and found["visits"] == 0


def test_the_page_names_the_instrument_in_force(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_kept, "MANY", 10)
    visits_kept._ready.clear()
    page = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=90).run()
    page.switch_page("analysis/page_drivers.py")
    page.query_params["study"] = STUDY
    page.run()
    assert not page.exception
    assert f"./lab drivers {STUDY} --instrument seq" in [one.value for one in page.code]
    page.selectbox(key="instrument").set_value("sus").run()
    assert f"./lab drivers {STUDY} --instrument sus" in [one.value for one in page.code]
    visits_kept._ready.clear()


def test_peoples_answers_come_before_robots_and_words_make_no_satisfaction() -> None:
    def rows(instrument: str, who: str, score: float | None, n: int) -> list[dict[str, Any]]:
        return [{"instrument": instrument, "who": who, "score": score}] * n

    told = [*rows("open_text", "people", None, 9), *rows("sus", "robots", 70.0, 5), *rows("csat", "people", 4.0, 2)]
    answers = Answers(pd.DataFrame(told), "")
    assert answers.instruments() == ["csat", "sus", "open_text"] and answers.most_answered() == "csat"
    assert Answers(pd.DataFrame(rows("open_text", "people", None, 3)), "").most_answered() is None
