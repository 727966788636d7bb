"""Selenium IDE projects come in: run, mapped, or listed with the reason, line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exchanged import SAMPLES, accounted, beside, line_with, never_crashes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.exchange import bring
from journeys.exchange._side_commands import COMMANDS, reason
from journeys.journey import Journey
from studies.words import pick

SAMPLE = SAMPLES / "project.side"


def project(folder: Path, *commands: dict[str, Any], **more: Any) -> Path:
    """A project of one test."""
    listed = [{"id": str(n), "target": "", "value": "", **command} for n, command in enumerate(commands)]
    content = {
        "id": "p", "version": "2.0", "name": "P", "url": "https://a.example", "urls": [], "plugins": [], "suites": [],
        "tests": [{"id": "t", "name": "test", "commands": listed}], **more,
    }  # fmt: skip
    path = folder / "project.side"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def steps_in(path: Path) -> list[dict[str, Any]]:
    journeys = bring(path).journeys
    return (
        [s.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True) for s in journeys[0][0].steps]
        if journeys
        else []
    )


def one(folder: Path, command: str, target: str = "", value: str = "", **more: Any) -> list[dict[str, Any]]:
    return steps_in(project(folder, {"command": command, "target": target, "value": value, **more}))


@pytest.mark.parametrize("path", beside("side"))
def test_every_project_comes_in(path: Path) -> None:
    _brought, said = accounted(path)
    assert said["format"] == "Selenium IDE"
    assert said["steps"] == sum(len(test["commands"]) for test in json.loads(path.read_text("utf-8"))["tests"])


def test_a_project_is_accounted_for_line_by_line() -> None:
    brought, said = accounted(SAMPLE)
    why = {entry["line"]: entry["why"] for entry in said["unmapped"]}
    assert said["steps"] == 33
    assert (
        "switched off" in why[line_with(SAMPLE, "//click")] and "switched off" in why[line_with(SAMPLE, "id=skipped")]
    )
    assert f"line {line_with(SAMPLE, 'querySelector')}" in why[line_with(SAMPLE, "id=x")]
    assert "never reached" in why[line_with(SAMPLE, "Not taken")]
    assert "plug-in" in why[line_with(SAMPLE, "applitools")]
    assert [journey.title for journey, _text, _script in brought.journeys] == ["renew for …"]


def test_loops_are_written_out_and_variables_filled_in() -> None:
    journey = bring(SAMPLE).journeys[0][0]
    pressed = [press_words(step) for step in journey.steps if step.verb == "press"]
    assert pressed == ["Front", "Back", "Add another", "Add another", "Taken", "#send"]


def press_words(step: Any) -> str:
    look = step.press
    return pick(look.words) if not isinstance(look, str) and look.words else look if isinstance(look, str) else look.css


def test_what_was_typed_is_nowhere_in_what_is_kept() -> None:
    brought = bring(SAMPLE)
    told = json.dumps(brought.json()) + brought.told({}) + "".join(text for _j, text, _s in brought.journeys)
    for value in ("rana.haddad", "rana_haddad", "hunter2secret"):
        assert value not in told


def test_there_are_93_commands_and_each_is_mapped_or_has_a_reason(tmp_path: Path) -> None:
    assert len(COMMANDS) == 93
    for name in sorted(COMMANDS):
        _brought, said = accounted(project(tmp_path, {"command": name, "target": "id=x", "value": "y"}))
        assert said["steps"] == 1
        assert "model has no such command" not in reason(name)


@pytest.mark.parametrize(
    ("command", "target", "value", "step"),
    [
        ("open", "/x", "", {"visit": "/x"}),
        ("open", "https://b.example/y", "", {"visit": "https://b.example/y"}),
        ("click", "linkText=Go on", "", {"press": {"words": "Go on", "role": "link"}}),
        ("clickAt", "id=go", "3,4", {"press": {"css": "#go"}}),
        ("type", "id=email", "rana@example.test", {"give": {"email": "{{citizen.email}}"}}),
        ("editContent", "id=text", "hello", {"give": {"text": "{{citizen.text}}"}}),
        ("sendKeys", "name=q", "passport", {"give": {"q": "passport"}}),
        ("check", "id=agree", "", {"choose": {"agree": True}}),
        ("uncheck", "id=agree", "", {"choose": {"agree": False}}),
        ("select", "id=size_select", "label=Large", {"choose": {"size_select": "Large"}}),
        ("addSelection", "id=size_select", "label=Large", {"choose": {"size_select": ["Large"]}}),
        ("assertText", "css=h1", "Thank you", {"expect": {"text": "Thank you"}}),
        ("verifyNotText", "css=h1", "Sorry", {"expect": {"gone": "Sorry"}}),
        ("waitForText", "css=h1", "exact:Ready", {"expect": {"text": "Ready"}}),
        ("waitForElementVisible", "linkText=Next", "2000", {"expect": {"text": "Next", "within": 2.0}}),
        ("verifyElementNotPresent", "linkText=Old", "", {"expect": {"gone": "Old"}}),
    ],
)  # fmt: skip
def test_a_command_becomes_a_step(tmp_path: Path, command: str, target: str, value: str, step: dict[str, Any]) -> None:
    assert one(tmp_path, command, target, value) == [step]


def test_recorded_alternatives_are_kept_in_their_order(tmp_path: Path) -> None:
    targets = [["id=a", "id"], ["css=.b", "css:finder"], ["xpath=//button[contains(.,'Send')]", "xpath:innerText"]]
    press = one(tmp_path, "click", "id=a", targets=targets)[0]["press"]
    assert press["words"] == "Send" and [way["css"] for way in press["any"]][:2] == ["#a", ".b"]


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0", "3.0"])
def test_all_versions_come_in(tmp_path: Path, version: str) -> None:
    assert accounted(project(tmp_path, {"command": "open", "target": "/"}, version=version))[1]["breaches"] == []


def test_tests_become_journeys_of_their_own_and_kept_sessions_one(tmp_path: Path) -> None:
    tests = [
        {"id": name, "name": name, "commands": [{"id": name, "command": "open", "target": f"/{name}", "value": ""}]}
        for name in ("a", "b", "c")
    ]
    suite = {"id": "s", "name": "S", "persistSession": True, "parallel": False, "timeout": 300, "tests": ["b", "a"]}
    journeys = [j for j, _text, _script in bring(project(tmp_path, tests=tests, suites=[suite])).journeys]
    assert [[step.model_dump()["visit"] for step in j.steps] for j in journeys] == [["/b", "/a"], ["/c"]]
    assert all(isinstance(j, Journey) for j in journeys)


@pytest.mark.parametrize(
    "commands",
    [
        [{"command": "run", "target": "test"}],
        [{"command": "times", "target": "1000000"}, {"command": "click", "target": "id=a"}, {"command": "end"}],
        [{"command": "times", "target": "150"}] * 3 + [{"command": "open", "target": "/"}] + [{"command": "end"}] * 3,
        [{"command": "while", "target": "true"}, {"command": "open", "target": "/"}, {"command": "end"}],
        [{"command": "if", "target": "x"}] * 50,
        [{"command": "else"}, {"command": "repeatIf"}, {"command": "end"}],
    ],
)
def test_no_loop_runs_away(tmp_path: Path, commands: list[dict[str, Any]]) -> None:
    _brought, said = accounted(project(tmp_path, *commands))
    assert said["unmapped"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_project_never_crashes(tmp_path: Path, seed: int) -> None:
    never_crashes(SAMPLE, tmp_path, seed)
