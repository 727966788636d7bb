"""What a service costs those who must use it: hours first, money by a tariff that is a choice of policy."""

from __future__ import annotations

from analysis.statistics import Figures, nothing
from studies.words import _


def standard_cost_model(
    *,
    minutes_per_case: float,
    hourly_tariff: float,
    population: float,
    cases_per_year_each: float = 1.0,
    out_of_pocket_per_case: float = 0.0,
    business_as_usual_share: float = 0.0,
) -> Figures:
    """Hours and money a year: price (time x tariff + expenses) times quantity (people x how often). SCM Network 2005.

    The burden leaves out what people would do anyway (`business_as_usual_share`, 0..1).
    """
    if not 0 <= business_as_usual_share <= 1:
        names = (
            "administrative_cost",
            "price_per_case",
            "quantity_per_year",
            "administrative_burden",
            "hours_per_year",
        )
        return nothing(*names, because=_("a share must lie between 0 and 1"))
    price = minutes_per_case / 60 * hourly_tariff + out_of_pocket_per_case
    quantity = population * cases_per_year_each
    return {
        "administrative_cost": price * quantity,
        "price_per_case": price,
        "quantity_per_year": quantity,
        "administrative_burden": price * quantity * (1 - business_as_usual_share),
        "hours_per_year": minutes_per_case / 60 * quantity,
    }
