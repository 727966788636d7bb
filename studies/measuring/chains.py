"""What an act set going on a screen, and what was perceived of it: the rules that all ears on pages share.

The recorder and the recordings of others hear different things; how they find the answer among what changed is one.
All times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final, TypeVar

LINK: Final = 350.0  # between the end of one thing under way and the beginning of what follows from it
FIRST: Final = 600.0  # after the act within which what it set going begins
SHOWN: Final = 500.0  # after the end of what was under way within which its result is shown
TIMER: Final = 10_000.0  # within which a change that nothing announced is still taken for the answer
SAME: Final = 120.0  # within which a change and a sign's coming or going are one thing
APART: Final = 400.0  # within which remarks are one that lasts
EARLY: Final = 5.0  # by which two clocks of one browser may differ
BEFORE: Final = 60.0  # before the act, from which on a sign that comes is one of what it set going
WORTH: Final = 500.0  # shorter silences have no cause worth telling
TICK: Final = 0.15  # a thing whose beats differ by less than this share of the usual one ticks like a clock
BEAT: Final = 150.0  # beats that follow each other faster are none of a clock

T = TypeVar("T")
Span = tuple[float, float]


def chain(works: Iterable[tuple[float, float, T]], since: float, start: float, stop: float) -> tuple[list[T], float]:
    """What was under way because of an act at `since`, and until when.

    `works` are from, to and what. Those that begin soon after `start` belong to it, or follow on one another; none
    that begins at `stop` or later.
    """
    used, reach = [], start
    lasting = [work for work in works if work[1] > since and since - EARLY <= work[0] < stop]
    for begin, end, what in sorted(lasting, key=lambda work: work[0]):
        if begin <= max(reach + LINK, start + FIRST):
            used.append(what)
            reach = max(reach, end)
    return used, reach


def signs(
    seen: Iterable[Span], heard: Iterable[Span], remarks: Iterable[float], end: float
) -> list[tuple[float, float | None, str | None]]:
    """What a citizen perceived while waiting until `end`: from, to (None: no time) and sense (None: both) of each sign.

    Indicators that overlap are one. Remarks that follow each other closely are one that lasts. What was gone before
    the wait began is no sign of it.
    """
    eye, ear = (merged(span for span in spans if span[0] <= span[1]) for spans in (seen, heard))
    found = [(a, b, None if (a, b) in ear else "seen") for a, b in eye]
    found += [(a, b, "heard") for a, b in ear if (a, b) not in eye]
    apart = [t for t in remarks if t < end - SAME and not any(a - SAME <= t <= b + SAME for a, b in eye)]
    found += [(a, b, "seen") for a, b in merged([(t, t) for t in apart], APART)]
    return [(a, b if b > a else None, sense) for a, b, sense in sorted(found, key=lambda sign: sign[:2])]


def merged(spans: Iterable[Span], gap: float = 60.0) -> Sequence[Span]:
    """Stretches that overlap, or follow each other within the gap, as one."""
    whole: list[Span] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1] + gap:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((begin, end))
    return whole


def ticks(times: Sequence[float]) -> bool:
    """Whether these are the beats of a clock; one in four may be late, since the page was busy."""
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    if len(gaps) < 3:
        return False
    usual = median(gaps)
    return usual > BEAT and sum(abs(gap - usual) < TICK * usual for gap in gaps) >= 0.75 * len(gaps)
