"""A load in words: the figures while it goes, and afterwards step by step what citizens had to bear."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from loadtests.result import LoadResult
from loadtests.shapes import shapes
from loadtests.underway import Seen
from studies.words import _, direction

NOTHING = "–"
SOON = 2.0  # seconds


def drawn_shapes() -> list[str]:
    """The shapes that need nothing but themselves, the plainest first."""
    return sorted((name for name in shapes() if name != "recorded"), key=lambda name: (name != "constant", name))


def shape_name(shape: str) -> str:
    """A shape in words; one that somebody added is called as its file is."""
    names = {
        "constant": _("the same all the time"),
        "ramp": _("ever more"),
        "steps": _("level after level"),
        "spike": _("a sudden rush"),
        "soak": _("for hours"),
        "deadline_day": _("the last day before a deadline"),
    }
    return names.get(shape, shape)


def figures(seen: Seen) -> list[tuple[str, str]]:
    """The figures of a load: those of this moment while it goes, those of the whole once it is over."""
    if seen.result is None:
        now = seen.now
        return [
            (_("Citizens at once"), _number(now.get("citizens"))),
            (_("Journeys done"), _number(now.get("done"))),
            (_("Journeys a second"), _number(now.get("journeys_per_second"))),
            (_("Came to nothing"), _number(now.get("failed"))),
            (_("Slow answers (s)"), _number(now.get("p95"), 2)),
            *([(_("Turned away"), _number(now.get("dropped")))] if seen.asked.arrivals else []),
        ]
    whole = seen.result.summary
    return [
        (_("Citizens at once"), _number(seen.result.citizens)),
        (_("Journeys done"), _number(whole.done)),
        (_("Journeys a second"), _number(whole.journeys_per_second, 2)),
        (_("Completion"), _share(whole.completion)),
        (_("Journey, 95 % faster (s)"), _number(whole.journey_p95, 2)),
        *([(_("Turned away"), _number(seen.result.dropped))] if seen.asked.arrivals else []),
    ]


def curve(seen: Seen) -> list[dict[str, Any]]:
    """What can be drawn: the snapshots so far, or once it is over its own waits; nothing in the first seconds."""
    if seen.result is not None:
        return [asdict(moment) for moment in seen.result.summary.curve]
    return seen.curve if seen.curve and seen.curve[-1]["t"] >= SOON else []


def steps_table(result: LoadResult) -> pd.DataFrame:
    """Each step with who started it, its waits, the middle and the slow ones, and how many ended there."""
    steps = result.summary.steps
    return pd.DataFrame(
        {
            _("Step"): [s.step for s in steps],
            _("Started"): [s.started for s in steps],
            _("Waits"): [s.waits for s in steps],
            _("Longer than {n} s").format(n=f"{result.threshold:g}"): [s.over_threshold for s in steps],
            _("Middle (s)"): [_rounded(s.p50) for s in steps],
            _("95 % faster than (s)"): [_rounded(s.p95) for s in steps],
            _("99 % faster than (s)"): [_rounded(s.p99) for s in steps],
            _("Ended here"): [s.failures for s in steps],
        }
    )


def live_steps(seen: Seen) -> pd.DataFrame:
    """While it goes: the requests of each step so far, how many failed, and the slow ones."""
    steps = seen.now.get("steps") or {}
    return pd.DataFrame(
        {
            _("Step"): list(steps),
            _("Requests"): [requests for requests, _failed, _slow in steps.values()],
            _("Failed"): [failed for _requests, failed, _slow in steps.values()],
            _("95 % faster than (s)"): [_rounded(slow) for _requests, _failed, slow in steps.values()],
        }
    )


def requests_table(result: LoadResult) -> pd.DataFrame:
    """The requests of each step, as those who know Locust know them."""
    found = result.summary.by_request
    return pd.DataFrame(
        {
            _("Step"): [r.step for r in found],
            _("Requests"): [r.requests for r in found],
            _("Failed"): [r.failures for r in found],
            _("Requests a second"): [r.per_second for r in found],
            _("Mean (s)"): [_rounded(r.mean) for r in found],
            _("Middle (s)"): [_rounded(r.p50) for r in found],
            _("95 % faster than (s)"): [_rounded(r.p95) for r in found],
            _("99 % faster than (s)"): [_rounded(r.p99) for r in found],
            _("Longest (s)"): [_rounded(r.longest) for r in found],
        }
    )


def against(result: LoadResult) -> list[dict[str, Any]]:
    """Silence and completion against how many were under way; nothing where no browser heard it."""
    return [asdict(row) for row in result.probe.against] if result.probe else []


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


def silence_told(result: LoadResult) -> str:
    """What a browser beside the load heard of silence; without one, why none is shown."""
    if probe := result.probe:
        if probe.trouble:
            return probe.trouble
        message = _("A browser beside the load walked {walks} times; {silent} of its {waits} waits were silent.")
        return message.format(walks=probe.walks, silent=probe.silent_waits, waits=probe.waits)
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
