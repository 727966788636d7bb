"""What a participant of a study is given to do: drawn from the frozen protocol, kept in the store with its words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from commands.study._protocol import materials_of, read_whole
from journeys.filling import choice_for, document, each_of, text_for
from journeys.hearing.errands import Errand, based
from journeys.journey import Choose, ForEach, Give, Journey, Part, Step, Upload
from journeys.personas import personas_for
from journeys.steps import Named, in_variant, named_steps
from journeys.targets import alternatives
from studies.events import hint
from studies.planning.assignment import Turn, pseudonym, turns
from studies.planning.freezing import freeze, frozen
from studies.planning.study import Study
from studies.store import Store
from studies.store.assignments import WAITING, Assignment, assignments_of, itinerary, keep_assignments
from studies.topics import datum_of, known_words
from studies.troubles import WrongInput
from studies.words import _, pick
from studies.workspace import Workspace
from surveys.instruments import names
from surveys.invitations import invite
from surveys.itinerary import BEFORE, TASK, admission, admitting
from surveys.questionnaire.reading import keep, of_instruments, questionnaire_named

#: where a journey's service stands under a condition
Where = Callable[[Journey, str], str]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A study that has started, with the journeys of its tasks."""

    study: Study
    journeys: dict[str, Journey]
    file: Path


def started(file: Path, space: Workspace, now: datetime) -> Protocol:
    """A frozen protocol. Raises WrongInput where it was never frozen, or was changed since."""
    study, journeys = read_whole(file, space)
    if frozen(study.study, space) is None:
        raise WrongInput(
            _("“{study}” has not started: nobody takes part before its protocol is frozen. ./lab study freeze {name}")
            .format(study=study.study, name=file)
        )  # fmt: skip
    freeze(study, materials_of(study, file, space), file, space, now)
    return Protocol(study, journeys, file)


def chosen(of: Protocol, store: Store, participant: str | None, language: str | None) -> tuple[str, int]:
    """Which participant it is, by language and number: the one who is named, else the next who has not begun."""
    study = of.study
    if language is not None and language not in study.languages:
        there = ", ".join(study.languages)
        raise WrongInput(
            _("Nobody takes part in “{study}” in “{language}”. It has: {there}.").format(
                study=study.study, language=language, there=there
            )
        )
    wanted = [language] if language else list(study.languages)
    if participant is not None:
        return _named(study, participant, wanted)
    begun = {one.participant for one in assignments_of(store, study.study) if one.state != WAITING}
    for tongue in wanted:
        for number in range(1, study.languages[tongue] + 1):
            if pseudonym(study.study, tongue, number) not in begun:
                return tongue, number
    raise WrongInput(
        _("All {n} participants of “{study}” took part. Go on with one of them: --participant {example}").format(
            n=sum(study.languages[tongue] for tongue in wanted), study=study.study,
            example=pseudonym(study.study, wanted[0], 1),
        )
    )  # fmt: skip


def _named(study: Study, participant: str, wanted: list[str]) -> tuple[str, int]:
    for language in wanted:
        every = [pseudonym(study.study, language, n) for n in range(1, study.languages[language] + 1)]
        if participant in every:
            return language, every.index(participant) + 1
        if re.fullmatch(r"p?0*[1-9]\d*", participant) and int(participant.lstrip("p")) <= len(every):
            return language, int(participant.lstrip("p"))
    every = [pseudonym(study.study, one, n) for one in wanted for n in (1, study.languages[one])]
    raise WrongInput(
        _("“{study}” has no participant {name}. It has {first} to {last}.{hint}").format(
            study=study.study, name=participant, first=every[0], last=every[-1], hint=hint(participant, every)
        )
    )


def task_of(of: Protocol, task: str) -> str:
    """A task by its name, or by its journey's. Raises WrongInput with those that there are."""
    for name, journey in of.journeys.items():
        if task in (name, journey.journey, name.rpartition("/")[2]):
            return name
    there = ", ".join(of.study.tasks)
    raise WrongInput(
        _("“{study}” has no task {task}. It has: {there}.{hint}").format(
            study=of.study.study, task=task, there=there, hint=hint(task, of.study.tasks)
        )
    )


