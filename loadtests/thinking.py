"""How long citizens take for themselves before each step: as people were seen to, or as a distribution assumes.

From a study's participants: the seconds between the service's last word (`answers`, `requests`, …) and the citizen's
next act, summed over a step, so that a load citizen's step takes as long as one of theirs did, drawn at random. A step
that nobody was seen to take is drawn from all of theirs. Without participants it is log-normal: the median is what the
keystroke-level model predicts for the step (a practised citizen's hands and head), and sigma is SIGMA: an assumption,
stated with the result, that one in six takes more than 1.8 times as long.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from studies.log import Log
from studies.measuring.batch import V, batch_of
from studies.measuring.marks import REPLIES
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of

SIGMA: Final = 0.6
#: Longer than this before a step is a citizen who went away, not one who thinks; seconds.
LONGEST: Final = 600.0
#: So many observed times of a step are enough to draw from.
ENOUGH: Final = 5
#: A load draws from so many observed times at most.
KEPT: Final = 500

_ACTS: Final = [V[verb] for verb in ("acts", "asks", "gives", "submits")]
_SERVICE: Final = [V[verb] for verb in REPLIES]


@dataclass(slots=True)
class Thinking:
    """Where a load's times for thinking come from: `kind` is `observed` or `log-normal`."""

    kind: str
    chance: random.Random = field(default_factory=random.Random)
    observed: Mapping[str, Sequence[float]] = field(default_factory=dict)
    everyone: Sequence[float] = ()
    predicted: Mapping[str, float] = field(default_factory=dict)
    sigma: float = SIGMA

    def seconds(self, step: str, planned: float = 0.0) -> float:
        """A citizen's own time before a step; what the journey itself says (`planned`) comes before an assumption."""
        match self.kind:
            case "observed":
                seen = self.observed.get(step) or (self.everyone if self.predicted.get(step) else ())
                return self.chance.choice(seen) if seen else planned
            case "log-normal":
                median = planned or self.predicted.get(step, 0.0)
                return median * self.chance.lognormvariate(0.0, self.sigma) if median else 0.0
        return planned


def observed_in(log: Log, task: str | None = None) -> dict[str, list[float]]:
    """The seconds that participants took for themselves, by step; empty when nobody was seen.

    An act while something else was still awaited is impatience and tells nothing about thinking.
    """
    people = [s.session for s in log.heard() if s.source == "participant" and (task is None or s.task in (task, None))]
    if not people:
        return {}
    batch = batch_of(log.only(people))
    impatient = waits_of(batch, Presets()).impatient
    speaks = np.isin(batch.verb, [*_ACTS, *_SERVICE])
    rows = np.flatnonzero(speaks)
    found: dict[tuple[int, int], float] = {}
    for before, row in zip(rows, rows[1:], strict=False):
        same = batch.session[before] == batch.session[row]
        if not same or batch.verb[row] not in _ACTS or impatient[row] or batch.step[row] < 0:
            continue
        gap = float(batch.when[row] - batch.end[before]) / 1e6
        if 0 <= gap <= LONGEST and not (batch.verb[before] in _ACTS and batch.verb[before] != V["gives"]):
            key = (int(batch.session[row]), int(batch.step[row]))
            found[key] = found.get(key, 0.0) + gap
    by_step: dict[str, list[float]] = {}
    for (_session, step), seconds in found.items():
        by_step.setdefault(str(batch.steps[step]), []).append(round(seconds, 3))
    return by_step


def told_of(by_step: Mapping[str, Sequence[float]], chance: random.Random) -> dict[str, list[float]]:
    """As many of the observed times as a load takes along, drawn evenly; steps with too few are left to everyone's."""
    return {
        step: sorted(chance.sample(list(seen), KEPT) if len(seen) > KEPT else seen) for step, seen in by_step.items()
    }


def of(told: Mapping[str, Any], seed: int, predicted: Mapping[str, float]) -> Thinking | None:
    """The thinking that a plan asks for; None where nobody is to think of their own."""
    match told.get("kind"):
        case "observed":
            by_step = {step: list(seen) for step, seen in told["by_step"].items()}
            everyone = [seconds for seen in by_step.values() for seconds in seen]
            enough = {step: seen for step, seen in by_step.items() if len(seen) >= ENOUGH}
            return Thinking("observed", random.Random(seed), enough, everyone, dict(predicted))
        case "log-normal":
            sigma = float(told.get("sigma", SIGMA))
            return Thinking("log-normal", random.Random(seed), predicted=dict(predicted), sigma=sigma)
    return None
