"""Who meets what in which order: the same for the same protocol and participant number, whoever asks and whenever.

Balanced Latin squares (Williams 1949): in each place each thing stands equally often, and each follows each other
equally often, so that neither practice nor what came just before speaks for one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studies.planning.study import Study


@cache
def williams(things: int) -> tuple[tuple[int, ...], ...]:
    """Orders of 0, 1, …: as many as there are things, twice as many where their number is odd. Williams (1949)."""
    first = [0]
    for step in range(1, things):
        first.append((first[-1] + (step if step % 2 else -step)) % things)
    rows = [tuple((one + shift) % things for one in first) for shift in range(things)]
    if things % 2 and things > 1:
        rows += [row[::-1] for row in rows]
    return tuple(rows)


def cycle(things: int) -> int:
    """How many participants, or a multiple, it takes until all orders were met equally often."""
    return len(williams(things))


@dataclass(frozen=True, slots=True)
class Turn:
    """One session that is to be: a participant's task under a condition, and in which place it comes."""

    session: str
    number: int  # the participant's, from 1, within the language
    participant: str
    language: str
    task: str
    condition: str
    place: int  # from 1
    of_person: str  # the session where a person takes this turn: a robot in their place is called otherwise


def turns(study: Study, language: str, number: int) -> list[Turn]:
    """What one participant meets, in order."""
    asked = study.participants
    conditions, tasks = study.conditions, study.tasks
    nth = number - 1
    if asked is None or asked.order == "as_told":
        blocks = conditions if study.within else [conditions[nth % len(conditions)]]
        order: Sequence[int] = range(len(tasks))
    elif asked.design == "within":
        rows, ways = williams(len(conditions)), williams(len(tasks))
        blocks = [conditions[one] for one in rows[nth % len(rows)]]
        # Every pair of orders is met in time, and each alone as early as can be.
        order = ways[(nth + nth // lcm(len(rows), len(ways))) % len(ways)]
    else:
        ways = williams(len(tasks))
        blocks = [conditions[nth % len(conditions)]]
        order = ways[nth // len(conditions) % len(ways)]
    met = [(tasks[task], condition) for condition in blocks for task in order]
    return [_turn(study, language, number, *one, place) for place, one in enumerate(met, 1)]


def pseudonym(study: str, language: str, number: int) -> str:
    """What a person is called in a study; a robot in their place is called otherwise."""
    return f"{study}-{language}-p{number:03d}"


def schedule(study: Study) -> list[Turn]:
    """Every session of a study, participant by participant."""
    return list(_all(study))


def orders(study: Study, language: str) -> list[list[tuple[str, str]]]:
    """What each participant of a language meets, place by place: task and condition, a row a participant."""
    return [
        [(turn.task, turn.condition) for turn in turns(study, language, number)]
        for number in range(1, study.languages[language] + 1)
    ]


def tasks_balanced(study: Study) -> dict[str, int]:
    """How many of each language it takes that tasks too stand in each place equally often; none where they do."""
    asked = study.participants
    if asked is None or asked.order == "as_told":
        return {}
    ways, rows = cycle(len(study.tasks)), cycle(len(study.conditions))
    every = lcm(rows, ways) if asked.design == "within" else ways * len(study.conditions)
    return {language: (n // every + 1) * every for language, n in asked.languages.items() if n % every}


def _all(study: Study) -> Iterator[Turn]:
    for language, n in study.languages.items():
        for number in range(1, n + 1):
            yield from turns(study, language, number)


def _turn(study: Study, language: str, number: int, task: str, condition: str, place: int) -> Turn:
    participant = f"{study.study}-{language}-{number:03d}"
    what = f"{task.replace('/', '-')}-{condition}"
    of_person = f"{pseudonym(study.study, language, number)}-{what}"
    return Turn(f"{participant}-{what}", number, participant, language, task, condition, place, of_person)