def given_out(
    of: Protocol, store: Store, space: Workspace, who: tuple[str, int], way: str, where: Where, pages: str = ""
) -> list[Assignment]:
    """What a participant meets, in order, kept; whoever was given it already is told anew what has not begun.

    `way` is how they take part; `pages` is where the lab's own pages are reached from outside.
    """
    language, number = who
    study, name = of.study, pseudonym(of.study.study, language, number)
    before = {one.session: one for one in assignments_of(store, study.study) if one.participant == name}
    token = next((one.itinerary for one in before.values()), secrets.token_urlsafe(16))
    asked = study.participants
    entry = admission(
        asked.consent if asked else ["answers"], asked.screener if asked else None,
        [one.model_dump() for one in asked.quotas] if asked else [], space,
    )  # fmt: skip
    tongue = language if language in entry.languages else None
    invite(store, study.study, entry, language=tongue, participant=name, space=space, token=admitting(token),
           entry=TASK, ending=BEFORE)  # fmt: skip
    after = _questions(study.asked_after_task, store, space)
    end = _questions(study.questionnaires.at_end, store, space)
    those = []
    for turn in turns(study, language, number):
        journey = of.journeys[turn.task]
        session = turn.of_person
        mine = before[session].token if session in before else secrets.token_urlsafe(16)
        told = _told(journey, turn, number, where(journey, turn.condition))
        back = f"{pages.rstrip('/')}/t/{mine}" if pages else ""
        those.append(
            Assignment(
                mine, token, study.study, name, session, turn.place, way, language, turn.condition,
                told={**told, "task": turn.task, "after": after, "end": end, "back": back},
            )
        )  # fmt: skip
    keep_assignments(store, those)
    return itinerary(store, token)


def _questions(asked: list[str], store: Store, space: Workspace) -> list[str]:
    """The questionnaires as they are kept: instruments together, own ones each by itself."""
    known = names(space)
    together = [one for one in asked if one in known]
    found = [of_instruments(together, space)] if together else []
    found += [questionnaire_named(one, space) for one in asked if one not in known]
    return [keep(store, one) for one in found]


def _told(journey: Journey, turn: Turn, number: int, base_url: str) -> dict[str, Any]:
    """What the participant reads and needs, and what their way is judged by."""
    errand = Errand(journey, turn.condition, based(journey, turn.condition, base_url), turn.language)
    persona = personas_for(journey, number)[number - 1]
    details: dict[str, str] = {}
    files: list[dict[str, str]] = []
    steps = in_variant(named_steps(journey), journey, turn.condition)
    for kind, key, value in _at_hand(steps, {"citizen": persona}, turn.language):
        label = _label(key, turn.language)
        if kind == "file":
            path = document(journey, value)
            files.append({"label": label, "name": path.name, "path": str(path.resolve())})
        elif value not in details.get(label, "").split(" / "):
            details[label] = " / ".join(one for one in (details.get(label, ""), value) if one)
    said = pick(journey.description, turn.language) if journey.description else ""
    return {
        "title": pick(journey.title, turn.language),
        "words": [line.strip() for line in said.splitlines() if line.strip()],
        "details": [{"label": label, "value": value} for label, value in details.items()],
        "files": [one for nth, one in enumerate(files) if one not in files[:nth]],
        "journey": journey.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True),
        "base": errand.base,
        "url": errand.start(),
    }


def _at_hand(steps: tuple[Named, ...], data: dict[str, Any], language: str) -> Iterator[tuple[str, str, str]]:
    """What the script gives, chooses and uploads, so that a person can: the kind, the key and the value."""
    for named in steps:
        step: Step = named.step
        match step:
            case ForEach():
                for one in each_of(step.for_each, data):
                    yield from _at_hand(named.inside, {**data, step.as_: one}, language)
            case Part():
                yield from _at_hand(named.inside, data, language)
            case Give():
                for key, text in step.give.items():
                    yield "datum", key, text_for(text, language, data)
            case Choose():
                for key, choice in step.choose.items():
                    found = choice_for(choice, language, data)
                    if not isinstance(found, bool):
                        yield "datum", key, found if isinstance(found, str) else ", ".join(found)
            case Upload():
                for key, file in step.upload.items():
                    yield "file", key, file


def _label(key: str, language: str) -> str:
    """A datum as a person calls it."""
    name = next((one for one in alternatives(key) if not one.startswith("css:")), key)
    words = known_words(name, language) or known_words(datum_of(label=name, name=name) or name, language)
    plain = words[0] if words else name.replace("_", " ")
    return plain[:1].upper() + plain[1:]
