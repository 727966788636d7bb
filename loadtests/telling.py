"""A load as a person reads it on a terminal: how it is going, and what it did."""

from __future__ import annotations

from typing import Any

from loadtests.result import LoadResult
from loadtests.titled import AND, journeys_of
from studies.words import _


def told_moment(now: dict[str, Any]) -> str:
    """How a load is going, in a line, with the time that is left."""
    said = _("{citizens} citizens · {rate:.1f} journeys a second").format(
        citizens=now["citizens"], rate=now.get("journeys_per_second") or 0.0
    )
    if now.get("failed"):
        said += " · " + _("{n} came to nothing").format(n=now["failed"])
    if now.get("dropped"):
        said += " · " + _("{n} turned away").format(n=now["dropped"])
    match now.get("state"):
        case "running":
            said += " · " + _("{left:.0f} s left").format(left=max(0.0, now["seconds"] - now["t"]))
        case "rehearsing":
            said = _("One citizen goes first")
        case "finishing":
            said += " · " + _("those under way may finish")
    return said


def told(result: LoadResult) -> str:
    """What a load did, for a person."""
    said = result.json()
    lines = [
        _(
            "{journey}: {journeys} journeys and {requests} requests in {seconds:.0f} s,"
            " {rate:.1f} journeys a second, {share} completed"
        ).format(
            requests=said["requests"],
            journey=AND.join(journeys_of(said)),
            journeys=said["journeys"], seconds=said["seconds"],
            rate=said["journeys_per_second"], share=_share(said["completion"]),
        )
    ]  # fmt: skip
    if result.arrivals:
        lines.append(
            _("{arrived} arrived at {rate:g} a second at most, {dropped} of them were turned away").format(
                arrived=result.arrived, rate=result.arrivals, dropped=result.dropped
            )
        )
    if result.permission.get("lowered"):
        ceiling = result.permission["ceiling"]
        lines.append(
            _("Held to what was agreed: {citizens} citizens at once, {rate:g} journeys begun a second").format(
                citizens=ceiling["citizens"], rate=ceiling["per_second"]
            )
        )
    for funnel in result.summary.by_journey:
        if len(result.summary.by_journey) > 1:
            lines += ["", _("{journey}: {started} started, {completed} came through, {failed} did not").format(
                journey=funnel.journey, started=funnel.started, completed=funnel.completed, failed=funnel.failed
            )]  # fmt: skip
        step, waits, over = _("step"), _("waits"), _("over {n:g} s").format(n=result.threshold)
        started, ended = _("started"), _("ended there")
        lines.append(f"  {step:<28} {started:>8} {ended:>11} {waits:>7} {over:>9} {'p50':>8} {'p95':>8} {'p99':>8}")
        lines += [
            f"  {row.step:<28} {row.started:>8} {row.failures:>11} {row.waits:>7} {row.over_threshold:>9}"
            f" {_s(row.p50)} {_s(row.p95)} {_s(row.p99)}"
            for row in funnel.steps
        ]
    # Why is kept in the same words for all, and told in the reader's own.
    lines += [
        f"  {ending_name(kind['kind'])}, {kind['step']}: {_(kind['why'])} × {kind['count']}"
        for kind in said["failures"]
    ]
    return "\n".join(lines + _beside(result))


def ending_name(ending: str) -> str:
    """How a journey under load ended, in words."""
    names = {
        "refused": _("refused"),
        "left": _("the citizen left"),
        "lost": _("lost the way"),
        "failed": _("not answered"),
        "broken": _("the lab broke"),
        "open": _("open"),
        "unfinished": _("cut short by the end of the load"),
    }
    return names.get(ending, ending)


def _beside(result: LoadResult) -> list[str]:
    """What the browser beside the load heard."""
    if (probe := result.probe) is None:
        return []
    lines = ["", _("{n} walks in a browser beside it, {through} came through; {silent} of {waits} waits silent").format(
        n=probe.walks, through=probe.concluded, silent=probe.silent_waits, waits=probe.waits
    )]  # fmt: skip
    if probe.trouble:
        lines.append(probe.trouble)
    if probe.against:
        head = (_("citizens"), _("completed"), _("waits"), _("silent"), _("silence p95"))
        lines.append("  " + " ".join(f"{word:>12}" for word in head))
    for row in probe.against:
        figures = (_share(row.completion), str(row.waits), str(row.silent_waits), _s(row.silent_p95).strip())
        shown = (f"{row.citizens:.0f}", *figures)
        lines.append("  " + " ".join(f"{word:>12}" for word in shown))
    return lines


def _s(seconds: float | None) -> str:
    return f"{'–':>8}" if seconds is None else f"{seconds:>7.2f}s"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
