"""How fragile a step is: words hold longest, what counts elements breaks first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import fragility
from journeys.fragility import of_css, of_key, of_step, of_xpath
from journeys.journey import Journey
from journeys.locators import css_of, key_of, of_recorder, of_selenium, target_of, unique, words_in
from journeys.reading import read_journey
from journeys.steps import steps_of

LIBRARY = sorted((Path(__file__).parent.parent / "journeys" / "library").rglob("*.yaml"))


def score(step: dict[str, Any]) -> float:
    journey = Journey.model_validate({"journey": "j", "title": "J", "agency": "a", "steps": [step]})
    return of_step(journey.steps[0])


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("[data-testid=pay]", 0.3), ("#name", 0.4), ('[name="email"]', 0.4), ("#app .pay", 0.6), ("button", 0.6),
        ("#input-4821", 0.7), ("#\\:r1\\:", 0.7), ("main form .row button", 0.75), ("li:nth-child(2) > a", 0.9),
        ("html > body > div > a:nth-of-type(2)", 1.0), ("xpath=//div[2]/a", 0.9),
    ],
)  # fmt: skip
def test_selectors_have_the_scores_that_are_written_down(selector: str, expected: float) -> None:
    assert of_css(selector) == expected
    assert f"{expected:g}" in (fragility.__doc__ or "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/html/body/div[2]/a", 1.0), ("//html/body/a", 0.9), ("(//a)[3]", 0.9), ("//a[contains(text(),'Go')]", 0.2),
        ("//input[@id='mail']", 0.4), ("//form//input", 0.6), ("//main//form//p//input", 0.75),
    ],
)  # fmt: skip
def test_paths_have_the_scores_that_are_written_down(path: str, expected: float) -> None:
    assert of_xpath(path) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"press": "Continue"}, 0.0), ({"press": {"css": "#go"}}, 0.4), ({"press": {"name": "go"}}, 0.4),
        ({"press": {"css": "ul > li:nth-child(2) > a", "any": ["Next"]}}, 0.9), ({"submit": True}, 0.0),
        ({"give": {"national_id": "1"}}, 0.0), ({"give": {"Your name": "x"}}, 0.0), ({"give": {"userName": "x"}}, 0.4),
        ({"choose": {"css:form select": "x", "email": "y"}}, 0.6), ({"visit": "/"}, 0.0), ({"back": True}, 0.0),
    ],
)  # fmt: skip
def test_a_step_is_as_fragile_as_what_is_tried_first(step: dict[str, Any], expected: float) -> None:
    assert score(step) == expected


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_the_library_looks_for_what_a_citizen_reads(path: Path) -> None:
    assert {of_step(step) for _id, step in steps_of(read_journey(path))} <= {0.0, 0.4}


@given(st.text(max_size=40))
def test_any_text_has_a_score(text: str) -> None:
    assert 0 <= of_css(text) <= 1
    assert 0 <= of_xpath(text) <= 1
    assert 0 <= of_key(text) <= 1
    css_of(text), words_in(text), of_selenium(text), target_of(of_recorder([text])), key_of(of_recorder([[text, text]]))


@pytest.mark.parametrize(
    ("path", "css"),
    [
        ("//*[@id='test']", "#test"), ("//form[@id='login']/div[2]/input", "form#login > div:nth-of-type(2) > input"),
        ("/html/body//a", "html > body a"), ("//a[contains(@href,'/x')]", 'a[href*="/x"]'),
        ("(//input[@value='Go'])[1]", 'input[value="Go"]'), ("//a[last()]", None), ("//a/text()", None),
        ("//*[2]", None), ("//a/../b", None), ("(//a)[2]", None),
        ("//input[@type='text' and @name='q']", 'input[type="text"][name="q"]'),
    ],
)  # fmt: skip
def test_a_path_is_said_in_css_where_css_can_say_it(path: str, css: str | None) -> None:
    assert css_of(path) == css


def test_words_that_a_path_looks_for_are_proposed_with_their_role() -> None:
    found = unique([one for one in [of_selenium("xpath=//button[normalize-space(.)='Pay now']")] if one])
    assert target_of(found)["words"] == "Pay now"
    assert target_of(found)["role"] == "button"
