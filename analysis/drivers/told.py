"""Drivers in plain sentences: by how much, how sure, of how many; and what they may not be taken for."""

from __future__ import annotations

from analysis.drivers.effects import Drivers
from analysis.drivers.what_if import Expected
from analysis.figures import bare, span
from studies.words import _


def told(found: Drivers, expected: Expected | None = None) -> str:
    """The drivers for a person at a terminal, the effect and its interval first, p last."""
    lines = [
        _("{n} rated visits of {people} participants to {services} services; robots are left out.").format(
            n=found.visits, people=found.participants, services=found.services
        )
    ]
    if found.too_few:
        lines.append(_("Too few: {why}.").format(why=found.too_few))
    if found.reason:
        lines.append(_("Nothing can be said: {why}.").format(why=found.reason))
    for effect in found.effects:
        text = _("{of}: {change} points of satisfaction ({span}), p = {p}")
        change, interval = bare(effect.change, signed=True), span(effect.low, effect.high, signed=True)
        lines.append(text.format(of=_(effect.of), change=change, span=interval, p=f"{effect.p_value:.3f}"))
    for name, effects in found.by_outcome.items():
        lines.append(_("Where the need was settled:") if name == "settled" else _("Where it was not:"))
        lines += [f"  {_(e.of)}: {bare(e.change, signed=True)} ({span(e.low, e.high, signed=True)})" for e in effects]
    if expected:
        text = _("What if: {change} points of satisfaction ({span}).")
        change, interval = bare(expected.change, signed=True), span(expected.low, expected.high, signed=True)
        lines.append(text.format(change=change, span=interval))
    if found.effects:
        lines.append(_("This is {label}.").format(label=_(found.label)))
    return "\n".join(lines)
