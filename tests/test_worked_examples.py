"""Worked examples are judged as they say: to half the last printed digit and unrounded; a mistake is named."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from analysis.proving import worked_examples
from analysis.proving.worked_examples import agrees, read_examples, statistics_named, verify
from studies.troubles import WrongInput
from surveys.scoring import sus

SAMPLES = Path(__file__).parent / "samples" / "statistics.json"


def example(**changed: Any) -> dict[str, Any]:
    """Brooke's own example, with changes."""
    return {
        "id": "one",
        "statistic": "sus_score",
        "inputs": {"responses": [5, 4, 2, 1, 2, 3, 2, 4, 5, 2]},
        "expected": {"valid": True, "sus": 55.0},
        "rel_tol": 1e-6,
        "abs_tol_floor": 1e-9,
    } | changed


def test_every_example_of_a_questionnaire_comes_out() -> None:
    found = verify(read_examples(SAMPLES), "surveys").json()
    assert found["mismatches"] == [] and found["total"] == found["passed"] > 50


def test_every_statistic_of_the_examples_is_computed_by_somebody() -> None:
    keys = {one["statistic"] for one in read_examples(SAMPLES)}
    assert [key for key in sorted(keys) if not statistics_named(key)] == []


def test_a_planted_mistake_is_named_with_what_was_expected_and_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(**_inputs: Any) -> dict[str, Any]:
        return {"valid": True, "sus": 27.5}

    half.__module__ = sus.__name__
    monkeypatch.setattr(sus, "sus_score", half)
    found = verify(
        [example(), example(id="other", statistic="sus_grade", inputs={"mean_sus": 70}, expected={"grade": "C"})]
    )
    assert found.json() == {
        "total": 2,
        "passed": 1,
        "mismatches": [{"id": "one", "expected": {"sus": 55.0}, "got": {"sus": 27.5}}],
    }


def test_the_printed_and_the_unrounded_figure_must_both_agree() -> None:
    figure = {"statistic": "sus_percentile", "inputs": {"mean_sus": 68.0}, "abs_tol": 1.0, "precise_rel_tol": 1e-6}
    right = example(**figure, expected={"percentile": 50}, expected_precise={"percentile": 50.3442623})
    printed = example(**figure, expected={"percentile": 48}, expected_precise={"percentile": 50.3442623})
    precise = example(**figure, expected={"percentile": 50}, expected_precise={"percentile": 50.0})
    assert len(verify([right]).mismatches) == 0
    assert [one.expected for one in verify([printed, precise]).mismatches] == [{"percentile": 48}, {"percentile": 50.0}]


def test_what_nobody_computes_or_cannot_be_computed_is_a_mismatch_that_says_so() -> None:
    unknown, wrong = verify([example(statistic="mood"), example(inputs={"answers": []})]).json()["mismatches"]
    assert unknown["got"] is None and "mood" in unknown["why"]
    assert wrong["got"] is None and "TypeError" in wrong["why"]
    gone = verify([example(expected={"grade": "C"})]).json()["mismatches"]
    assert gone[0]["got"] == {"grade": None}, "an output that is not there does not agree"


def test_a_questionnaires_key_is_still_asked_for_when_its_function_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sus, "sus_score")
    assert verify([example()], "surveys").json()["passed"] == 0


def test_only_some_are_evaluated_when_asked_for_and_none_is_no_success() -> None:
    both = [
        example(),
        example(id="w", statistic="wilson_ci", inputs={"successes": 0, "trials": 1}, expected={"ci_low": 0}),
    ]
    assert [verify(both, only).total for only in (None, "surveys", "analysis", "wilson_ci")] == [2, 1, 1, 1]
    with pytest.raises(WrongInput, match="nowhere"):
        verify(both, "nowhere")


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        (None, None, True), (0, None, False), (math.nan, None, False), (None, 0, False), (math.nan, 1.0, False),
        (True, True, True), (1, True, False), (True, 1, False), ("A", "A", True), ("A-", "A", False),
        (1.0000001, 1, True), (1.001, 1, False), (0.0, 1e-10, True), ([1, 2], [1, 2], True), ([1], [1, 2], False),
        ((1, None), [1, None], True), ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": {}}, {"a": {"b": 1}}, False),
        ("1", 1, False), (-math.inf, -math.inf, True),
    ],
)  # fmt: skip
def test_numbers_agree_within_a_tolerance_and_everything_else_exactly(got: Any, expected: Any, same: bool) -> None:
    assert agrees(got, expected, 1e-6, 1e-9) is same


@pytest.mark.parametrize("text", ["", "[", "{}", "3", '[{"statistic": "sus_score"}]', '[{"id": 1, "inputs": {}}]'])
def test_a_file_that_holds_no_examples_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "examples.json"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongInput, match=r"examples\.json"):
        read_examples(path)


def test_examples_may_stand_in_an_object(tmp_path: Path) -> None:
    path = tmp_path / "examples.json"
    path.write_text(json.dumps({"examples": [example()]}), "utf-8")
    assert verify(read_examples(path)).total == 1
    assert "1 of 1" in verify(read_examples(path)).told()
    assert worked_examples.Verified(0, ()).json() == {"total": 0, "passed": 0, "mismatches": []}
