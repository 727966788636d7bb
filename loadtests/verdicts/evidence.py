"""What a load has to say to its gates: counts and times, and how well the generator itself got along.

It is kept with a good run, so that a later run is compared with what was measured rather than with what was printed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took each time: every length once (seconds, ascending), with how often. Raw, or a histogram's."""

    seconds: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    @classmethod
    def of(cls, values: Iterable[float]) -> Times:
        """The lengths of single events."""
        return cls.counted(Counter(round(value, 6) for value in values))

    @classmethod
    def counted(cls, often: Mapping[float, int]) -> Times:
        """Lengths that were counted already, as a histogram does."""
        kept = sorted((seconds, count) for seconds, count in often.items() if count)
        return cls(tuple(s for s, _count in kept), tuple(count for _s, count in kept))

    @property
    def n(self) -> int:
        """How many there were."""
        return sum(self.counts)

    def at_rank(self, rank: int) -> float:
        """The length of the one with this rank, the shortest being the first."""
        return self.seconds[bisect_left(list(accumulate(self.counts)), rank)]

    def beyond(self, limit: float) -> int:
        """How many took longer than this."""
        return sum(count for seconds, count in zip(self.seconds, self.counts, strict=True) if seconds > limit)

    def and_also(self, other: Times) -> Times:
        """These and those together."""
        often: Counter[float] = Counter(dict(zip(self.seconds, self.counts, strict=True)))
        often.update(dict(zip(other.seconds, other.counts, strict=True)))
        return Times.counted(often)


@dataclass(frozen=True, slots=True)
class Generator:
    """How the generator got along: what its own weakness would show in, None where it was not measured.

    `start_lag` is by how much 99 % of the citizens set out too late at most (seconds), `cpu` the share of a processor
    that the busiest of its processes took, `dropped` the share of the arrivals that were never let in, `lost` which of
    several machines were lost on the way, in a sentence.
    """

    start_lag: float | None = None
    cpu: float | None = None
    dropped: float | None = None
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One load as its gates see it.

    `errors` of the `requests` brought no answer or a server's error; `waits` and `silences` are by step, each wait's
    whole length and its longest silence. Silences come from the browser probe alone: `silences` is None when none ran.
    """

    journeys: int
    done: int
    requests: int
    errors: int
    seconds: float
    journey: Times
    waits: Mapping[str, Times]
    silences: Mapping[str, Times] | None = None
    threshold: float = 1.0
    ending: str = "ran its time"
    generator: Generator = field(default_factory=Generator)

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Evidence:
        """It from JSON."""

        def steps(found: Mapping[str, Any] | None) -> dict[str, Times] | None:
            return None if found is None else {step: times(each) for step, each in found.items()}

        def times(found: Mapping[str, Any]) -> Times:
            return Times(tuple(found["seconds"]), tuple(found["counts"]))

        given = {**kept, "journey": times(kept["journey"]), "generator": Generator(**kept["generator"])}
        return cls(**{**given, "waits": steps(kept["waits"]) or {}, "silences": steps(kept["silences"])})
