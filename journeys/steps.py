"""The ids of a journey's steps: the same in the robot's, the participant's and the load citizen's log.

A step is called what its `id:` says, else after its verb and target in the journey's own language. A number is added
only among equals, so an id stays the same when other steps are inserted around it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from journeys.holes import HOLE
from journeys.journey import (
    Ask,
    Attend,
    Call,
    Choose,
    Expect,
    ForEach,
    Give,
    Journey,
    Look,
    Part,
    Press,
    Send,
    Step,
    Submit,
    Text,
    Upload,
    Visit,
)
from journeys.targets import UNSEEN, alternatives, ways
from studies.words import pick

LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Named:
    """A step with its id; a loop or a part with the named steps inside it."""

    id: str
    step: Step
    inside: tuple[Named, ...] = ()

    @property
    def size(self) -> int:
        """How many steps it is: one, or those inside it."""
        return sum(inner.size for inner in self.inside) if self.inside else 1


def slug(text: str) -> str:
    """Words as part of an id: lower case, letters of any script, joined by underscores."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", HOLE.sub(" ", text))).casefold()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return "_".join(words)


def _target(step: Step, language: str) -> str:
    """What a step is about, in words."""

    def said(target: Look | Text) -> str:
        return next((way.text for way in ways(target, language)), "")

    match step:
        case Visit():
            return step.visit.partition("?")[0].partition("://")[2] or step.visit.partition("?")[0]
        case Press():
            return said(step.press)
        case Give():
            return " ".join(alternatives(key)[0] for key in step.give)
        case Choose():
            return " ".join(alternatives(key)[0] for key in step.choose)
        case Upload():
            return " ".join(alternatives(key)[0] for key in step.upload)
        case Submit():
            return "" if step.submit is True else said(step.submit)
        case Expect():
            wanted = step.expect.text or step.expect.page or step.expect.gone or ""
            return pick(wanted, language)
        case Ask():
            return said(step.ask)
        case Call():
            return step.call.who
        case Attend():
            return step.attend.who
        case Send():
            first = next((one for one in step.send if not one.unheard), step.send[0])
            place = first.address.partition("?")[0]
            return f"{first.method.lower()} {HOLE.sub('id', place.partition('://')[2] or place)}"
        case ForEach():
            return step.for_each
    return ""


def default_id(step: Step, language: str) -> str:
    """What a step is called that says no id of its own."""
    whole = "_".join(part for part in (step.verb.replace(" ", "_"), slug(_target(step, language))) if part)
    return whole[:LONGEST].rstrip("_")


def named_steps(journey: Journey) -> tuple[Named, ...]:
    """Every step of every variant with its id; ids are unique in the journey and the same in all variants."""
    told = {step.id for step in journey.every_step() if step.id}
    met: Counter[str] = Counter()

    def name(steps: Sequence[Step]) -> tuple[Named, ...]:
        return tuple(
            Named(call(step), step, name(step.steps) if isinstance(step, ForEach | Part) else ()) for step in steps
        )

    def call(step: Step) -> str:
        if step.id:
            return step.id
        wish = default_id(step, journey.languages[0])
        while True:
            met[wish] += 1
            found = wish if met[wish] == 1 else f"{wish}_{met[wish]}"
            if found not in told:
                return found

    return name(journey.steps)


def in_variant(named: Sequence[Named], journey: Journey, variant: str | None) -> tuple[Named, ...]:
    """The steps that are walked in a variant, in order, without what it skips; None: those of every variant."""
    skipped = set(journey.variants[variant].skip) if variant in journey.variants else set()
    return tuple(
        Named(n.id, n.step, in_variant(n.inside, journey, variant))
        for n in named
        if n.id not in skipped and (n.step.only is None or variant is None or variant in n.step.only)
    )


def steps_of(journey: Journey, variant: str | None = None) -> list[tuple[str, Step]]:
    """The steps that a variant has, in order, each with its id; those inside loops and parts stand where these stand.

    Without a variant: the steps of all.
    """

    def flat(named: Sequence[Named]) -> list[tuple[str, Step]]:
        return [pair for n in named for pair in (flat(n.inside) if n.inside else [(n.id, n.step)])]

    return flat(in_variant(named_steps(journey), journey, variant))
