"""What if a redesign took away these waits and these questions: by how much satisfaction would be expected to change.

Never outside what was seen: no visit may end up with less of a driver than some visit to the same service had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.drivers.effects import Drivers
from analysis.drivers.visits import Visit
from studies.troubles import WrongInput
from studies.words import _, in_a_row


@dataclass(frozen=True, slots=True)
class Expected:
    """The mean change of satisfaction that is expected, with its interval, and what it may be called."""

    change: float
    low: float
    high: float
    removed: Mapping[str, float]  # the mean amount a visit
    label: str
    too_few: str

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"change": self.change, "ci_low": self.low, "ci_high": self.high, "removed": dict(self.removed),
                "label": _(self.label), "too_few": self.too_few or None}  # fmt: skip


def what_if(
    found: Drivers, visits: Sequence[Visit], removed: Mapping[str, Sequence[float] | float], confidence: float = 0.95
) -> Expected:
    """The change expected where each visit does without so much of each driver (an amount, or one a visit).

    Raises WrongInput for a driver that was not fitted, and with the range where a visit would leave what was seen.
    """
    if found.fit is None:
        raise WrongInput(
            _("What if cannot be said: {reason}.").format(reason=found.reason or _("there are no drivers"))
        )
    direction = np.zeros(len(found.fit.beta))
    means = {}
    services = np.array([v.service for v in visits])
    for name, amount in removed.items():
        if name not in found.names:
            text = _("{name} is none of the drivers that vary here. They are: {names}.")
            raise WrongInput(text.format(name=name, names=in_a_row(found.names)))
        now = np.array([v.measures[name] for v in visits], float)
        less = np.broadcast_to(np.asarray(amount, float), now.shape)
        for service in np.unique(services[less != 0]):
            mine = services == service
            _within_range(name, str(service), now[mine], now[mine] - less[mine])
        means[name] = float(less.mean())
        direction[1 + found.names.index(name)] = -means[name]
    change, low, high = found.fit.along(direction, confidence)
    return Expected(change, low, high, means, found.label, found.too_few)


def _within_range(name: str, service: str, now: np.ndarray, then: np.ndarray) -> None:
    """Raises WrongInput with the range where what would be was never seen in this service."""
    least, most = float(now.min()), float(now.max())
    if then.min() < least - 1e-9 or then.max() > most + 1e-9:
        text = _("{name} would be {low:g} to {high:g} in {service}, but what was seen there is {least:g} to {most:g}: "
                 "nothing can be said beyond it. Remove less, or look at visits that had less.")  # fmt: skip
        raise WrongInput(
            text.format(name=name, service=service or "?", low=then.min(), high=then.max(), least=least, most=most)
        )
