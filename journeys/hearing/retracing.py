"""Which step of the journey's script was it? Asked of whoever was heard and not told: participants, recordings.

What somebody did is laid along the script so that as much as can be fits at the least cost (Viterbi 1967): a label, a
datum, a page or a form's button in any of the journey's languages. Steps may be left out, done again, or done in
another order, the dearer the further it is. What fits no step is off the path and gets no step id; whoever comes back
gets ids again. A sentence of the service's belongs to the citizen's that it answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from math import inf
from typing import Final

from journeys.holes import HOLE
from journeys.journey import Ask, Back, Choose, Give, Journey, Look, Press, Step, Submit, Text, Upload, Visit
from journeys.steps import Named, in_variant, named_steps
from journeys.targets import alternatives, masked, normal_label, ways
from studies.events import Sentence
from studies.places import address, page_key
from studies.topics import datum_of

BY_CITIZEN: Final = ("acts", "asks", "gives", "submits")
#: what it costs to lay one sentence along one step. Off the path is dearer than any fit, so that what fits is a step.
OFF: Final = 1.0
NEARLY: Final = 0.2  # a label that is nearly the step's
UNSAID: Final = 0.4  # a form whose button nobody told
AGAIN: Final = 0.05  # the same step once more, on the same page
PASSED: Final = 0.08  # for each step left out
PASSED_OPTIONAL: Final = 0.01  # for each of those that not everybody meets
BACK: Final = 0.15  # to an earlier step
ELSEWHERE: Final = 0.4  # the same button though another page came, or past a step that leads on though none did
BACK_EACH: Final = 0.02  # and for each between
ALIKE: Final = 0.88  # from which on two labels are nearly the same


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a step asks of the citizen: a page to open, words to press, a datum to give, a form to send."""

    step: str
    verb: str  # acts, gives, submits
    means: frozenset[str]  # what the sentence may be about; of a form, the words of its button
    optional: bool
    turns: bool  # whether it leads to another page


@dataclass(frozen=True, slots=True)
class Retraced:
    """Sentences with the steps that were found, and how many different pages the way through needs."""

    said: list[Sentence]
    pages_needed: int


def slots_of(journey: Journey, variant: str | None, base: str) -> list[Slot]:
    """What the script asks for, in order."""
    found: list[Slot] = []

    def take(named: Sequence[Named], optional: bool) -> None:
        for one in named:
            maybe = optional or one.step.when is not None
            if one.inside:
                take(one.inside, maybe)
            else:
                found.extend(_slots(one.id, one.step, journey, base, maybe))

    take(in_variant(named_steps(journey), journey, variant), False)
    return found


def retraced(
    said: Sequence[Sentence],
    journey: Journey,
    variant: str | None,
    base: str,
    pressed: Mapping[datetime, str] | None = None,
) -> Retraced:
    """The sentences of one sitting with the step ids of a journey; `pressed` tells the words of forms' buttons."""
    slots = slots_of(journey, variant, base)
    mine = [place for place, one in enumerate(said) if one.actor == "citizen" and one.verb in BY_CITIZEN]
    steps = along([said[place] for place in mine], slots, pressed or {}, _turned(said, mine))
    found: list[Sentence] = []
    step: str | None = None
    at = dict(zip(mine, steps, strict=True))
    for place, one in enumerate(said):
        if one.actor == "citizen":
            slot = at.get(place)
            step = slots[slot].step if slot is not None else None
        found.append(one if one.actor == "lab" else replace(one, step=step))
    return Retraced(found, _pages_needed(found, slots, {one for one in steps if one is not None}))


def along(
    did: Sequence[Sentence], slots: Sequence[Slot], pressed: Mapping[datetime, str], turned: Sequence[bool]
) -> list[int | None]:
    """For each thing done the slot it is; None off the path. The cheapest of all ways to lay one along the other.

    `turned` says of each whether another page had come since the one before.
    """
    passed, turns = [0.0], [0]
    for slot in slots:
        passed.append(passed[-1] + (PASSED_OPTIONAL if slot.optional else PASSED))
        turns.append(turns[-1] + slot.turns)

    def going(before: int, to: int, anew: bool) -> float:
        if to == before:
            return ELSEWHERE if anew and slots[to].turns else AGAIN
        if to < before:
            return BACK + BACK_EACH * (before - to)
        led = turns[to] - turns[max(before, 0)]  # steps that lead to another page, from the last one to here
        return passed[to] - passed[before + 1] + (ELSEWHERE if led and not anew and before >= 0 else 0.0)

    costs: dict[int, float] = {-1: 0.0}  # by the slot that was last met
    ways: list[dict[int, tuple[int, int | None]]] = []
    for one, anew in zip(did, turned, strict=True):
        fits = [(place, cost) for place, slot in enumerate(slots) if (cost := _cost(one, slot, pressed)) < OFF]
        after = {place: cost + OFF for place, cost in costs.items()}
        way: dict[int, tuple[int, int | None]] = {place: (place, None) for place in costs}
        for place, cost in fits:
            before, least = min(((b, c + going(b, place, anew)) for b, c in costs.items()), key=lambda found: found[1])
            if least + cost < after.get(place, inf):
                after[place], way[place] = least + cost, (before, place)
        costs = after
        ways.append(way)
    at = min(costs, key=lambda place: costs[place])
    found: list[int | None] = []
    for way in reversed(ways):
        at, met = way[at]
        found.append(met)
    return _alike_throughout(did, found[::-1], slots)


