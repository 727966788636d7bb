"""How a survey is getting on: how many were asked, how many answered, and what it comes to so far, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studies.store import DECLINED, FINISHED, Store
from studies.words import _, direction, ngettext


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
    asked = [one for one in store.invitations(study) if instrument in one.instruments]
    return Invited(len(asked), sum(one.state == FINISHED for one in asked), sum(one.state == DECLINED for one in asked))


def score_told(found: Mapping[str, Any]) -> Score:
    """A score with its n and interval, or why there is none."""
    n = ngettext("{n} person", "{n} people", found["n"]).format(n=found["n"])
    if found["mean"] is None:
        return Score("–", n, str(found.get("reason", "")))
    if found["ci_low"] is None:
        return Score(f"{found['mean']:.1f}", n, str(found.get("reason", "")))
    span = f"{found['ci_low']:.1f} … {found['ci_high']:.1f}"
    span = f"\u2066{span}\u2069" if direction() == "rtl" else span
    return Score(
        f"{found['mean']:.1f}",
        _("{people}, 95 % interval {span}").format(people=n, span=span),
        _("0 to 100; the mean of published studies is 68."),
    )
