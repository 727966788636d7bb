"""Rules that find what hurts citizens: one file a rule, found by listing this folder.

A rule is TITLE (what is wrong, with a hole {detail} where it names something), SEVERITY (1 a nuisance, 2 costs time,
3 costs the citizen's work or trust, 4 keeps the citizen from what they came for), REMEDY, and one pure function
`caught(measured)` from what was measured to each time it happened.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caught:
    """Once: in which session (its place in the batch), at which step, when (µs), what it cost (s), what it is about."""

    session: int
    step: str
    when: int
    lost: float = 0.0
    detail: str = ""
