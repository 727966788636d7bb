"""The load tests that were run: listed, filtered, side by side; planted differences are found, chance is not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from test_app import opened

from analysis.charts import runs
from loadtests import history, history_wording
from loadtests.comparison import compared, rows_of
from loadtests.verdicts.evidence import Evidence, Times
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace

PAGE = "loadtests/page_history.py"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


def evidence(seed: int, n: int = 400, slower: float = 1.0, through: float = 0.99) -> Evidence:
    """A load as its gates see it, drawn: journeys of about 4 s, waits at two steps of about 0.5 s."""
    chance = random.Random(seed)
    done = sum(chance.random() < through for _each in range(n))
    waits = {
        "open": Times.of(chance.lognormvariate(-0.7, 0.3) for _each in range(n)),
        "pay": Times.of(slower * chance.lognormvariate(-0.7, 0.3) for _each in range(n)),
    }
    journey = Times.of(chance.gauss(4.0, 0.4) for _each in range(done))
    return Evidence(n, done, 2 * n, 0, 60.0, journey, waits)


def kept(space: Workspace, run: str, found: Evidence | None, **more: Any) -> str:
    """A run in the history, with what it did."""
    folder = space.runs / f"load-20260301T0800{run}"
    folder.mkdir(parents=True)
    told: dict[str, Any] = {
        "journey": "renew_vehicle", "variant": "as_is", "base_url": "http://127.0.0.1:1", "shape": "constant",
        "citizens": 20, "seconds": 60.0, "started": f"2026-03-01T08:00:{run[:2]}Z", "ending": "ran its time",
        "trouble": None, "threshold": 1.0, "study": "trial", "mode": "closed", "arrivals": None, "dropped": 0,
        "journeys": 400, "done": 396, "completion": 0.99, "journeys_per_second": 6.6, "journey_p95": 4.6, "steps": [],
        "failures": [], "curve": [], "by_request": [], "capacity": None, "probe": None,
    } | more  # fmt: skip
    (folder / history.RESULT).write_bytes(orjson.dumps(told))
    if found:
        (folder / history.EVIDENCE).write_bytes(orjson.dumps(found.json()))
    return folder.name


def lab(space: Workspace, *words: str) -> subprocess.CompletedProcess[str]:
    """./lab, in this workspace."""
    return subprocess.run(
        [sys.executable, "cli.py", *words], cwd=CHECKOUT, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(space.root)},
    )  # fmt: skip


# --- side by side -----------------------------------------------------------------------------------------------------


def test_a_step_that_became_slower_is_found_and_no_other(space: Workspace) -> None:
    a, b = kept(space, "01-a", evidence(1)), kept(space, "02-b", evidence(2, slower=1.6))
    found = compared([a, b], space)
    assert [(row.measure, value.verdict) for row, value in found.matter()] == [
        ("long_waits", "worse"), ("pay.wait_p95", "worse"),
    ]  # fmt: skip
    (told,) = [one for one in history_wording.matter_told(found) if "Pay and renew" in one]
    assert "worse" in told and "+" in told
    back = compared([b, a], space)
    assert ("pay.wait_p95", "better") in [(row.measure, value.verdict) for row, value in back.matter()]
    assert runs.runs(history_wording.drawn(found)).to_dict()  # type: ignore[arg-type]


def test_fewer_who_come_through_is_worse(space: Workspace) -> None:
    names = [kept(space, "01-a", evidence(1)), kept(space, "02-b", evidence(2, through=0.85))]
    found = compared(names, space)
    assert ("completion", "worse") in [(row.measure, value.verdict) for row, value in found.matter()]


def test_where_nothing_differs_hardly_ever_anything_is_said_to_matter() -> None:
    cries = 0
    for seed in range(60):
        rows = rows_of({"a": evidence(2 * seed + 100), "b": evidence(2 * seed + 101)})
        cries += any(value.verdict in ("better", "worse") for row in rows for value in row.values)
    assert cries <= 8  # at 5 % of comparisons, three of sixty; nine or more would be one in a hundred and fifty


def test_what_only_one_run_heard_and_what_too_few_tell_is_said_to_be_unknown(space: Workspace) -> None:
    first = evidence(1, n=20)
    with_browser = Evidence(**{**{name: getattr(first, name) for name in first.__slots__},
                               "silences": {"pay": Times.of([0.2, 3.0, 2.0])}})  # fmt: skip
    rows = {row.measure: row for row in rows_of({"a": first, "b": with_browser})}
    assert rows["silent_waits"].values[1].verdict == "unknown" and "probe" in rows["silent_waits"].values[0].reason
    assert rows["pay.wait_p95"].values[1].verdict in ("same", "few")
    found = compared([kept(space, "01-a", first, journeys=20), kept(space, "02-b", first, journeys=20)], space)
    assert len(found.doubts) == 2


def test_runs_that_were_asked_differently_say_so(space: Workspace) -> None:
    names = [kept(space, "01-a", evidence(1)), kept(space, "02-b", evidence(2), shape="spike", citizens=40)]
    assert dict(compared(names, space).asked) == {"shape": ("constant", "spike"), "citizens": ("20", "40")}


def test_a_comparison_names_what_is_gone_and_what_is_too_old(space: Workspace) -> None:
    a, old = kept(space, "01-a", evidence(1)), kept(space, "02-b", None)
    for names, said in (
        ([a], "two different"),
        ([a, a], "two different"),
        ([a, "load-x"], "any more"),
        ([a, old], "before"),
    ):
        with pytest.raises(WrongInput, match=said):
            compared(names, space)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_searched_filtered_and_sorted(space: Workspace) -> None:
    a = kept(space, "01-a", None, completion=0.5)
    b = kept(space, "02-b", None, study="other", completion=None)
    c = kept(space, "03-c", None, journey="move_house", completion=0.9)
    heads = history.heads(space)
    assert [one.run for one in heads] == [c, b, a]
    assert [one.run for one in history.chosen(heads, sort="completion")] == [c, a, b]
    assert [one.run for one in history.chosen(heads, sort="completion", last=False)] == [a, c, b]
    assert [one.run for one in history.chosen(heads, words="RENEW trial")] == [a]
    assert [one.run for one in history.chosen(heads, study="other")] == [b]
    with pytest.raises(WrongInput, match="sorted by"):
        history.chosen(heads, sort="colour")


def test_a_run_whose_files_are_damaged_hides_no_other(space: Workspace) -> None:
    good, bad = kept(space, "01-a", None), kept(space, "02-b", None)
    (space.runs / bad / history.RESULT).write_text("{", encoding="utf-8")
    assert [one.run for one in history.heads(space)] == [good]


def test_the_page_shows_one_run_or_compares_several_and_says_what_was_deleted(space: Workspace) -> None:
    a, b = kept(space, "01-a", evidence(1)), kept(space, "02-b", evidence(2, slower=1.6))
    app = opened(PAGE)
    assert not app.exception and app.code[-1].value == "./lab runs --json"
    app = opened(PAGE, run=f"{a},{b},load-gone")
    assert not app.exception
    assert any("load-gone" in one.value and "deleted" in one.value for one in app.warning)
    assert app.multiselect(key="history_runs").value == [a, b]
    assert any(f"./lab compare {a} {b} --json" == one.value for one in app.code)
    assert any("Pay and renew" in one.value and "worse" in one.value for one in app.markdown)
    app.multiselect(key="history_runs").set_value([b]).run()
    assert not app.exception and app.query_params["run"] == b and not app.warning
    assert any(f"./lab runs {b} --json" == one.value for one in app.code)
    app.text_input(key="history_words").set_value("nothing like it").run()
    assert not app.exception and any("No run is like that" in one.value for one in app.info)
    app.selectbox(key="history_sort").set_value("journey_p95").run()
    assert "--sort journey_p95" in app.code[-1].value


def test_the_commands_tell_the_same(space: Workspace) -> None:
    a, b = kept(space, "01-a", evidence(1)), kept(space, "02-b", evidence(2, slower=1.6))
    listed = json.loads(lab(space, "runs", "--sort", "when", "--least-first", "--json").stdout)
    assert [one["run"] for one in listed["runs"]] == [a, b] and listed["under_way"] == []
    told = json.loads(lab(space, "compare", a, b, "--json").stdout)
    assert {"measure": "pay.wait_p95", "step": "pay", "run": b, "verdict": "worse"} in told["matter"]
    gone = lab(space, "runs", "load-gone", "--json")
    assert (gone.returncode, gone.stdout) == (2, "") and "deleted" in gone.stderr
