"""Which study is meant, and whether all that its protocol names is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from studies.planning.designing import Problem, files, own_file, problem, study_of
from studies.planning.freezing import frozen
from studies.planning.study import Place, Study, mistaken, read_study, shipped
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

StudyName = Annotated[str, typer.Argument(metavar="STUDY", help="A study.yaml, its folder, or a study's name.")]

#: where in the file, and what
Found = tuple[Place, str]


def file_of(name: str, space: Workspace) -> Path:
    """The file of a study: by path, by folder, one that came with the lab, or one that was frozen here."""
    path = Path(name)
    if path.is_file():
        return path
    if (path / "study.yaml").is_file():
        return path / "study.yaml"
    if own_file(name, space).is_file():
        return own_file(name, space)
    if name in shipped():
        return shipped()[name]
    if (old := frozen(name, space)) is not None and Path(old.file).is_file():
        return Path(old.file)
    there = ", ".join(sorted(files(space)))
    raise WrongInput(
        _("There is no study {name}. Name its study.yaml, or one of: {there}.").format(name=name, there=there)
    )


def name_of(name: str, space: Workspace) -> str:
    """A study's own name, whether its file is there or only what was kept of it."""
    from studies import archive
    from studies.store import Store

    if frozen(name, space) is not None or name in archive.studies_in(space):
        return name
    store = Store(space.database_url)
    try:
        if name in store.studies():
            return name
    finally:
        store.close()
    return read_study(file_of(name, space)).study


def read_whole(file: Path, space: Workspace) -> tuple[Study, dict[str, Any]]:
    """A study and its journeys, by task. Raises WrongInput, with file and line, for the first thing that is amiss."""
    study = read_study(file)
    journeys: dict[str, Any] = {}
    for place, message in _amiss(study, journeys, file.parent, space):
        raise mistaken(file, place, message)
    return study, journeys


def wrong_in(text: str, file: Path, space: Workspace) -> list[Problem]:
    """Every mistake in a study's text, each with its line: what it shows by itself, and what it names that is not."""
    study, found = study_of(text, file.name)
    if study is None:
        return found
    return found + [problem(text, place, said) for place, said in _amiss(study, {}, file.parent, space)]


def materials_of(study: Study, file: Path, space: Workspace) -> dict[str, str]:
    """Everything that a protocol names, and the SHA-256 of it."""
    from surveys.instruments import instrument, names
    from surveys.questionnaire.reading import questionnaire_named

    found = {task: _sum(journey_file(task, file.parent, space).read_bytes()) for task in study.tasks}
    for name in dict.fromkeys([*study.asked_after_task, *study.questionnaires.at_end]):
        whole = instrument(name, space) if name in names(space) else questionnaire_named(name, space)
        text = whole.model_dump_json() if hasattr(whole, "model_dump_json") else repr(whole)
        found[f"questionnaire {name}"] = _sum(text.encode())
    return found


def journey_file(task: str, beside: Path, space: Workspace | None = None) -> Path:
    """The journey that a task names: beside the study, an own copy (own/…), else of the library.

    Raises WrongInput naming what is there.
    """
    import conduct
    from journeys.shelf import own_folder

    own = beside / f"{task}.yaml"
    if space is not None and task.startswith("own/"):
        own = own_folder(space) / f"{task.removeprefix('own/')}.yaml"
    return own if own.is_file() else conduct.task_file(task)


def _amiss(study: Study, journeys: dict[str, Any], beside: Path, space: Workspace) -> Iterator[Found]:
    from journeys.reading import read_journey

    for nth, task in enumerate(study.tasks):
        try:
            journey = journeys[task] = read_journey(journey_file(task, beside, space))
        except WrongInput as wrong:
            yield ("tasks", nth), str(wrong)
            continue
        for place, condition in enumerate(study.conditions):
            if journey.variants and condition not in journey.variants:
                yield (
                    ("conditions", place),
                    _("{task} has no variant “{condition}”. It has: {there}").format(
                        task=task, condition=condition, there=", ".join(journey.variants)
                    ),
                )
        for language in study.languages:
            if language not in journey.languages:
                at: Place = ("participants", "languages", language) if study.participants else ("language",)
                yield (
                    at,
                    _("{task} is not written in “{language}”. It has: {there}").format(
                        task=task, language=language, there=", ".join(journey.languages)
                    ),
                )
    yield from _questions(study, space)
    yield from _analyses(study, space)


def _questions(study: Study, space: Workspace) -> Iterator[Found]:
    from surveys.instruments import names
    from surveys.invitations import asked_of
    from surveys.itinerary import admission
    from surveys.questionnaire.reading import questionnaire_named

    told = study.questionnaires
    named: list[Found] = [(("questionnaires", "after_task", nth), name) for nth, name in enumerate(told.after_task)]
    named += [(("questionnaires", "at_end", nth), name) for nth, name in enumerate(told.at_end)]
    if study.survey:
        named.append((("survey", "instrument"), study.survey.instrument))
    for place, name in named:
        try:
            whole = asked_of(name if name in names(space) else questionnaire_named(name, space), space)
        except WrongInput as wrong:
            yield place, str(wrong)
            continue
        for language in study.languages:
            if language not in whole.languages:
                there = ", ".join(whole.languages)
                yield (
                    place,
                    _("{name} is not worded in “{language}”. It can be: {there}").format(
                        name=name, language=language, there=there
                    ),
                )
    if (who := study.participants) is not None and (who.screener or who.quotas):
        try:
            admission(who.consent, who.screener, [one.model_dump() for one in who.quotas], space)
        except WrongInput as wrong:
            yield ("participants", "screener" if who.screener else "quotas"), str(wrong)


def _analyses(study: Study, space: Workspace) -> Iterator[Found]:
    from analysis.measure import metrics
    from studies.events import hint
    from surveys.instruments import names

    asked = study.asked_after_task
    every = [*metrics(), *names(space)]
    wanted: list[Found] = [(("analysis", nth, "measure"), one.measure) for nth, one in enumerate(study.analysis)]
    wanted += [(("hypotheses", nth, "measure"), one.measure) for nth, one in enumerate(study.hypotheses)]
    if study.stopping.measure:
        wanted.append((("stopping", "measure"), study.stopping.measure))
    for place, measure in wanted:
        if measure not in every:
            yield (
                place,
                _("nothing measures “{name}”.{hint} Metrics: {there}").format(
                    name=measure, hint=hint(measure, every), there=", ".join(metrics())
                ),
            )
        elif measure not in metrics() and measure not in asked:
            yield (
                place,
                _("“{name}” is asked of nobody after a task, so there will be no scores to compare. Add it to "
                  "questionnaires: after_task").format(name=measure),
            )  # fmt: skip


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
