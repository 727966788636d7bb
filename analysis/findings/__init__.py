"""Rules that find what hurts citizens: one file a rule, found by listing this folder.

A rule is TITLE (what is wrong, with a hole {detail} where it names something), SEVERITY (1 a nuisance, 2 costs time,
3 costs the citizen's work or trust, 4 keeps the citizen from what they came for), NEEDS (the verbs a source must hear,
as a metric's: the other sessions could not have shown it, and are counted neither way), REMEDY, and one pure function
`caught(measured)` from what was measured to each time it happened.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caught:
    """Once: in which session (its place in the batch), at which step, when (µs), what it cost (s), what it is about.

    `lost` is None where it has no time of its own, or its end was not heard: that is no zero.
    """

    session: int
    step: str
    when: int
    lost: float | None = None
    detail: str = ""
