"""What is demanded of a service under load: limits, how much worse than last time it may be, and how that is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from loadtests.verdicts.gates import kinds
from studies.troubles import WrongInput
from studies.words import _, in_a_row


@dataclass(frozen=True, slots=True)
class Measure:
    """What is looked at: a kind, of a step or of the whole load, at a level (0.95) where the kind needs one."""

    kind: str
    step: str = ""
    level: float = 0.0

    def __str__(self) -> str:
        of = f"{self.step}." if self.step else ""
        return f"{of}{self.kind}{f'_p{100 * self.level:g}' if self.level else ''}"


@dataclass(frozen=True, slots=True)
class Gate:
    """One demand: what must be below or above which limit (a share, seconds, or a second), as it was written."""

    text: str
    measure: Measure
    sign: str
    limit: float
    line: int = 0

    def holds(self, value: float) -> bool:
        """Does this value meet the demand?"""
        match self.sign:
            case "<":
                return value < self.limit
            case "<=":
                return value <= self.limit
            case ">":
                return value > self.limit
            case _:
                return value >= self.limit


@dataclass(frozen=True, slots=True)
class Allowed:
    """How much worse than in the last good run something may be: by a difference of shares, or a proportion."""

    text: str
    measure: Measure
    worse: float
    line: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Beyond what the generator itself is taken to have been the bottleneck (seconds and shares)."""

    start_lag: float = 0.25
    cpu: float = 0.9
    dropped: float = 0.001


@dataclass(frozen=True, slots=True)
class Gates:
    """A whole gate file."""

    name: str = ""
    gates: tuple[Gate, ...] = ()
    versus: bool = False
    allowed: tuple[Allowed, ...] = ()
    repeat: int = 2
    confidence: float = 0.95
    bounds: Bounds = field(default_factory=Bounds)

    def fit(self, steps: Iterable[str]) -> None:
        """Raise WrongInput when a gate is set on a step that the journey does not have."""
        known = sorted(set(steps))
        demands: list[Gate | Allowed] = [*self.gates, *self.allowed]
        for asked in demands:
            step = asked.measure.step
            if step and not any(name == step or name.startswith(f"{step}_") for name in known):
                message = _("{file}, line {line}: the journey has no step “{step}”. Its steps are: {known}.")
                there = in_a_row(known)
                raise WrongInput(message.format(file=self.name, line=asked.line, step=step, known=there))


def compared(gates: Gates) -> tuple[Allowed, ...]:
    """What is compared with the last good run: what the file allows, else each gate's own measure at a tenth."""
    if not gates.versus or gates.allowed:
        return gates.allowed
    own = dict.fromkeys(gate.measure for gate in gates.gates)
    tolerances = {of: 0.01 if kinds()[of.kind].UNIT == "share" else 0.1 for of in own}
    return tuple(Allowed(f"{of}: {100 * by:g} %", of, by) for of, by in tolerances.items())
