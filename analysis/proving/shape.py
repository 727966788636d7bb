"""When an interval may not be believed: the shapes and sizes at which it holds its 95 % in less than 93 of 100 cases.

The figures behind it are measured by `./lab bench statistics`, which fails when a row under 93 % has nothing said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from studies.words import N_, _

SYMMETRIC: Final = "symmetric"
SKEWED: Final = "skewed"
CEILING: Final = "at the ceiling"
SHAPES: Final = (N_("symmetric"), N_("skewed"), N_("at the ceiling"))

#: (interval, shape) -> below so many values it is not enough to say; and what to look at instead
_TOO_FEW: Final[dict[tuple[str, str], tuple[int, str]]] = {
    ("mean_ci", SKEWED): (100, N_("median with its interval (six values or more), or for times the geometric mean")),
    ("mean_ci", CEILING): (10, ""),
    ("welch_t_test", SKEWED): (50, ""),
    ("paired_t_test", SKEWED): (50, ""),
    ("geometric_mean_ci", CEILING): (10, ""),
    ("nps_ci_adjusted_wald", CEILING): (10, ""),
    ("kaplan_meier", CEILING): (50, ""),
}


def shape_of(values: Sequence[float], highest: float | None = None, lowest: float | None = None) -> str:
    """The shape of some values: `at the ceiling` where a third or more lie on an end of their scale, else by skew."""
    given = np.asarray(values, float)
    if len(given) < 3 or np.ptp(given) == 0:
        return SYMMETRIC
    for end in (highest, lowest):
        if end is not None and np.mean(np.abs(given - end) < 1e-9) >= 1 / 3:
            return CEILING
    spread = given.std()
    skew = float((((given - given.mean()) / spread) ** 3).mean())
    # What a normal sample of this size passes once in twenty times, on either side.
    return SKEWED if abs(skew) > 1.96 * float(np.sqrt(6 / len(given))) else SYMMETRIC


def caution(interval: str, shape: str, n: int) -> str:
    """What is to be said beside an interval of so many values of this shape; nothing where it holds its promise."""
    if (interval, shape) not in _TOO_FEW:
        return ""
    enough, instead = _TOO_FEW[interval, shape]
    if n >= enough:
        return ""
    text = _("not enough to say with {n} values of this shape; {enough} would do")
    said = text.format(n=n, enough=enough)
    return _("{said}, or see the {instead}").format(said=said, instead=_(instead)) if instead else said
