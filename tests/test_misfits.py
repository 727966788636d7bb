"""What a file says that its model does not take is told in the reader's language, with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studies.misfits import dotted, first_misfit
from studies.planning.study import read_study
from studies.troubles import WrongInput
from studies.words import say_in


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = "a"
    kind: Literal["scale", "text"] = "text"
    often: int = Field(default=1, ge=1, le=9)
    share: float = Field(default=0.5, gt=0, lt=1)
    since: date = date(2026, 1, 1)
    sure: bool = True
    of: list[str] = Field(default=["a"], min_length=1, max_length=2)
    more: dict[str, int] = {}
    code: str = Field(default="a", pattern="^[a-z]$", max_length=3)


WRONG: list[dict[str, Any]] = [
    {"name": 3}, {"kind": "song"}, {"often": 0}, {"often": 10}, {"often": "often"}, {"often": 1.5},
    {"share": 0}, {"share": 1}, {"share": "half"}, {"since": "soon"}, {"sure": "perhaps"},
    {"of": "a"}, {"of": []}, {"of": ["a", "b", "c"]},
    {"more": []}, {"code": "A"}, {"stranger": 1},
]  # fmt: skip


@pytest.mark.parametrize("told", WRONG, ids=str)
def test_every_complaint_has_words_in_both_languages(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate(told)
    place, english = first_misfit(wrong.value)
    assert dotted(place) == next(iter(told))
    assert english and english != wrong.value.errors()[0]["msg"], "pydantic's own words"
    with say_in("ar"):
        _place, arabic = first_misfit(wrong.value)
    assert any("\u0600" <= letter <= "\u06ff" for letter in arabic), arabic


def test_a_wrong_study_is_told_in_arabic_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text("study: mine\ntitle: Mine\ntasks: []\nconditions: [a]\n", encoding="utf-8")
    with say_in("ar"), pytest.raises(WrongInput, match=r"السطر 3 من study.yaml، tasks: العدد أقل مما يلزم: الأدنى 1"):
        read_study(file)
