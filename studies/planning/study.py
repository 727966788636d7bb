"""A study: what we want to learn, by which tasks, under which conditions, and what participants are asked.

A study is a folder with a study.yaml; those beside this file came with the lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field, ValidationError, model_validator

from studies.misfits import dotted, first_misfit
from studies.planning.assignment import cycle
from studies.planning.protocol import (
    Analysis,
    Hypothesis,
    Moderator,
    Name,
    Part,
    Participants,
    Planning,
    Questionnaires,
    Stopping,
    Text,
)
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.yaml_places import line_of

SHIPPED: Final = Path(__file__).parents[1]
Place = Sequence[str | int]


class Load(Part):
    """How many citizens come at once, to which task, and for how long."""

    task: str
    condition: str
    citizens: int = Field(ge=1, le=10_000)
    seconds: float = Field(gt=0, le=3600)


class Survey(Part):
    """Which instrument is asked after each task, and what rehearsed answers to all that is asked are drawn around.

    The `seed` draws them; an attitude is from 0 (hated it) to 1 (loved it): an assumption, nothing that was found.
    """

    instrument: Name
    seed: int = 0
    attitudes: dict[Name, Annotated[float, Field(ge=0, le=1)]] = {}


class Study(Part):
    """One question, the tasks that answer it, the conditions that are compared, and the protocol it is done by."""

    study: Name
    title: Text
    question: Text | None = None
    hypotheses: list[Hypothesis] = []
    tasks: list[str] = Field(min_length=1)
    conditions: list[Name] = Field(min_length=1)
    times: int = Field(default=1, ge=1, le=1000)
    language: str = "en"
    participants: Participants | None = None
    questionnaires: Questionnaires = Questionnaires()
    stopping: Stopping = Stopping()
    analysis: list[Analysis] = []
    planning: Planning = Planning()
    moderator: Moderator | None = None
    load: Load | None = None
    survey: Survey | None = None

    @model_validator(mode="after")
    def _load_is_of_this_study(self) -> Study:
        if self.load and self.load.task not in self.tasks:
            raise ValueError(
                _("load.task {task} is not among the tasks: {there}").format(
                    task=self.load.task, there=", ".join(self.tasks)
                )
            )
        if self.load and self.load.condition not in self.conditions:
            raise ValueError(
                _("load.condition {condition} is not among: {there}").format(
                    condition=self.load.condition, there=", ".join(self.conditions)
                )
            )
        return self

    @property
    def languages(self) -> dict[str, int]:
        """How many take part in each language."""
        return dict(self.participants.languages) if self.participants else {self.language: self.times}

    @property
    def asked_after_task(self) -> list[str]:
        """What a participant is asked after each task, each once; the survey's instrument too, unless it has a place.

        An instrument that the protocol asks when everything is over is not asked after each task as well.
        """
        told, survey = self.questionnaires, self.survey
        own = [survey.instrument] if survey and survey.instrument not in told.at_end else []
        return list(dict.fromkeys([*told.after_task, *own]))

    @property
    def within(self) -> bool:
        """Does everybody meet every condition?"""
        return self.participants is None or self.participants.design == "within"


def read_study(path: Path) -> Study:
    """The study that a file tells. Raises WrongInput naming the line, the place and what is wrong there."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = yaml.safe_load(text)
    except FileNotFoundError:
        raise WrongInput(
            _("There is no study {path}. Those that came with the lab: {there}.").format(
                path=path, there=", ".join(shipped())
            )
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        mark = getattr(cause, "problem_mark", None)
        where = _("line {line} of {file}").format(line=mark.line + 1, file=path.name) if mark else path.name
        raise WrongInput(
            _("{where}: this is no YAML ({cause}). Indent with spaces.").format(
                where=where, cause=getattr(cause, "problem", cause)
            )
        ) from None
    if not isinstance(told, dict):
        raise WrongInput(
            _("{file}: a study is keys with values: study, title, tasks, conditions, …").format(file=path.name)
        )
    try:
        study = Study.model_validate(told)
    except ValidationError as wrong:
        raise mistaken(path, *first_misfit(wrong)) from None
    for place, message in disagreements(study):
        raise mistaken(path, place, message)
    return study


def mistaken(path: Path, place: Place, message: str) -> WrongInput:
    """One mistake in a study's file, with its line."""
    line = line_of(path.read_text(encoding="utf-8-sig"), place)
    where = dotted(place) or _("the whole")
    return WrongInput(
        _("line {line} of {file}, {where}: {message}.").format(
            line=line, file=path.name, where=where, message=message.rstrip(".")
        )
    )


def disagreements(study: Study) -> Iterator[tuple[Place, str]]:
    """Where a study does not agree with itself: the place, and what would do."""
    questions = study.questionnaires
    for what, names in (
        (("tasks",), study.tasks),
        (("conditions",), study.conditions),
        (("questionnaires", "after_task"), questions.after_task),
        (("questionnaires", "at_end"), questions.at_end),
    ):
        for nth, name in enumerate(names):
            if name in names[:nth]:
                yield (*what, nth), _("“{name}” is told twice").format(name=name)
    if (study.stopping.measure is None) != (study.stopping.margin is None):
        missing = "margin" if study.stopping.margin is None else "measure"
        yield (
            ("stopping",),
            _("a rule has a measure and its margin, and here there is no {missing}").format(missing=missing),
        )
    yield from _unbalanced(study)
    yield from _keys_taken(study)
    known = [one.hypothesis for one in study.hypotheses]
    for nth, asked in enumerate(study.analysis):
        place = ("analysis", nth)
        if asked.hypothesis and asked.hypothesis not in known:
            there = in_a_row(known) or _("none yet")
            yield (
                (*place, "hypothesis"),
                _("there is no hypothesis “{name}”. There are: {there}").format(name=asked.hypothesis, there=there),
            )
        compared = {"conditions": study.conditions, "languages": list(study.languages), "tasks": study.tasks}
        if len(compared[asked.compare]) < 2:
            yield (
                (*place, "compare"),
                _("there is only one of the {what} ({name}): nothing can be compared. Add another, or leave it out")
                .format(what=asked.compare, name=compared[asked.compare][0]),
            )  # fmt: skip
        paired_never = asked.compare == "languages" or (asked.compare == "conditions" and not study.within)
        if asked.paired and paired_never:
            yield (
                (*place, "paired"),
                _("nobody meets two of the {what} in this design, so there are no pairs. Write paired: false, or "
                  "design: within").format(what=asked.compare),
            )  # fmt: skip


#: the desk's own keys: its tags, undo, words, and the two timers
KEYS_TAKEN: Final = "aceqnuwst"


def _keys_taken(study: Study) -> Iterator[tuple[Place, str]]:
    taken = set(KEYS_TAKEN)
    for nth, one in enumerate(study.moderator.tags if study.moderator else []):
        if one.key in taken:
            yield (
                ("moderator", "tags", nth, "key"),
                _("the key {key} is taken already. The desk's own are: {own}").format(
                    key=one.key, own=in_a_row(KEYS_TAKEN)
                ),
            )
        taken.add(one.key)


def _unbalanced(study: Study) -> Iterator[tuple[Place, str]]:
    asked = study.participants
    if asked is None or asked.order != "balanced":
        return
    every = cycle(len(study.conditions)) if asked.design == "within" else len(study.conditions)
    for language, n in asked.languages.items():
        if n % every:
            fewer, more = n // every * every, (n // every + 1) * every
            enough = _("{fewer} or {more}").format(fewer=fewer, more=more) if fewer else str(more)
            yield (
                ("participants", "languages", language),
                _("{n} participants cannot be balanced over {k} conditions ({design}): it takes a multiple of {every}. "
                  "Take {enough}, or write order: as_told")
                .format(n=n, k=len(study.conditions), design=asked.design, every=every, enough=enough),
            )  # fmt: skip


def shipped() -> dict[str, Path]:
    """The studies that came with the lab: name and file."""
    return {path.parent.name: path for path in sorted(SHIPPED.glob("*/study.yaml"))}
