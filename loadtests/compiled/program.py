"""A journey as a flat list of what is to be done, its loops unrolled, its texts numbered so that they can be filled.

What cannot be said so (sending what a recording shows) is `Unready`: such a journey is walked plainly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeys.filling import choice_for, document, each_of, text_for
from journeys.holes import fill
from journeys.journey import (
    Ask,
    Back,
    Choose,
    Expect,
    ForEach,
    Give,
    Journey,
    Leave,
    Part,
    Press,
    Step,
    Submit,
    Text,
    Upload,
    Visit,
)
from journeys.personas import Persona
from journeys.steps import Named, in_variant, named_steps
from journeys.targets import Way, ways

#: A value as it is given, as words, as several words, as a tick, or as a document.
Value = Any
Fill = Callable[[Mapping[str, Any]], Value]


class Unready(Exception):
    """This journey cannot be made ready; the message names what is in the way, in the journey's own words."""


@dataclass(frozen=True, slots=True)
class Op:
    """One thing to do. `text` numbers the value that it needs; `datum` is whose field; `skip` is where to go on."""

    kind: str
    step: str = ""
    datum: str = ""
    text: int = -1
    page: int = -1
    gone: int = -1
    skip: int = 0
    seconds: float = 0.0
    demands: tuple[str, ...] = ()
    target: tuple[Way, ...] | None = None


@dataclass(slots=True)
class Program:
    """The ops of a journey in one variant and language, for citizens whose lists are all so long."""

    ops: list[Op] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)

    def goes_back(self) -> bool:
        """Whether pages are come back to, so that they must be kept."""
        return any(op.kind == "back" for op in self.ops)

    def values(self, persona: Persona) -> list[Value]:
        """Every numbered text for one citizen."""
        data = {"citizen": persona}
        return [one(data) for one in self.fills]


Scope = tuple[tuple[str, str, int], ...]


def lengths_of(journey: Journey, persona: Persona) -> tuple[int, ...]:
    """How long the lists are that a journey's loops go over for one citizen. Raises WrongInput for what is none."""
    loops = [step for step in journey.every_step() if isinstance(step, ForEach)]
    return tuple(len(each_of(step.for_each, {"citizen": persona})) for step in loops)


def program_of(journey: Journey, variant: str, language: str, persona: Persona) -> Program:
    """The program for citizens like this one. Raises Unready."""
    program = Program()
    _Writer(journey, language, persona, program).write(in_variant(named_steps(journey), journey, variant), ())
    return program


@dataclass(slots=True)
class _Writer:
    journey: Journey
    language: str
    persona: Persona
    program: Program

    def write(self, steps: Sequence[Named], scope: Scope) -> None:
        for named in steps:
            step = named.step
            place = len(self.program.ops)
            if step.when:
                self.program.ops.append(Op("when"))
            if isinstance(step, Part):
                self.write(named.inside, scope)
            elif isinstance(step, ForEach):
                for index in range(len(each_of(step.for_each, {"citizen": self.persona}))):
                    self.write(named.inside, (*scope, (step.as_, step.for_each, index)))
            else:
                self._one(named.id, step, scope)
            if step.when:
                text = self._text(step.when.text, scope)
                self.program.ops[place] = Op("when", text=text, skip=len(self.program.ops))

    def _one(self, name: str, step: Step, scope: Scope) -> None:
        add = self.program.ops.append
        add(Op("enter", name, seconds=step.think, demands=tuple(step.demands)))
        for op in self._deeds(name, step, scope):
            add(op)
        add(Op("finish", name))

    def _deeds(self, name: str, step: Step, scope: Scope) -> Iterator[Op]:
        match step:
            case Visit():
                yield Op("visit", name, text=self._fill(step.visit, scope))
            case Press():
                yield Op("press", name, target=tuple(ways(step.press, self.language)))
            case Ask():
                yield Op("ask", name, target=tuple(ways(step.ask, self.language)))
            case Submit():
                button = None if step.submit is True else tuple(ways(step.submit, self.language))
                yield Op("submit", name, target=button)
            case Give():
                for datum, text in step.give.items():
                    yield Op("give", name, datum, self._text(text, scope))
            case Choose():
                for datum, choice in step.choose.items():
                    yield Op("choose", name, datum, self._number(self._choice(choice), scope))
            case Upload():
                for datum, file in step.upload.items():
                    yield Op("upload", name, datum, self._number(self._file(file), scope))
            case Expect():
                wanted = step.expect
                seen = self._text(wanted.text, scope) if wanted.text else -1
                page = self._fill(wanted.page, scope) if wanted.page else -1
                gone = self._text(wanted.gone, scope) if wanted.gone else -1
                yield Op("expect", name, text=seen, page=page, gone=gone, seconds=wanted.within)
            case Back():
                yield Op("back", name)
            case Leave():
                yield Op("leave", name)
            case _:  # whatever a form does not do
                raise Unready(step.verb)

    def _choice(self, choice: bool | list[Text] | Text) -> Fill:
        def chosen(data: Mapping[str, Any]) -> Value:
            value = choice_for(choice, self.language, data)
            return tuple(value) if isinstance(value, list) else value

        return chosen

    def _file(self, file: str) -> Fill:
        return lambda data: document(self.journey, fill(file, data, self.language))

    def _text(self, text: Any, scope: Scope) -> int:
        return self._number(lambda data: text_for(text, self.language, data), scope)

    def _fill(self, text: str, scope: Scope) -> int:
        return self._number(lambda data: fill(text, data, self.language), scope)

    def _number(self, made: Fill, scope: Scope) -> int:
        def filled(data: Mapping[str, Any]) -> Value:
            ones = {name: each_of(many, data)[index] for name, many, index in scope}
            return made({**data, **ones} if ones else data)

        self.program.fills.append(filled)
        return len(self.program.fills) - 1
