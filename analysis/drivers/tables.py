"""Drivers in tables and plain sentences: the effect and its interval first, p last; what they may not be taken for."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import figures
from analysis.drivers.effects import Drivers, Effect
from analysis.drivers.visits import DRIVERS
from analysis.drivers.what_if import Expected
from analysis.leaders.scoreboard_told import percents
from studies.titles import step_name
from studies.words import N_, _, in_a_row

#: what a slider takes away, in words, and by how much it moves
LESS = {
    "repeat_questions": (N_("Fewer repeat questions a visit"), 0.5),
    "silent_time": (N_("Fewer seconds of silence a visit"), 0.5),
    "steps": (N_("Fewer steps a visit"), 0.5),
}


def said(found: Drivers) -> list[str]:
    """Of how many, whether that is enough, and what all of it may be called."""
    text = _("{n} rated visits of {people} participants to {services} services; robots are left out.")
    lines = [
        text.format(
            n=figures.number(found.visits),
            people=figures.number(found.participants),
            services=figures.number(found.services),
        )
    ]
    if found.reason:
        lines.append(_("Nothing can be said: {why}.").format(why=found.reason))
    if found.too_few:
        lines.append(_("Too few: {why}.").format(why=found.too_few))
    if found.unvaried:
        lines.append(_("Did not vary within any service: {names}.").format(names=in_a_row(found.unvaried)))
    if found.effects:
        lines.append(_("This is {label}.").format(label=_(found.label)))
    return lines


def effects_table(found: Drivers) -> pd.DataFrame:
    """Each driver: by how many points, the interval, the plain sentence, p."""
    return pd.DataFrame(
        {
            _("Driver"): [_(e.of) for e in found.effects],
            _("Points of satisfaction"): [figures.number(e.change, signed=True) for e in found.effects],
            _("95 % interval"): [figures.span(e.low, e.high, signed=True) for e in found.effects],
            _("In words"): [sentence(e) for e in found.effects],
            _("p"): [figures.number(round(e.p_value, 3)) for e in found.effects],
        }
    )


def sentence(effect: Effect) -> str:
    """What one driver goes along with, in one plain sentence."""
    if effect.low <= 0 <= effect.high:
        return _("It cannot be told whether it goes along with more or less satisfaction.")
    if effect.change < 0:
        return _("It goes along with less satisfaction.")
    return _("It goes along with more satisfaction.")


def importance_table(found: Drivers) -> pd.DataFrame:
    """What each driver brings of what is explained, by two measures."""
    kinds = {"lmg": _("Share explained (LMG)"), "johnson": _("Share explained (Johnson)")}
    names = list(found.importance["lmg"])
    table = {_("Driver"): [_(DRIVERS[n][1]) if n in DRIVERS else _("the need was settled") for n in names]}
    for kind, title in kinds.items():
        table[title] = [_share(found.importance[kind][name]) for name in names]
    return pd.DataFrame(table)


def _share(row: dict[str, float | None]) -> str:
    share = figures.percent(row["share"])
    low, high = row["ci_low"], row["ci_high"]
    if low is None or high is None:
        return share
    return figures.sentence(f"{share} ({percents(low, high)})")


@dataclass(frozen=True, slots=True)
class Without:
    """What a table leaves out, why, and the command that makes it."""

    why: str
    command: str


def without_intervals(found: Drivers, study: str, instrument: str, assigned: bool) -> Without | None:
    """That the shares stand without their intervals, where of too many visits they take too long; None where not so."""
    rows = list(found.importance.get("lmg", {}).values())
    if not rows or any(row["ci_low"] is not None for row in rows):
        return None
    text = _("Without intervals: of {n} visits they take longer than a page may. The command line works them out:")
    words = ["./lab", "drivers", study, "--instrument", instrument, *(["--assigned"] if assigned else [])]
    return Without(text.format(n=figures.number(found.visits)), shlex.join(words))


def step_told(step: str, services: Iterable[str]) -> str:
    """A step in words, by what citizens do there in the services that have it; by its own name where these differ."""
    own = step_name(None, step)
    said = {step_name(service, step) for service in services} - {own}
    return said.pop() if len(said) == 1 else own


def by_outcome_table(found: Drivers) -> pd.DataFrame:
    """The same apart for visits whose need was settled and for the others."""
    rows = [(name, e) for name, effects in found.by_outcome.items() for e in effects]
    return pd.DataFrame(
        {
            _("Outcome"): [_("settled") if name == "settled" else _("not settled") for name, _e in rows],
            _("Driver"): [_(e.of) for _name, e in rows],
            _("Points of satisfaction"): [figures.number(e.change, signed=True) for _name, e in rows],
            _("95 % interval"): [figures.span(e.low, e.high, signed=True) for _name, e in rows],
        }
    )


def sliders(found: Drivers) -> list[tuple[str, str, float]]:
    """Which drivers may be taken away: name, what the slider says, how finely it moves."""
    return [(name, _(LESS[name][0]), LESS[name][1]) for name in found.names if name in LESS]


def expected_told(expected: Expected | None, found: Drivers) -> str:
    """What a redesign would be expected to change, in one plain sentence."""
    if expected is None:
        return _("Take something away to see what would be expected.")
    text = _("Expected: {change} points of satisfaction a visit ({span}). This is {label}.")
    told = text.format(
        change=figures.number(expected.change, signed=True),
        span=figures.span(expected.low, expected.high, signed=True),
        label=_(expected.label),
    )
    doubt = " " + _("Too few: {why}.").format(why=expected.too_few) if expected.too_few else ""
    return figures.sentence(f"**{told}**{doubt}")


def command(study: str, instrument: str, waits: Sequence[str], questions: Sequence[str]) -> str:
    """The command that says the same."""
    words = ["./lab", "drivers", study, "--instrument", instrument]
    words += [part for step in waits for part in ("--without-wait", step)]
    words += [part for datum in questions for part in ("--without-question", datum)]
    return shlex.join(words)
