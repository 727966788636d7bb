"""What changed from one quarter to the next, and whether a remedy worked: a difference, its interval, and the verdict.

Association, not proof: other things may have changed at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from analysis.method import two_shares
from analysis.statistics.families import holm_adjustment
from analysis.statistics.means import welch_t_test
from analysis.statistics.two_proportions import newcombe_difference_ci
from studies.words import N_, _

BETTER, WORSE, UNSURE, TOO_FEW = N_("better"), N_("worse"), N_("no change can be told"), N_("not enough to say")
ASSOCIATION: Final = N_("association: other things may have changed at the same time")
#: fewer than this on either side, and nothing is said
FEWEST: Final = 5
LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """After less before of one measure, with its interval; `verdict` counts the whole family shown (Holm)."""

    measure: str
    before: float | None
    after: float | None
    n_before: int
    n_after: int
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    verdict: str
    reason: str = ""

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"measure": self.measure, "before": self.before, "after": self.after, "n_before": self.n_before,
                "n_after": self.n_after, "difference": self.difference, "ci_low": self.low, "ci_high": self.high,
                "p_value": self.p_value, "verdict": self.verdict, "says": _(self.verdict),
                "reason": self.reason or None, "label": _(ASSOCIATION)}  # fmt: skip


def of_means(
    measure: str, better: str, before: Sequence[float] | np.ndarray, after: Sequence[float] | np.ndarray
) -> Change:
    """How a mean changed (Welch's interval), by what could be had of it."""
    a, b = (np.asarray(one, float) for one in (before, after))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    was, now = (float(one.mean()) if len(one) else None for one in (a, b))
    if min(len(a), len(b)) < FEWEST:
        why = _fewest(len(a), len(b))
        return Change(measure, was, now, len(a), len(b), None, None, None, None, TOO_FEW, why)
    test = welch_t_test(group_a=b, group_b=a)
    low, high, p = test["ci_low"], test["ci_high"], test["p_value"]
    return Change(
        measure, was, now, len(a), len(b), test["difference"], low, high, p,
        _verdict(better, low, high), test.get("reason") or "",
    )  # fmt: skip


def of_shares(measure: str, better: str, before: tuple[int, int], after: tuple[int, int]) -> Change:
    """How a share (of, among) changed: Newcombe's interval, and the test by which any two shares are compared."""
    (x, n), (y, m) = before, after
    shares = (x / n if n else None, y / m if m else None)
    if min(n, m) < FEWEST:
        return Change(measure, *shares, n, m, None, None, None, None, TOO_FEW, _fewest(n, m))
    ci = newcombe_difference_ci(successes_a=y, trials_a=m, successes_b=x, trials_b=n)
    test, _name, _why = two_shares(successes_a=y, trials_a=m, successes_b=x, trials_b=n)
    return Change(
        measure, *shares, n, m, ci["difference"], ci["ci_low"], ci["ci_high"], test["p_value"],
        _verdict(better, ci["ci_low"], ci["ci_high"]),
    )  # fmt: skip


def together(changes: Sequence[Change]) -> list[Change]:
    """The same as they count when they are shown together: what chance may do once in so many is not told as news."""
    adjusted = holm_adjustment(p_values=[one.p_value for one in changes])["adjusted"]
    return [
        replace(one, verdict=UNSURE) if one.verdict in (BETTER, WORSE) and (p is None or p >= LEVEL) else one
        for one, p in zip(changes, adjusted, strict=True)
    ]


def _verdict(better: str, low: float | None, high: float | None) -> str:
    if low is None or high is None or low <= 0 <= high:
        return UNSURE
    return BETTER if (low > 0) == (better == "higher") else WORSE


def _fewest(before: int, after: int) -> str:
    return _("{before} before and {after} after; {fewest} of each would be the least").format(
        before=before, after=after, fewest=FEWEST
    )
