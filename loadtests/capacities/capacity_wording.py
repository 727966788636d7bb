"""A capacity in words: what the service bears, from where on more citizens do not help, and what was not measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studies.words import _, in_a_row


def told(found: Mapping[str, Any]) -> str:
    """A capacity (as JSON) for a person at a terminal."""
    lines = [*found["missing"]]
    if found["knee"]:
        lines += [
            _("Served at most: {n} citizens an hour ({low} to {high})").format(**_whole(found["citizens_per_hour"])),
            _("Knee: {n} citizens at once ({low} to {high}); beyond it they wait longer and no more are served").format(
                **_whole(found["knee"], 1)
            ),
        ]
    if found.get("collapsed_at"):
        lines.append(
            _("With {n} citizens at once nobody was served any more.").format(n=f"{found['collapsed_at']:.0f}")
        )
    if found["knee"]:
        peak = _("Peak: {n} citizens at once ({low} to {high}); with more, fewer are served")
        none = _("No peak was seen: throughput did not fall within what was measured.")
        if found["peak"]:
            lines.append(peak.format(**_whole(found["peak"], 1)))
        elif not found.get("collapsed_at"):
            lines.append(none)
        lines.append(_("Nothing is said beyond {n} citizens at once.").format(n=f"{found['said_to']:.0f}"))
    silence = found.get("before_silence") or {}
    if silence.get("state") == "value":
        lines.append(
            _("Before silence begins: {n} citizens an hour ({at} at once)").format(
                n=f"{silence['value']:,.0f}", at=silence["citizens_at_once"]
            )
        )
    doubt = found["little"]["levels_in_doubt"]
    if doubt:
        numbers = in_a_row(f"{level:g}" for level in doubt)
        lines.append(
            _("Little's law does not hold at {levels} citizens: hold the levels for longer.").format(levels=numbers)
        )
    head = f"  {_('citizens'):>10} {_('an hour'):>12} {_('a journey'):>12} {_('failed'):>10}"
    rows = [
        f"  {level['citizens']:>10.1f} {3600 * level['throughput']:>12,.0f} {_seconds(level['latency']):>12}"
        f" {level.get('failed', 0):>10}"
        for level in found["levels"]
    ]
    return "\n".join([*lines, head, *rows])


def _whole(figure: Mapping[str, float], digits: int = 0) -> dict[str, str]:
    names = {"n": "value", "low": "ci_low", "high": "ci_high"}
    return {name: f"{figure[key]:,.{digits}f}" for name, key in names.items()}


def _seconds(latency: float | None) -> str:
    """How long a journey took; where nobody was served nobody knows."""
    return "–" if latency is None else f"{latency:.2f}s"
