"""Did urgent cases wait longer than ordinary ones? Kendall's tau between how urgent a case is and how long it waited.

A case is urgent by `lab notes urgent`, with a value where there are degrees; the others are ordinary. It waited for as
long as its waits lasted, those that nobody has answered yet up to where hearing ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.statistics.ranks import kendall_tau, mann_whitney_test
from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of
from studies.words import _


def urgency(batch: Batch, presets: Presets) -> dict[str, Any]:
    """Urgent against ordinary cases: how many, median seconds waited, tau, and how often the urgent one waited longer.

    `urgent_waits_longer` is the share of pairs of an urgent and an ordinary case in which the urgent one waited longer,
    ties counted half. Tau above 0: the more urgent, the longer the wait. What is undefined is null with a reason.
    """
    cases, which = np.unique(batch.case, return_inverse=True)
    degree, seconds = _urgent(batch, which, len(cases)), np.zeros(len(cases))
    waits = waits_of(batch, presets)
    if len(waits.row):
        np.add.at(seconds, which[waits.row], (waits.closed - waits.opened) / 1e6)
    urgent, ordinary = seconds[degree > 0], seconds[degree == 0]
    pairs = mann_whitney_test(group_a=urgent.tolist(), group_b=ordinary.tolist(), method="asymptotic")
    return {
        "urgent": _figures(urgent),
        "ordinary": _figures(ordinary),
        "urgent_waits_longer": pairs["probability_of_superiority"],
        "kendall": kendall_tau(first=degree.tolist(), second=seconds.tolist()),
    }


def told(found: dict[str, Any]) -> str:
    """The finding for a person."""
    urgent, ordinary, tau = found["urgent"], found["ordinary"], found["kendall"]
    lines = [
        _("Urgent cases: {n}, median wait {seconds} s. Ordinary cases: {m}, median wait {others} s.").format(
            n=urgent["cases"],
            seconds=_number(urgent["median"]),
            m=ordinary["cases"],
            others=_number(ordinary["median"]),
        )
    ]
    if tau["tau"] is None:
        lines.append(_("Whether urgent cases wait longer cannot be said: {why}.").format(why=tau["reason"]))
    else:
        lines.append(
            _("Kendall's tau {tau} (p {p}): above 0, the more urgent a case, the longer it waits.").format(
                tau=f"{tau['tau']:.2f}", p=f"{tau['p_value']:.2g}"
            )
        )
    return "\n".join(lines)


def _urgent(batch: Batch, which: np.ndarray, cases: int) -> np.ndarray:
    degree = np.zeros(cases)
    words = np.flatnonzero(batch.words == "urgent")
    if len(words):
        rows = np.flatnonzero(batch.is_verb("notes") & (batch.about == words[0]))
        value = np.where(np.isnan(batch.value[rows]), 1.0, batch.value[rows])
        np.maximum.at(degree, which[rows], value)
    return degree


def _figures(seconds: np.ndarray) -> dict[str, Any]:
    return {"cases": len(seconds), "median": round(float(np.median(seconds)), 6) if len(seconds) else None}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