def _alike_throughout(did: Sequence[Sentence], found: Sequence[int | None], slots: Sequence[Slot]) -> list[int | None]:
    """The same form, sent once more, is the step that it was the first time; unless one address takes every form."""
    sent = [
        (one.about, slot) for one, slot in zip(did, found, strict=True) if one.verb == "submits" and slot is not None
    ]
    if len({about for about, _slot in sent}) < len({slot for _about, slot in sent}):
        return list(found)
    first: dict[str, int] = {}
    told: list[int | None] = []
    for one, slot in zip(did, found, strict=True):
        if slot is not None and one.verb == "submits" and one.about and slots[slot].turns:
            slot = first.setdefault(one.about, slot)
        told.append(slot)
    return told


def _turned(said: Sequence[Sentence], mine: Sequence[int]) -> list[bool]:
    """Of each of these places whether another page was answered since the one before."""
    found, page, before = [], None, None
    wanted = set(mine)
    for place, one in enumerate(said):
        if one.actor == "service" and one.verb in ("answers", "hands_off"):
            page = one.about
        if place in wanted:
            found.append(page != before)
            before = page
    return found


def _cost(one: Sentence, slot: Slot, pressed: Mapping[datetime, str]) -> float:
    """What it costs to take a sentence for a slot; infinite where it is something else."""
    verb = "acts" if one.verb == "asks" else one.verb
    label = one.about or ""
    if verb == "submits":
        told = pressed.get(one.when)
        if slot.verb == "acts" and told:
            return _alike(told, slot.means)  # what the script presses turns out to send a form
        if slot.verb != "submits":
            return inf
        return UNSAID if told is None or not slot.means else _alike(told, slot.means)
    if verb == "gives":
        return 0.0 if slot.verb == "gives" and label in slot.means else inf
    if slot.verb not in ("acts", "submits"):
        return inf
    return _alike(label, slot.means)


def _alike(label: str, means: frozenset[str]) -> float:
    plain = normal_label(masked(label))
    if plain in means:
        return 0.0
    near = any(
        plain.startswith(f"{one} ") or SequenceMatcher(None, plain, one).ratio() >= ALIKE for one in means if one
    )
    return NEARLY if plain and near else inf


def _slots(id_: str, step: Step, journey: Journey, base: str, optional: bool) -> list[Slot]:
    match step:
        case Visit():
            page = page_key(address(HOLE.sub("0", step.visit), base), base)
            return [Slot(id_, "acts", frozenset({normal_label(masked(page))}), optional, True)]
        case Press():
            return [Slot(id_, "acts", _words(step.press, journey), optional, True)]
        case Ask():
            return [Slot(id_, "acts", _words(step.ask, journey), optional, False)]
        case Submit():
            means = frozenset() if step.submit is True else _words(step.submit, journey)
            return [Slot(id_, "submits", means, optional, True)]
        case Back():
            return [Slot(id_, "acts", frozenset({"back"}), optional, True)]
        case Give() | Choose() | Upload():
            given = step.give if isinstance(step, Give) else step.choose if isinstance(step, Choose) else step.upload
            return [Slot(id_, "gives", _data(key), optional, False) for key in given]
    return []


def _words(target: Look | Text, journey: Journey) -> frozenset[str]:
    """The words of a target in every language, as labels are compared."""
    told = [way.text for language in journey.languages for way in ways(target, language) if way.kind != "css"]
    return frozenset(normal_label(masked(text)) for text in told if text)


def _data(key: str) -> frozenset[str]:
    """The data that a field's key may stand for in the log."""
    names = [one for one in alternatives(key) if not one.startswith("css:")]
    return frozenset({*names, *(found for one in names if (found := datum_of(label=one, name=one)))})


def _pages_needed(said: Sequence[Sentence], slots: Sequence[Slot], met: set[int]) -> int:
    """The different pages that were met on the path, and one for each further step that leads to a page."""
    pages = {one.about for one in said if one.actor == "service" and one.verb == "answers" and one.step}
    steps = {slots[place].step for place in met}
    ahead = {slot.step for slot in slots if slot.turns and not slot.optional and slot.step not in steps}
    return len(pages) + len(ahead)
