"""A figure as a leader reads it: the value, its interval, of how many, and one plain sentence on how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis import figures
from analysis.proving.shape import caution, shape_of
from analysis.statistics.completion import adjusted_wald_ci
from analysis.statistics.times import mean_ci
from analysis.trust import calibration
from studies.words import N_, _, ngettext

PEOPLE, ROBOTS = "people", "robots"
UNHEARD: Final = N_("Not measurable here: nothing of this could be heard.")
#: from so many on an impression becomes an estimate that a leader may repeat
FEW: Final = 20


@dataclass(frozen=True, slots=True)
class Sure:
    """A value with its interval, of `n`, of people or robots; `says` is the plain sentence of confidence.

    `value` is None where nothing can be said; `says` then tells why.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    who: str
    says: str

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"value": self.value, "ci_low": self.low, "ci_high": self.high, "n": self.n, "who": self.who,
                "confidence": self.says}  # fmt: skip

    def times(self, factor: float) -> Sure:
        """The same counted for so many: of a case, of a thousand, of a year."""
        low, high = (None if end is None else end * factor for end in (self.low, self.high))
        return Sure(None if self.value is None else self.value * factor, low, high, self.n, self.who, self.says)


def mean_of(
    values: Sequence[float] | np.ndarray,
    who: str,
    scale: tuple[float, float] | None = None,
    least: float | None = None,
    heard: bool = False,
) -> Sure:
    """The mean of what could be had; `scale` the ends of its scale, `least` what it cannot fall below.

    `heard`: it was heard by the recorder, whose own error is told with it.
    """
    given = np.asarray(values, float)
    given = given[~np.isnan(given)]
    if not len(given):
        return Sure(None, None, None, 0, who, _(UNHEARD))
    ci = mean_ci(values=given)
    low, high = ci["ci_low"], ci["ci_high"]
    if low is not None and scale:
        low, high = max(scale[0], low), min(scale[1], high)
    if low is not None and least is not None:
        low = max(least, low)
    ends = {"highest": scale[1], "lowest": scale[0]} if scale else {}
    doubt = caution("mean_ci", shape_of(given, **ends), len(given))
    return Sure(float(ci["mean"]), low, high, len(given), who, told(len(given), who, low, doubt, heard=heard))


def share_of(successes: int, trials: int, who: str) -> Sure:
    """A share with its adjusted Wald interval."""
    if not trials:
        return Sure(None, None, None, 0, who, _("Nobody was observed."))
    ci = adjusted_wald_ci(successes=successes, trials=trials)
    low, high = (ci["ci_low"], ci["ci_high"]) if trials > 1 else (None, None)
    return Sure(successes / trials, low, high, trials, who, told(trials, who, low))


def share_heard(values: Sequence[float] | np.ndarray, who: str) -> Sure:
    """The share of 1 among those of which it could be heard (0 or 1; the others are missing, NaN)."""
    given = np.asarray(values, float)
    heard = given[~np.isnan(given)]
    if len(given) and not len(heard):
        return Sure(None, None, None, 0, who, _(UNHEARD))
    return share_of(int(heard.sum()), len(heard), who)


def told(n: int, who: str, low: float | None, doubt: str = "", *, heard: bool = False) -> str:
    """How sure a figure is, in one plain sentence."""
    if who == ROBOTS:
        return ngettext(
            "{n} walk of a robot: a hypothesis about people, nothing more.",
            "{n} walks of robots: a hypothesis about people, nothing more.",
            n,
        ).format(n=figures.number(n))
    if n < 2 or low is None:
        return _("One citizen only: nothing can be said of others.")
    if doubt:
        text = ngettext(
            "Take care: citizens fare so differently that {n} of them says little of the others.",
            "Take care: citizens fare so differently that {n} of them say little of the others.",
            n,
        )
        return text.format(n=figures.number(n))
    if n < FEW:
        text = ngettext(
            "A first impression from {n} citizen: the interval is wide because they are few.",
            "A first impression from {n} citizens: the interval is wide because they are few.",
            n,
        )
    else:
        text = ngettext(
            "From {n} citizen; were the study repeated, 95 of 100 such intervals would hold the true value.",
            "From {n} citizens; were the study repeated, 95 of 100 such intervals would hold the true value.",
            n,
        )
    said = text.format(n=figures.number(n))
    trusted = calibration() if heard else None
    if trusted is None:
        return said
    error = figures.measured(trusted.within_page.p95 / 1000, "s")
    return said + " " + _("The recorder hears a silence to within {error}.").format(error=error)


def stands_for(n: int, cases_a_year: float | None) -> str:
    """How many citizens a sample stands for, or what is missing to say so."""
    if not cases_a_year:
        return _("How many citizens these stand for is not known: nobody has said how many cases there are in a year.")
    if not n:
        return _("Nobody was observed.")
    return _("Each of them stands for {k} of the {year} cases in a year.").format(
        k=figures.number(round(cases_a_year / n)), year=figures.number(cases_a_year)
    )
