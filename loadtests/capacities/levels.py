"""What a service carried at each level of a stepped load: the points that its capacity is read from.

At each level the first part is left out, since those who came with the level before still queue then. What remains
must agree with Little's law: citizens = journeys a second × seconds a journey takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from loadtests.recording import Told
from loadtests.summary import parts_of, times_of, within

#: The part of each level that is left out at its beginning.
SETTLING: Final = 0.3
#: From here on somebody was there all the time.
ALONE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Level:
    """One level: citizens under way (mean), journeys done a second, and how long one took (mean seconds).

    `journeys` is how many ended within the `seconds` that were looked at; with few of them the figures are rough.
    """

    citizens: float
    throughput: float
    latency: float
    journeys: int = 0
    seconds: float = 0.0


def levels_of(journeys: Sequence[Told], edges: Sequence[tuple[float, float]], start: int) -> list[Level]:
    """The levels that a load went through, one for each stretch (seconds of the run) in which a journey was done.

    A journey that was only in part within a stretch counts in part, so that long journeys do not come in waves.
    """
    begun, ended = times_of(journeys, start)
    done = np.array([told.ending == "done" for told in journeys], bool)
    found = []
    for since, till in edges:
        since += SETTLING * (till - since)
        through = done & (ended >= since) & (ended < till)
        if not through.any():
            continue
        there = float(within(begun, ended, since, till).sum()) / (till - since)
        found.append(
            Level(
                # One citizen who begins anew is there all the time; the moment between two journeys is the lab's.
                citizens=round(max(there, 1.0) if there > ALONE else there, 4),
                throughput=round(parts_of(begun[done], ended[done], since, till) / (till - since), 6),
                latency=round(float((ended[through] - begun[through]).mean()), 6),
                journeys=int(through.sum()),
                seconds=round(till - since, 3),
            )
        )
    return found
