"""A journey walked and a study conducted: what is kept, what is told, and that the measurement is the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import conduct
from journeys.practice import serve
from journeys.practice.reading import read_flaws
from journeys.reading import read_journey
from studies import archive, script
from studies.planning.study import read_study, shipped
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RENEW = conduct.task_file("traffic/renew_vehicle")


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    with serve.running() as base:
        yield base


class Heard:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.words: list[str] = []

    def __call__(self, what: str, share: float) -> None:
        self.shares.append(share)
        self.words.append(what)


def test_no_two_walks_of_one_moment_have_the_same_name() -> None:
    journey = read_journey(RENEW)
    assert len({conduct.walk_name(journey, "as_is", NOW) for _nth in range(2000)}) == 2000


def walk(file: Path, space: Workspace, watch: Heard | None = None, **other: object) -> conduct.Walked:
    asked: dict[str, object] = {
        "variant": "redesigned", "times": 1, "player": "wire", "language": None, "base_url": None, "headed": False,
        "study": None,
    }  # fmt: skip
    return conduct.walk(file, space, watch=watch or Heard(), now=NOW, **{**asked, **other})  # type: ignore[arg-type]


def test_a_walk_is_told_whole_and_kept(space: Workspace, agency: str) -> None:
    watch = Heard()
    told = walk(RENEW, space, watch, times=2, base_url=agency).json()
    assert told["journey"] == "renew_vehicle"
    assert len({s["session"] for s in told["sessions"]}) == 2
    for session in told["sessions"]:
        assert session["outcome"] == "concluded"
        assert session["metrics"]["steps"] == {"state": "value", "value": 6.0}
        assert session["metrics"]["silent_waits"]["state"] == "not measurable"
        assert {wait["step"] for wait in session["waits"]} >= {"open", "pay"}
        assert script.parse(session["script"]).sentences.num_rows
    assert json.dumps(told)
    kept = archive.read("run_renew_vehicle", space)
    assert set(kept.sessions["session"].to_pylist()) == {s["session"] for s in told["sessions"]}
    assert watch.shares == sorted(watch.shares)
    assert watch.shares[-1] == pytest.approx(1.0)


def test_the_practice_agency_opens_for_a_journey_that_names_it(space: Workspace) -> None:
    journey = read_journey(RENEW)
    assert journey.base_url is not None
    if serve.listens(journey.base_url):
        pytest.skip("somebody practises on this machine: the agency is open already")
    with conduct.standing(journey, "as_is", None) as base:
        assert base is not None
        assert serve.listens(base)
        assert not serve.is_practice(base)
    assert not serve.listens(base)


def test_a_host_that_was_named_is_taken_as_it_is() -> None:
    with conduct.standing(read_journey(RENEW), "as_is", "http://service.example") as base:
        assert base == "http://service.example"


def test_what_the_script_names_and_nobody_shows_is_kept_and_said(space: Workspace, agency: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(RENEW.read_text(encoding="utf-8").replace("Pay and renew", "Pay and rejoice"), encoding="utf-8")
    with pytest.raises(WrongInput, match=r"(?s)pay.*Pay and rejoice.*Pay and renew"):
        walk(wrong, space, base_url=agency)
    verbs = [(s.verb, s.about) for s in archive.read("run_renew_vehicle", space).said()]
    assert ("notes", "target_missing") in verbs
    assert verbs[-1][0] == "leaves"


def test_a_language_that_the_journey_does_not_speak_is_named(space: Workspace) -> None:
    with pytest.raises(WrongInput, match=r"fr.*en, ar"):
        walk(RENEW, space, language="fr")


def test_a_dead_host_is_named(space: Workspace) -> None:
    with pytest.raises(Failed, match=r"127\.0\.0\.1:9"):
        walk(RENEW, space, base_url="http://127.0.0.1:9")


def test_a_session_that_the_lab_broke_is_told_as_such() -> None:
    log = script.parse("session=a\n0.0 citizen begins x\n1.0 lab breaks browser step=pay\n")
    (line,) = conduct.Walked("x", log, conduct.measure(log)).broken()
    assert "pay" in line
    assert "browser" in line


@pytest.mark.browser
@pytest.mark.load
@pytest.mark.slow
def test_a_study_is_conducted_from_start_to_report(space: Workspace) -> None:
    whole = read_study(shipped()["demo"])
    assert whole.load is not None
    small = whole.model_copy(
        update={
            "tasks": ["traffic/renew_vehicle"],
            "load": whole.load.model_copy(update={"citizens": 3, "seconds": 2.0}),
        }
    )
    archive.seal(script.parse("session=earlier\n0.0 citizen begins renew_vehicle\n"), "demo", space)
    watch = Heard()
    done = conduct.conduct(small, read_flaws(None), space, watch, NOW)
    told = done.json()
    counted = [flaw for flaw in told["flaws"] if flaw["metric"] != "silent_time"]
    timed = [flaw for flaw in told["flaws"] if flaw["metric"] == "silent_time"]
    assert [flaw for flaw in counted if not flaw["agrees"]] == []
    assert len(timed) == 3
    assert all(flaw["truth"] is not None and flaw["measured"] is not None for flaw in timed)
    assert "earlier" not in archive.read("demo", space).sessions["session"].to_pylist()
    assert told["load"]["journeys"] >= 1
    assert told["survey"]["n"] == 2
    for language in ("en", "ar"):
        page = Path(told["reports"][language]).read_text(encoding="utf-8")
        assert f'lang="{language}"' in page
    assert watch.shares == sorted(watch.shares)
    assert watch.shares[-1] == 1.0
