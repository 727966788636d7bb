"""Predicted effort: the seconds that a practised citizen's hands and head need for each step, were no wait in it.

The keystroke-level model (Card, Moran and Newell 1980) adds up operators: K a key, P pointing, H a hand moved between
keyboard and mouse, M a moment of thought, B a mouse button pressed or released, BB both: a click, R the service's
response, whose seconds are measured and never predicted here.

The estimate is a lower bound: of an expert who makes no mistake, knows the form by heart, reads nothing, and points
with a mouse as people did when the times were taken. **Not claimed:** anything for touch, for letters of an Arabic
keyboard, for calls and visits, for what the citizen has to look up or fetch, for reading; capitals count as one key.

| verb | operators |
| --- | --- |
| visit | M, a K for each character of the address and one for Enter |
| press, submit, ask, back | M P BB |
| give | for each field M P BB H and a K for each character of the persona's datum |
| choose | M P BB, and P BB for each further thing that is chosen |
| upload | M P BB for the dialogue, H and a K for each character of the file's name and one for Enter |
| expect, leave | none: waiting is measured, turning away takes no operator |
| call, attend | none: nothing is claimed for a conversation |

H is added wherever a hand must move: to the keys before typing, back to the mouse before pointing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Final

from journeys.filling import each_of, text_for
from journeys.holes import holes_in
from journeys.journey import (
    Ask,
    Attend,
    Back,
    Call,
    Choose,
    ForEach,
    Give,
    Journey,
    Part,
    Press,
    Send,
    Step,
    Submit,
    Upload,
    Visit,
)
from journeys.personas import Persona, personas_for
from journeys.steps import Named, in_variant, named_steps
from studies.events import SCREENS, hint
from studies.places import address
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

#: Card, Moran and Newell (1980): K .20 (a skilled typist, 55 words a minute), P, H, M; Kieras (2001): B, BB.
OPERATOR_SECONDS: Final[dict[str, float]] = {"K": 0.20, "P": 1.10, "H": 0.40, "M": 1.35, "B": 0.10, "BB": 0.20}

RECORDED: Final = N_("a recorded request: what the citizen did at the screen is not in it")
CONVERSATION: Final = N_("a conversation: the model says nothing about it")
TOUCH: Final = N_("on a touch screen: the model has no times for it")
LETTERS: Final = N_("typed in letters that the model has no times for")
UNKNOWN: Final = N_("what is typed is not known")


def klm_estimate(
    operator_counts: Mapping[str, float], operator_seconds: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The seconds that so many of each operator take; a time that is not told is the one of OPERATOR_SECONDS.

    Card, Moran and Newell (1980): 4 M and 15 K are 8.4 s; 2 M, 8 K, 2 H and 1 P are 6.2 s. Raises WrongInput for an
    operator without a time, R among them unless its measured seconds are told, and for what is no count or time.
    """
    seconds = {**OPERATOR_SECONDS, **(operator_seconds or {})}
    for operator, count in operator_counts.items():
        if operator not in seconds:
            raise WrongInput(
                _("The operator {operator} has no time. Known: {known}.{hint} R needs the seconds measured.").format(
                    operator=operator, known=in_a_row(seconds), hint=hint(operator, list(seconds))
                )
            )
        for number in (count, seconds[operator]):
            if not isinstance(number, int | float) or not math.isfinite(number) or number < 0:
                raise WrongInput(
                    _("{operator}: {number} is neither a count nor a time: nought or more is.").format(
                        operator=operator, number=number
                    )
                )
    return {"seconds": math.fsum(count * seconds[operator] for operator, count in operator_counts.items())}


@dataclass(frozen=True, slots=True)
class StepEffort:
    """What one step asks of hands and head: its operators, and their seconds; None where none are claimed."""

    step: str
    operators: Mapping[str, float]
    seconds: float | None
    optional: bool = False  # taken only when the page shows something
    why: str = ""  # why no seconds are claimed

    def json(self) -> dict[str, Any]:
        """The step's effort as it is exchanged."""
        return {
            "step": self.step,
            "operators": dict(self.operators),
            "seconds": None if self.seconds is None else round(self.seconds, 6),
            "optional": self.optional,
            "reason": _(self.why) if self.why else None,
        }


def predicted(
    journey: Journey,
    variant: str | None = None,
    language: str | None = None,
    personas: Sequence[Persona] | None = None,
    operator_seconds: Mapping[str, float] | None = None,
) -> list[StepEffort]:
    """Each step's effort, in the journey's order; over several personas the mean count of each operator.

    A loop's steps are counted for each thing that the persona has.
    """
    personas = list(personas or personas_for(journey, 1))
    language = language or journey.languages[0]
    variant = variant or next(iter(journey.variants), None)
    steps = in_variant(named_steps(journey), journey, variant)
    found: dict[str, _Tally] = {}
    for persona in personas:
        person = _Person(journey, variant, language)
        for tally in person.takes(steps, {"citizen": persona}, False):
            kept = found.setdefault(tally.step, tally)
            if kept is not tally:
                kept.counts.update(tally.counts)
                kept.why = kept.why or tally.why
    return [tally.effort(len(personas), operator_seconds) for tally in found.values()]


def least(efforts: Sequence[StepEffort]) -> float:
    """The seconds of all steps that are taken whatever the page shows, and for which any are claimed."""
    return math.fsum(e.seconds for e in efforts if e.seconds is not None and not e.optional)


def pace_of(effort: StepEffort, operator_seconds: Mapping[str, float] | None = None) -> float:
    """The thinking and typing in a step, in seconds: what a robot may wait to keep a citizen's pace."""
    seconds = {**OPERATOR_SECONDS, **(operator_seconds or {})}
    return math.fsum(effort.operators.get(operator, 0) * seconds[operator] for operator in ("M", "H", "K"))


