"""Steps moved, changed, added and taken away without writing YAML: nothing but that step's lines changes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import building, shelf, step_forms
from journeys.journey import STEPS, Journey
from journeys.reading import parse_journey
from studies.troubles import WrongInput

TEXT = """\
# a journey with remarks
journey: renew
title: {en: Renew, ar: تجديد}
agency: traffic
steps:
  # the first page
  - id: open
    visit: /renew   # below the base
  - give: {national_id: "{{citizen.national_id}}"}

  # only as it is
  - id: vehicle
    only: [as_is]
    # said twice
    give: {plate_number: "{{citizen.plate_number}}"}
  - id: insurance
    when: {text: Insurance}
    steps:
      - submit: {en: Continue, ar: متابعة}
      - back: true
  - submit: {en: Pay, ar: ادفع}
variants: {as_is: {}}
"""


def steps(text: str) -> list[Any]:
    return list(yaml.safe_load(text)["steps"])


def test_the_steps_are_told_with_their_places_and_lines() -> None:
    found = building.steps_in(TEXT)
    assert [(step.place, step.verb, step.line) for step in found] == [
        ((0,), "visit", 7),
        ((1,), "give", 9),
        ((2,), "give", 12),
        ((3,), "steps", 16),
        ((3, 0), "submit", 19),
        ((3, 1), "back", 20),
        ((4,), "submit", 21),
    ]


def test_a_step_moves_with_the_remarks_over_it_and_blank_lines_stay() -> None:
    moved = building.moved(TEXT, (2,), -1)
    lines = moved.splitlines()
    assert lines[8:14] == [
        "  # only as it is",
        "  - id: vehicle",
        "    only: [as_is]",
        "    # said twice",
        '    give: {plate_number: "{{citizen.plate_number}}"}',
        "",
    ]
    assert building.moved(moved, (1,), 1) == TEXT
    assert building.moved(TEXT, (0,), -1) == TEXT


def test_a_step_inside_another_is_taken_away() -> None:
    text = building.removed(TEXT, (3, 1))
    assert text == TEXT.replace("      - back: true\n", "")
    with pytest.raises(WrongInput, match="at least one step"):
        building.removed(text, (3, 0))


def test_a_changed_key_changes_its_line_and_no_remark_goes() -> None:
    text = building.changed(TEXT, (0,), {"id": "open", "visit": "/renew", "think": 2.0})
    assert text == TEXT.replace(
        "    visit: /renew   # below the base\n", "    visit: /renew   # below the base\n    think: 2.0\n"
    )
    text = building.changed(TEXT, (2,), {"id": "vehicle", "give": {"plate_number": "1"}})
    assert "    # said twice\n    give: {plate_number: '1'}\n" in text and "only:" not in text
    assert building.changed(TEXT, (1,), dict(building.steps_in(TEXT)[1].said)) == TEXT


def test_a_step_is_added_where_it_was_asked_for() -> None:
    text = building.added(TEXT, (1,), {"press": "Start", "id": "start"})
    assert text == TEXT.replace("  - give: {nat", "  - id: start\n    press: Start\n  - give: {nat", 1)
    assert steps(building.added(TEXT, (5,), {"leave": True}))[-1] == {"leave": True}
    assert steps(building.added(TEXT, (3, 2), {"leave": True}))[3]["steps"][-1] == {"leave": True}


def test_an_empty_journey_gets_its_first_step() -> None:
    assert steps(building.added("journey: x\nsteps:\n", (0,), {"visit": "/"})) == [{"visit": "/"}]
    assert steps(building.added("journey: x\n", (0,), {"visit": "/"})) == [{"visit": "/"}]
    assert steps(building.added("journey: x\nsteps: []\ntitle: y\n", (0,), {"visit": "/"})) == [{"visit": "/"}]


def test_what_cannot_be_built_on_is_said() -> None:
    with pytest.raises(WrongInput, match="on one line"):
        building.removed("steps: [{visit: /}, {back: true}]\n", (0,))
    with pytest.raises(WrongInput, match="no such step"):
        building.removed(TEXT, (9,))
    with pytest.raises(WrongInput, match="no YAML"):
        building.added("a: [", (1,), {"visit": "/"})
    assert building.steps_in("a: [") == [] and building.steps_in("steps: &a [*a]\n") == []


@pytest.mark.parametrize("path", sorted(shelf.LIBRARY.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_journey_can_be_built_on_and_stays_as_it_was(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    for step in building.steps_in(text):
        moved = building.moved(text, step.place, 1)
        if moved != text:
            assert building.moved(moved, (*step.place[:-1], step.place[-1] + 1), -1) == text
        assert building.changed(text, step.place, dict(step.said)) == text
        added = building.added(text, step.place, {"leave": True})
        assert building.removed(added, step.place) == text


NAMES = st.sampled_from(["open", "pay", "send"])
SIMPLE = st.sampled_from([{"visit": "/a"}, {"press": "Go"}, {"give": {"iban": "x"}}, {"back": True}, {"submit": True}])
DEED = st.sampled_from(["add", "move", "remove", "change"])
OPERATIONS = st.lists(st.tuples(DEED, st.integers(0, 6), SIMPLE), max_size=8)


@settings(max_examples=40)
@given(OPERATIONS)
def test_whatever_is_done_to_the_text_is_what_would_be_done_to_a_list(operations: list[Any]) -> None:
    text, plain = TEXT, steps(TEXT)
    for what, n, step in operations:
        n %= len(plain)
        if what == "add":
            text = building.added(text, (n,), step)
            plain.insert(n, step)
        elif what == "move" and n + 1 < len(plain):
            text = building.moved(text, (n,), 1)
            plain[n], plain[n + 1] = plain[n + 1], plain[n]
        elif what == "remove" and len(plain) > 1:
            text = building.removed(text, (n,))
            del plain[n]
        elif what == "change":
            text = building.changed(text, (n,), step)
            plain[n] = step
        assert steps(text) == plain
    assert text.startswith("# a journey with remarks\n") and text.endswith("variants: {as_is: {}}\n")


@pytest.mark.parametrize("verb", step_forms.VERBS)
def test_a_step_that_a_form_begins_is_one_of_that_verb(verb: str) -> None:
    text = building.added(TEXT, (1,), step_forms.begun(verb))
    step = building.steps_in(text)[1]
    assert (step.place, step.verb) == ((1,), verb)
    assert verb in STEPS and step_forms.told(step, None).startswith("2 · ")


def test_a_form_leaves_alone_what_it_cannot_show() -> None:
    assert step_forms.texts({"en": "a", "ar": "ب"}, ["en", "ar"]) == {"en": "a", "ar": "ب"}
    assert step_forms.texts({"words": "Pay", "role": "button"}, ["en", "ar"]) is None
    assert step_forms.text_of({"en": "a", "ar": ""}) == "a"
    said = step_forms.with_remarks(
        {"visit": "/", "think": "5", "when": {"text": "x", "gone": "y"}}, id_="", only=[], when=None, demands=["print"],
        think=5.0,
    )  # fmt: skip
    assert said == {"visit": "/", "think": "5", "when": {"text": "x", "gone": "y"}, "demands": ["print"]}


def test_a_journey_built_from_nothing_can_be_walked() -> None:
    text = shelf.EMPTY.format(name="mine")
    text = building.added(text, (1,), {"give": {"national_id": step_forms.hole("national_id")}})
    text = building.added(text, (2,), {"submit": {"en": "Continue", "ar": "متابعة"}, "demands": ["office_hours"]})
    journey: Journey = parse_journey(text)
    assert [step.verb for step in journey.every_step()] == ["visit", "give", "submit"]
