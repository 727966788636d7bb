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
#: Seconds that a citizen to whom nobody answered stands there before trying anew, as the load lets them (locustfile).
BEFORE_AGAIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """One level: citizens under way (mean), journeys done a second, and how long one took (mean seconds).

    `journeys` is how many ended well within the `seconds` that were looked at; with few of them the figures are rough.
    `failed` ended there otherwise. Where the service served nobody any more the throughput is 0 and no latency known.
    """

    citizens: float
    throughput: float
    latency: float | None
    journeys: int = 0
    seconds: float = 0.0
    failed: int = 0


def levels_of(journeys: Sequence[Told], edges: Sequence[tuple[float, float]], start: int) -> list[Level]:
    """The levels that a load went through, one for each stretch (seconds of the run) that shows what the service did.

    A journey that was only in part within a stretch counts in part, so that long journeys do not come in waves. A
    stretch in which citizens were there and none came through is a level as well: there the service served nobody. One
    that nobody failed in, and that was held for less than a journey takes, shows nothing.
    """
    begun, ended = times_of(journeys, start)
    done = np.array([told.ending == "done" for told in journeys], bool)
    failed = np.array([told.ending not in ("done", "unfinished") for told in journeys], bool)
    again = np.array([told.ending == "failed" and told.intended is None for told in journeys], bool)
    gone = ended + BEFORE_AGAIN * again
    usual = float(np.median((ended - begun)[done])) if done.any() else 0.0
    found = []
    for since, till in edges:
        since += SETTLING * (till - since)
        inside = (ended >= since) & (ended < till)
        through, lost = done & inside, int((failed & inside).sum())
        there = float(within(begun, gone, since, till).sum()) / (till - since)
        if not through.any():
            passing = (done & (begun < till) & (ended >= since)).any()
            if not there or passing or (not lost and till - since <= usual):
                continue
        found.append(
            Level(
                # One citizen who begins anew is there all the time; the moment between two journeys is the lab's.
                citizens=round(max(there, 1.0) if there > ALONE else there, 4),
                throughput=round(parts_of(begun[done], ended[done], since, till) / (till - since), 6),
                latency=round(float((ended[through] - begun[through]).mean()), 6) if through.any() else None,
                journeys=int(through.sum()),
                seconds=round(till - since, 3),
                failed=lost,
            )
        )
    return found