def paces(journey: Journey, variant: str | None, language: str, persona: Persona) -> dict[str, float]:
    """The pace of each step for one persona, each time it is taken: what a walk waits before it acts."""
    person = _Person(journey, variant, language)
    times: dict[str, list[float]] = {}
    for tally in person.takes(in_variant(named_steps(journey), journey, variant), {"citizen": persona}, False):
        times.setdefault(tally.step, []).append(pace_of(tally.effort(1, None)))
    return {step: fmean(each) for step, each in times.items()}


def document(efforts: Sequence[StepEffort]) -> dict[str, Any]:
    """The estimate as it is exchanged, with what it is an estimate of."""
    return {
        "seconds_at_least": round(least(efforts), 6),
        "bound": "lower, for an expert at a keyboard and mouse who makes no mistake",
        "operator_seconds": OPERATOR_SECONDS,
        "steps": [effort.json() for effort in efforts],
    }


def told(efforts: Sequence[StepEffort]) -> str:
    """The estimate as a person reads it on a terminal."""
    lines = []
    for effort in efforts:
        count = " ".join(f"{n:.4g} {operator}" for operator, n in effort.operators.items()) or "–"
        seconds = "–" if effort.seconds is None else f"{effort.seconds:.1f} s"
        remarks = [_(effort.why)] * bool(effort.why) + [_("only where the page asks for it")] * effort.optional
        lines.append(f"{effort.step:<34} {seconds:>8}  {count:<28} {'; '.join(remarks)}".rstrip())
    sure = _("At least {seconds} s, for an expert at a keyboard and mouse who makes no mistake.")
    return "\n".join([*lines, sure.format(seconds=f"{least(efforts):.1f}")])


@dataclass(slots=True)
class _Tally:
    """The operators of one step, counted over the personas."""

    step: str
    optional: bool
    counts: Counter[str] = field(default_factory=Counter)
    why: str = ""

    def effort(self, personas: int, operator_seconds: Mapping[str, float] | None) -> StepEffort:
        operators = {name: self.counts[name] / personas for name in OPERATOR_SECONDS if self.counts[name]}
        seconds = None if self.why else klm_estimate(operators, operator_seconds)["seconds"]
        return StepEffort(self.step, operators, seconds, self.optional, self.why)


@dataclass(slots=True)
class _Person:
    """One persona's hand on its way through the steps: at the keyboard, or at the mouse."""

    journey: Journey
    variant: str | None
    language: str
    at_keys: bool = True

    def takes(self, steps: Sequence[Named], data: Mapping[str, Any], optional: bool) -> Iterator[_Tally]:
        for named in steps:
            step = named.step
            maybe = optional or step.when is not None
            if isinstance(step, Part):
                yield from self.takes(named.inside, data, maybe)
            elif isinstance(step, ForEach):
                for one in self._each(step, data):
                    yield from self.takes(named.inside, {**data, step.as_: one}, maybe)
            else:
                tally = _Tally(named.id, maybe)
                self._does(step, tally, data)
                if isinstance(step, Send):
                    tally.why = RECORDED
                elif isinstance(step, Call | Attend) or (step.channel or self.journey.channel) not in SCREENS:
                    tally.why = CONVERSATION
                elif (step.channel or self.journey.channel) == "mobile":
                    tally.why = TOUCH
                yield tally

    @staticmethod
    def _each(step: ForEach, data: Mapping[str, Any]) -> list[Any]:
        try:
            return each_of(step.for_each, data)
        except WrongInput:
            return []

    def _does(self, step: Step, tally: _Tally, data: Mapping[str, Any]) -> None:
        match step:
            case Visit():
                tally.counts["M"] += 1
                self._types(tally, [step.visit], data, enter=True, address_of=True)
            case Press() | Submit() | Ask() | Back():
                tally.counts["M"] += 1
                self._clicks(tally)
            case Give():
                for value in step.give.values():
                    tally.counts["M"] += 1
                    self._clicks(tally)
                    self._types(tally, [value], data)
            case Choose():
                for choice in step.choose.values():
                    tally.counts["M"] += 1
                    for _one in choice if isinstance(choice, list) else [choice]:
                        self._clicks(tally)
            case Upload():
                for file in step.upload.values():
                    tally.counts["M"] += 1
                    self._clicks(tally)
                    self._types(tally, [file.rpartition("/")[2]], data, enter=True)

    def _clicks(self, tally: _Tally) -> None:
        if self.at_keys:
            tally.counts["H"] += 1
            self.at_keys = False
        tally.counts.update(("P", "BB"))

    def _types(
        self, tally: _Tally, texts: list[Any], data: Mapping[str, Any], *, enter: bool = False, address_of: bool = False
    ) -> None:
        if not self.at_keys:
            tally.counts["H"] += 1
            self.at_keys = True
        for text in texts:
            if any(hole.startswith("env.") for hole in holes_in(text)):
                tally.why = UNKNOWN  # a secret is not looked at, not even for its length
                continue
            try:
                typed = text_for(text, self.language, data)
            except WrongInput:  # this persona does not have it: whether it is needed, the walk will see
                tally.why = UNKNOWN
                continue
            if address_of:
                typed = address(typed, self._base()).partition("://")[2]  # nobody types the scheme
            if any(ord(letter) > 0x24F for letter in typed):
                tally.why = LETTERS
            tally.counts["K"] += len(typed)
        tally.counts["K"] += enter

    def _base(self) -> str:
        chosen = self.journey.variants.get(self.variant or "")
        where = (chosen.base_url if chosen else None) or self.journey.base_url or "http://"
        path = (chosen.path if chosen else None) or ""
        return where.rstrip("/") + ("/" + path.strip("/") if path.strip("/") else "")
