"""What all citizens of a load share: the journey, whom they are, where it runs, and the crowd that they are part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journeys.journey import Attend, Call, ForEach, Journey, Part
from journeys.klm import paces
from journeys.personas import Persona, personas_for
from journeys.reading import read_journey
from journeys.walk import walk_of
from loadtests import thinking
from loadtests.crowd import Crowd, Plan
from loadtests.permits.permission import origin_of, permitted_all
from loadtests.recording import RunFile
from loadtests.thinking import Thinking
from studies.troubles import WrongInput
from studies.words import _

#: How many different citizens there are; a longer load meets them again, as a service meets its citizens again.
PERSONAS = 1000


@dataclass(slots=True)
class Stage:
    """Everything that a load citizen needs in order to set out."""

    plan: Plan
    journey: Journey
    base_url: str
    variant: str | None
    origins: frozenset[str]
    personas: Sequence[Persona]
    crowd: Crowd
    thinking: Thinking | None = None  # None: nobody thinks but where the journey says so
    proven: frozenset[str] = field(default_factory=frozenset)
    ready: Any = None  # the journey made ready for the wire (compiled/ready.py), once somebody has asked for it

    def tiers(self) -> dict[str, Any]:
        """How often which tier knew a page, and whether the checks agreed; `plain` names why it is walked plainly."""
        return {"plain": self.ready.why_not, **self.ready.tiers.json()} if self.ready else {}


def base_of(journey: Journey, variant: str | None, base_url: str | None) -> tuple[str, str]:
    """The variant that is walked and where its service runs, by the same rules as any other walk."""
    walk = walk_of(journey, Persona("nobody"), session="load", variant=variant, base_url=base_url)
    return walk.variant, walk.base_url


def origins_of(journey: Journey, base_url: str) -> list[str]:
    """Every place that a journey touches: its service, and the agencies that run at an origin of their own."""
    return [base_url, *(place for place in journey.agencies.values() if "://" in place)]


def stage_of(
    plan: Plan, run_file: RunFile | None = None, threshold: float = 1.0, *, crowd: Crowd | None = None
) -> Stage:
    """The stage that a plan asks for, on its own or with the crowd of another journey of the same load.

    Raises WrongInput when the journey is wrong or its target may not be touched.
    """
    journey = read_journey(Path(plan.journey))
    variant, base_url = base_of(journey, plan.variant, plan.base_url or None)
    personas = personas_for(journey, PERSONAS, plan.seed)
    predicted = paces(journey, variant, plan.language, personas[0]) if plan.thinking else {}
    return Stage(
        plan=plan,
        journey=on_the_wire(journey, plan.think),
        base_url=base_url,
        variant=variant,
        origins=_permitted(plan, origins_of(journey, base_url)),
        personas=personas,
        crowd=crowd or _crowd(plan, run_file, threshold),
        thinking=thinking.of(plan.thinking, plan.seed + plan.machine, predicted),
    )


def _crowd(plan: Plan, run_file: RunFile | None, threshold: float) -> Crowd:
    crowd = Crowd(run_file, threshold)
    crowd.machine, crowd.machines = plan.machine, plan.machines
    return crowd


def _permitted(plan: Plan, places: Sequence[str]) -> frozenset[str]:
    """The origins that this load may go to: those that the lab checked before, else this machine's own."""
    if not plan.pinned:
        return frozenset(permitted_all(places))
    if outside := [place for place in places if origin_of(place) not in plan.pinned]:
        raise WrongInput(_("{origin} is no part of this load and is not gone to").format(origin=outside[0]))
    return frozenset(plan.pinned)


def on_the_wire(journey: Journey, think: float) -> Journey:
    """The journey as it is walked under load: without declared calls and visits, which nobody can hold thousands of.

    Each step that does not say how long a citizen thinks first gets `think` seconds. Raises WrongInput when no step
    is left. Ids are those of the whole journey.
    """

    def kept(steps: Sequence[Any]) -> list[Any]:
        loaded = []
        for step in steps:
            match step:
                case Call() | Attend():
                    pass
                case ForEach() | Part():
                    if inside := kept(step.steps):
                        loaded.append(step.model_copy(update={"steps": inside}))
                case _:
                    loaded.append(step.model_copy(update={"think": step.think or think}))
        return loaded

    steps = kept(journey.steps)
    if not steps:
        message = _("{journey} has no step on the web: calls and visits in person cannot be put under load.")
        raise WrongInput(message.format(journey=journey.journey))
    copy = journey.model_copy(update={"steps": steps})
    return copy.lying_in(journey.folder) if journey.folder else copy
