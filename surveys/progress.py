"""How a survey is getting on: how many were asked, how many answered, and what it comes to so far, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studies.soon import soon
from studies.store import DECLINED, FINISHED, Store
from studies.store.counts import states_of
from studies.store.written import mark
from studies.words import _, direction, in_a_row, ngettext, spoken
from studies.workspace import Workspace
from surveys.answers import scores


@dataclass(frozen=True, slots=True)
class Invited:
    """How many were asked an instrument in a study, how many came to its end, how many would rather not."""

    invited: int
    answered: int
    declined: int


@dataclass(frozen=True, slots=True)
class Score:
    """A group's score in words: the value, what it comes from, and how sure one can be."""

    value: str
    sample: str
    meaning: str


def invited(store: Store, study: str, instrument: str) -> Invited:
    """The counts of a study; all zero for one that nobody was invited to."""
    if study not in store.studies():
        return Invited(0, 0, 0)
    states = states_of(store, study, instrument)
    return Invited(sum(states.values()), states.get(FINISHED, 0), states.get(DECLINED, 0))


_counted: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}


def scored(store: Store, study: str, instrument: str, space: Workspace) -> dict[str, Any] | None:
    """What a study's answers amount to, as they were counted last; None while they are counted for the first time.

    Newer answers are counted beside the page: a hundred thousand take longer than anybody looks at an empty one.
    """
    name, now = (str(space.root), study, instrument, spoken()), mark(store)
    if name not in _counted or _counted[name][0] != now:
        made = soon(("scores", *name), lambda: (now, scores(store, study, instrument, space)))
        if made is not None:
            _counted[name] = made
    return _counted[name][1] if name in _counted else None


def score_told(found: Mapping[str, Any]) -> Score:
    """A score with its n and interval, or why there is none; of shares and net promoters these and not the mean."""
    n = ngettext("{n} person", "{n} people", found["n"]).format(n=found["n"])
    if found["mean"] is None:
        return Score("–", n, str(found.get("reason", "")))
    value, low, high = _shown(found)
    if low is None:
        return Score(value, n, str(found.get("reason", "")))
    span = f"{low:.1f} … {high:.1f}"
    span = f"\u2066{span}\u2069" if direction() == "rtl" else span
    return Score(value, _("{people}, 95 % interval {span}").format(people=n, span=span), _reach(found))


def _shown(found: Mapping[str, Any]) -> tuple[str, float | None, float | None]:
    if found.get("nps") is not None:
        return f"{found['nps']:.1f}", found["nps_ci_low"], found["nps_ci_high"]
    if found.get("top_box_percent") is not None:
        share = _("{share} %").format(share=f"{found['top_box_percent']:.1f}")
        return share, found["ci_low_percent"], found["ci_high_percent"]
    return f"{found['mean']:.1f}", found["ci_low"], found["ci_high"]


def _reach(found: Mapping[str, Any]) -> str:
    """Between what a score lies, and what is known of others where there are published studies."""
    if found.get("nps") is not None:
        return _("Promoters less detractors in per cent, from -100 to 100; the interval has three persons added.")
    if found.get("top_box_percent") is not None:
        boxes = in_a_row(map(str, found["top_box_values"]))
        return _("The share of those who answered {boxes}.").format(boxes=boxes)
    if "grade" in found and "sus_equivalent" not in found:
        return _("0 to 100; the mean of published studies is 68.")
    low, high = found.get("range", (0, 100))
    return _("From {low} to {high}.").format(low=f"{low:g}", high=f"{high:g}")
