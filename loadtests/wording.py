"""A load in words: the figures while it goes, and afterwards step by step what citizens had to bear."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from loadtests.run import LoadResult
from loadtests.underway import Seen
from studies.words import _, direction

NOTHING = "–"
SOON = 2.0  # seconds


def figures(seen: Seen) -> list[tuple[str, str]]:
    """The five figures of a load: those of this moment while it goes, those of the whole once it is over."""
    if seen.result is None:
        now = seen.now
        return [
            (_("Citizens at once"), _number(now.get("citizens"))),
            (_("Journeys done"), _number(now.get("done"))),
            (_("Journeys a second"), _number(now.get("journeys_per_second"))),
            (_("Came to nothing"), _number(now.get("failed"))),
            (_("Slow answers (s)"), _number(now.get("p95"), 2)),
        ]
    whole = seen.result.summary
    return [
        (_("Citizens at once"), _number(seen.result.citizens)),
        (_("Journeys done"), _number(whole.done)),
        (_("Journeys a second"), _number(whole.journeys_per_second, 2)),
        (_("Completion"), _share(whole.completion)),
        (_("Journey, 95 % faster (s)"), _number(whole.journey_p95, 2)),
    ]


def curve(seen: Seen) -> list[dict[str, Any]]:
    """What can be drawn: the snapshots so far, or once it is over its own waits; nothing in the first seconds."""
    if seen.result is not None:
        return [asdict(moment) for moment in seen.result.summary.curve]
    return seen.curve if seen.curve and seen.curve[-1]["t"] >= SOON else []


def steps_table(result: LoadResult) -> pd.DataFrame:
    """Each step with its waits, how many were too long, the middle and the slow ones, and how many ended there."""
    steps = result.summary.steps
    return pd.DataFrame(
        {
            _("Step"): [s.step for s in steps],
            _("Waits"): [s.waits for s in steps],
            _("Longer than {n} s").format(n=f"{result.threshold:g}"): [s.over_threshold for s in steps],
            _("Middle (s)"): [_rounded(s.p50) for s in steps],
            _("95 % faster than (s)"): [_rounded(s.p95) for s in steps],
            _("Ended here"): [s.failures for s in steps],
        }
    )


def failures_table(result: LoadResult) -> pd.DataFrame:
    """Why journeys came to nothing, the most frequent reason first; no rows where none did."""
    found = result.summary.failures
    return pd.DataFrame(
        {
            _("How it ended"): [ending_name(str(f["kind"])) for f in found],
            _("Step"): [f["step"] for f in found],
            _("Why"): [f["why"] for f in found],
            _("Journeys"): [f["count"] for f in found],
        }
    )


def silence_told() -> str:
    """Why no silence is shown."""
    return _(
        "Silence is not measurable here: the wire hears no signs, so a long wait may have been a silent one or not."
    )


def ending_name(ending: str) -> str:
    """How a journey under load ended, in words."""
    names = {
        "refused": _("refused"),
        "left": _("the citizen left"),
        "lost": _("lost the way"),
        "failed": _("nobody answered"),
        "broken": _("the lab broke"),
        "open": _("open"),
        "unfinished": _("cut short by the end of the load"),
    }
    return names.get(ending, ending)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _number(value: Any, digits: int = 0) -> str:
    return NOTHING if value is None else _whole(f"{value:,.{digits}f}")


def _share(value: float | None) -> str:
    return NOTHING if value is None else _whole(f"{100 * value:.0f} %")


def _whole(text: str) -> str:
    return f"\u2066{text}\u2069" if direction() == "rtl" else text
