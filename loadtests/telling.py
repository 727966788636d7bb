"""A load as a person reads it on a terminal: how it is going, and what it did."""

from __future__ import annotations

from typing import Any

from loadtests.run import LoadResult
from studies.words import _


def told_moment(now: dict[str, Any]) -> str:
    """How a load is going, in a line."""
    return _("{citizens} citizens · {rate:.1f} journeys a second").format(
        citizens=now["citizens"], rate=now.get("journeys_per_second") or 0.0
    )


def told(result: LoadResult) -> str:
    """What a load did, for a person."""
    said = result.json()
    lines = [
        _(
            "{journey}: {journeys} journeys and {requests} requests in {seconds:.0f} s,"
            " {rate:.1f} journeys a second, {share:.0%} completed"
        ).format(
            requests=said["requests"],
            journey=said["journey"], journeys=said["journeys"], seconds=said["seconds"],
            rate=said["journeys_per_second"], share=said["completion"] or 0.0,
        )
    ]  # fmt: skip
    step, waits, over = _("step"), _("waits"), _("over {n:g} s").format(n=result.threshold)
    lines.append(f"  {step:<28} {waits:>7} {over:>9} {'p50':>8} {'p95':>8}")
    lines += [
        f"  {row['step']:<28} {row['waits']:>7} {row['over_threshold']:>9} {_s(row['p50'])} {_s(row['p95'])}"
        for row in said["steps"]
    ]
    return "\n".join(lines)


def _s(seconds: float | None) -> str:
    return f"{'–':>8}" if seconds is None else f"{seconds:>7.2f}s"
