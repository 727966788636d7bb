"""What behaviour tells: getting lost, needless ways, the time that steps and reading take, what a wait feels like."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from analysis.statistics import Figures, nothing
from studies.words import _, in_a_row

#: Seconds an operator takes, for a practised user at a desk with a mouse: Card, Moran & Newell 1980; B, BB Kieras 2001.
OPERATORS: Final = {"K": 0.20, "P": 1.10, "H": 0.40, "M": 1.35, "B": 0.10, "BB": 0.20}

#: Words a minute by source, language and way of reading. Brysbaert 2019 (English, a meta-analysis); IReST: Trauzettel-
#: Klosinski & Dietz 2012, all read aloud. Arabic words carry what are words of their own elsewhere: 138 is not slower.
READING: Final = {
    ("Brysbaert2019", "en", "silent_nonfiction"): 238,
    ("Brysbaert2019", "en", "silent_fiction"): 260,
    ("Brysbaert2019", "en", "aloud"): 183,
    ("IReST2012", "ar", "aloud"): 138,
    ("IReST2012", "en", "aloud"): 228,
    ("IReST2012", "fr", "aloud"): 195,
    ("IReST2012", "he", "aloud"): 187,
}

#: Up to how many seconds a response feels so, the bound within it. Miller 1968; Nielsen 1993.
BANDS: Final = ((0.1, "instant"), (1.0, "flow"), (10.0, "attention"))


def lostness(*, unique_pages_visited: int, total_pages_visited: int, minimum_pages_required: int) -> Figures:
    """How lost somebody was: under 0.4 not, over 0.5 lost. Smith 1996.

    sqrt((N/S - 1)² + (R/N - 1)²), N the different pages seen, S all pages seen, R those needed at least.
    """
    n, s, r = unique_pages_visited, total_pages_visited, minimum_pages_required
    if n < 1 or s < n or r < 1:
        return nothing("lostness", because=_("pages are needed, and no fewer in all than different ones"))
    return {"lostness": math.hypot(n / s - 1, r / n - 1)}


def path_efficiency(*, optimal_steps: float, actual_steps: float) -> Figures:
    """Which share of the steps was needed: at most 1. A way shorter than the shortest shows that one to be wrong."""
    if actual_steps <= 0 or optimal_steps < 0:
        return nothing("path_efficiency", because=_("there are no steps"))
    found = {"path_efficiency": min(1.0, optimal_steps / actual_steps)}
    return found if actual_steps >= optimal_steps else {**found, "optimum_is_wrong": True}


def klm_estimate(
    *, operator_counts: Mapping[str, float], operator_seconds: Mapping[str, float] | None = None
) -> Figures:
    """How many seconds a practised user needs without an error: a lower bound. Card, Moran & Newell 1980.

    Operators without a time of their own in `operator_seconds` take that of OPERATORS; R is as measured.
    """
    seconds = {**OPERATORS, **(operator_seconds or {})}
    if unknown := sorted(operator_counts.keys() - seconds.keys()):
        because = _("how long does {operator} take? Give its seconds.").format(operator=in_a_row(unknown))
        return nothing("seconds", because=because)
    return {"seconds": math.fsum(count * seconds[operator] for operator, count in operator_counts.items())}


def reading_speed_lookup(*, language: str, mode: str, source: str) -> Figures:
    """How many words a minute people read, by a published source; None where it has no such figure."""
    found = READING.get((source, language, mode))
    if found is None:
        return nothing("words_per_minute", because=_("that source has no such figure"))
    return {"words_per_minute": found}


def reading_time(*, words: float, words_per_minute: float) -> Figures:
    """How many seconds so many words take to read."""
    if words_per_minute <= 0 or words < 0:
        return nothing("seconds", because=_("a reading speed above 0 is needed"))
    return {"seconds": 60 * words / words_per_minute}


def response_time_class(*, seconds: float) -> Figures:
    """What a wait feels like: `instant` (0.1 s), `flow` (1 s), `attention` (10 s), else `lost`; the bounds within."""
    if seconds < 0:
        return nothing("band", because=_("a time below 0 is none"))
    return {"band": next((band for bound, band in BANDS if seconds <= bound), "lost")}
