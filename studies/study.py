"""A study: what we want to learn, by which tasks, under which conditions, and what participants are asked.

A study is a folder with a study.yaml; those beside this file came with the lab.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from studies.troubles import WrongInput

SHIPPED: Final = Path(__file__).parent

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Text = str | dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Load(_Part):
    """How many citizens come at once, to which task, and for how long."""

    task: str
    condition: str
    citizens: int = Field(ge=1, le=10_000)
    seconds: float = Field(gt=0, le=3600)


class Survey(_Part):
    """Which instrument is asked after each task. Rehearsed answers are drawn around an attitude towards a condition.

    The `seed` draws them; an attitude is from 0 (hated it) to 1 (loved it): an assumption, nothing that was found.
    """

    instrument: Name
    seed: int = 0
    attitudes: dict[Name, Annotated[float, Field(ge=0, le=1)]] = {}


class Study(_Part):
    """One question, the tasks that answer it, and the conditions that are compared."""

    study: Name
    title: Text
    question: Text | None = None
    tasks: list[str] = Field(min_length=1)
    conditions: list[Name] = Field(min_length=1)
    times: int = Field(default=1, ge=1, le=1000)
    language: str = "en"
    load: Load | None = None
    survey: Survey | None = None

    @model_validator(mode="after")
    def _load_is_of_this_study(self) -> Study:
        if self.load and self.load.task not in self.tasks:
            raise ValueError(f"load.task {self.load.task} is not among the tasks: {', '.join(self.tasks)}")
        if self.load and self.load.condition not in self.conditions:
            raise ValueError(f"load.condition {self.load.condition} is not among: {', '.join(self.conditions)}")
        return self


def read_study(path: Path) -> Study:
    """The study that a file tells. Raises WrongInput naming the place and what is wrong there."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WrongInput(f"There is no study {path}. Those that came with the lab: {', '.join(shipped())}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        mark = getattr(cause, "problem_mark", None)
        where = f"line {mark.line + 1} of {path.name}" if mark else path.name
        raise WrongInput(
            f"{where}: this is no YAML ({getattr(cause, 'problem', cause)}). Indent with spaces."
        ) from None
    if not isinstance(told, dict):
        raise WrongInput(f"{path.name}: a study is keys with values: study, title, tasks, conditions, …")
    try:
        return Study.model_validate(told)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise WrongInput(f"{path.name}, {where}: {first['msg'].removeprefix('Value error, ')}.") from None


def shipped() -> dict[str, Path]:
    """The studies that came with the lab: name and file."""
    return {path.parent.name: path for path in sorted(SHIPPED.glob("*/study.yaml"))}
