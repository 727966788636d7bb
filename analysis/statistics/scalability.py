"""How well a service shares its work among all who come at once; the fit itself lies where load tests find it too."""

from __future__ import annotations

from collections.abc import Sequence

from studies import scalability
from studies.scalability import Figures


def usl_fit(*, load: Sequence[float], throughput: Sequence[float]) -> Figures:
    """The Universal Scalability Law, fitted by least squares. Gunther 2007, *Guerrilla Capacity Planning*."""
    return scalability.usl_fit(load, throughput)
