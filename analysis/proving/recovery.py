"""Are planted drivers found again? Studies simulated with known costs of a question, of silence and of a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.drivers.effects import drivers
from analysis.drivers.visits import Visit

#: points of satisfaction that one more of each costs, in the units drivers are told in
PLANTED: Final = {"repeat_questions": -4.0, "silent_time": -1.5, "steps": -0.8, "settled": 12.0}
SERVICES: Final = ("renewal", "permit", "benefit", "complaint")
PERSON_SD: Final = 8.0
NOISE_SD: Final = 10.0


@dataclass(frozen=True, slots=True)
class Recovered:
    """One driver over many simulated studies: the mean estimate, what was planted, and its intervals' coverage."""

    sessions: int
    driver: str
    planted: float
    mean: float
    coverage: float
    studies: int
    warned: float

    @property
    def bias(self) -> float:
        """By which share of what was planted the mean estimate is off."""
        return abs(self.mean - self.planted) / abs(self.planted)

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"sessions": self.sessions, "driver": self.driver, "planted": self.planted, "mean": round(self.mean, 4),
                "bias": round(self.bias, 4), "coverage": round(self.coverage, 4), "studies": self.studies,
                "warned_too_few": round(self.warned, 4)}  # fmt: skip


def simulated(sessions: int, rng: np.random.Generator) -> list[Visit]:
    """One study: each participant goes through four services; worse visits come together, as they do.

    A person's own level, the service's level, how it ended, and what they went through make the score.
    """
    person = np.arange(sessions) // len(SERVICES)
    service = np.arange(sessions) % len(SERVICES)
    trouble = rng.gamma(2.0, 0.5, sessions)  # questions, silence and steps rise together
    repeats = rng.poisson(0.8 * trouble + 0.3 * service)
    silence = rng.gamma(1.5, 6.0 + 6.0 * trouble)
    steps = 6 + service + rng.poisson(1.5 + trouble)
    settled = rng.uniform(size=sessions) < 1 / (1 + np.exp(-(2.2 - 0.8 * trouble)))
    level = np.array([72.0, 68.0, 64.0, 60.0])[service] + rng.normal(0, PERSON_SD, person.max() + 1)[person]
    score = (
        level
        + PLANTED["repeat_questions"] * repeats
        + PLANTED["silent_time"] * silence / 10
        + PLANTED["steps"] * steps
        + PLANTED["settled"] * settled
        + rng.normal(0, NOISE_SD, sessions)
    )
    return [
        Visit(str(i), f"p{person[i]}", SERVICES[service[i]], bool(settled[i]), float(score[i]),
              {"repeat_questions": float(repeats[i]), "silent_time": float(silence[i]), "steps": float(steps[i])})
        for i in range(sessions)
    ]  # fmt: skip


def recover(sessions: int, studies: int, seed: int = 3) -> Iterator[Recovered]:
    """Each planted driver as so many simulated studies of this size find it."""
    rng = np.random.default_rng([seed, sessions])
    estimates: dict[str, list[float]] = {name: [] for name in PLANTED}
    held = dict.fromkeys(PLANTED, 0)
    warned = 0
    for _study in range(studies):
        found = drivers(simulated(sessions, rng), draws=0)
        warned += bool(found.too_few)
        for effect in found.effects:
            estimates[effect.driver].append(effect.change)
            held[effect.driver] += effect.low <= PLANTED[effect.driver] <= effect.high
    for name, planted in PLANTED.items():
        told = estimates[name]
        if told:
            coverage = held[name] / len(told)
            yield Recovered(sessions, name, planted, float(np.mean(told)), coverage, len(told), warned / studies)
