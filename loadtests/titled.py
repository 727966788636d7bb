"""What journeys, steps and variants of a load are called, for whoever reads of it; files and gates keep the keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from studies.planning.conditions import variant_name
from studies.titles import service_name, step_names_in

AND: Final = " + "  # between the journeys of a mix
NOTHING: Final = "–"
Told = Mapping[str, Any]


def journeys_of(told: Told) -> list[str]:
    """The journeys of a load by their keys, from its JSON."""
    return [one["journey"] for one in told.get("by_journey") or []] or keys_in(str(told.get("journey") or ""))


def keys_in(journeys: str) -> list[str]:
    """The keys of the journeys of a mix, which the history has in a line."""
    return journeys.split(AND)


def journeys_name(journeys: Sequence[str] | str) -> str:
    """One journey, or the several of a mix, by their titles; given by their keys, or as the history has them."""
    return AND.join(map(service_name, keys_in(journeys) if isinstance(journeys, str) else journeys))


def variant_title(variant: str | None) -> str:
    """A variant of a journey, in words."""
    return variant_name(variant) if variant else NOTHING


def step_title(journeys: Sequence[str], step: str | None) -> str:
    """A step in words; of who ended before they came to any, none. What counts for several journeys names them all."""
    return AND.join(step_names_in(journeys, step)) if step else NOTHING


def step_titles(journeys: Sequence[str], rows: Sequence[Told]) -> list[str]:
    """The steps of rows in words; a step that two journeys of a mix call the same, with its journey behind it."""
    of = [[str(row["journey"])] if row.get("journey") else journeys for row in rows]
    titles = [step_title(one, row["step"]) for one, row in zip(of, rows, strict=True)]
    times = Counter(titles)
    return [
        f"{title} · {journeys_name(one)}" if times[title] > 1 else title for one, title in zip(of, titles, strict=True)
    ]
