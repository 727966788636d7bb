"""Several journeys at once, each as often as its weight says: one crowd, and a funnel of its own for every journey."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from journeys.reading import read_journey
from loadtests.crowd import Crowd, Plan
from loadtests.recording import RunFile
from loadtests.stage import Stage, stage_of
from studies.troubles import WrongInput
from studies.words import _


@dataclass(frozen=True, slots=True)
class Portion:
    """One journey of a mix: its file, and how often it is walked beside the others."""

    journey: Path
    weight: float = 1.0


def portion_of(text: str) -> Portion:
    """A journey and its weight as they are written: `renew.yaml:3`; without a number it weighs 1. Raises WrongInput."""
    name, colon, number = text.rpartition(":")
    if not colon or Path(text).exists() or "/" in number or number.endswith((".yaml", ".yml")):
        return Portion(Path(text))
    try:
        weight = float(number)
    except ValueError:
        weight = 0.0
    if not 0 < weight < 1e6:
        raise WrongInput(_("{text}: a journey's weight is a number above 0, such as renew.yaml:3.").format(text=text))
    return Portion(Path(name), weight)


@dataclass(slots=True)
class Mix:
    """The stages of a load with their weights; who comes next is drawn by a chance of its own."""

    stages: Sequence[Stage]
    weights: Sequence[float]
    chance: random.Random

    @property
    def crowd(self) -> Crowd:
        """The one crowd that all of them belong to."""
        return self.stages[0].crowd

    def tiers(self) -> dict[str, dict[str, Any]]:
        """By which way the pages of each journey were read."""
        return {stage.journey.journey: stage.tiers() for stage in self.stages}

    def next(self) -> Stage:
        """The journey of the next citizen."""
        if len(self.stages) == 1:
            return self.stages[0]
        return self.chance.choices(self.stages, cum_weights=list(accumulate(self.weights)))[0]


def mix_of(plan: Plan, run_file: RunFile | None = None, threshold: float = 1.0) -> Mix:
    """The stages that a plan asks for, the crowd shared. Raises WrongInput as `stage_of` does."""
    first = stage_of(plan, run_file, threshold)
    parts = list(plan.mix) or [(plan.journey, 1.0)]
    stages = [first]
    for journey, _weight in parts[1:]:
        own = replace(plan, journey=journey, variant=variant_in(plan, journey))
        stages.append(stage_of(own, crowd=first.crowd))
    return Mix(stages, [weight for _journey, weight in parts], random.Random(plan.seed + 1 + plan.machine))


def variant_in(plan: Plan, journey: str) -> str | None:
    """The plan's variant where a further journey has it, else that journey's own first."""
    return plan.variant if plan.variant in read_journey(Path(journey)).variants else None
