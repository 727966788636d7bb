"""How much a service agreed to bear at most: citizens at once, and journeys begun a second. The lowest ceiling wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most so many; None where there is no limit."""

    citizens: int | None = None
    per_second: float | None = None

    def and_also(self, other: Ceiling) -> Ceiling:
        """Both together: the lower of each."""
        return Ceiling(_lower(self.citizens, other.citizens), _lower(self.per_second, other.per_second))

    def json(self) -> dict[str, float]:
        """It as JSON, without what has no limit."""
        both = {"citizens": self.citizens, "per_second": self.per_second}
        return {name: most for name, most in both.items() if most is not None}

    @classmethod
    def of(cls, given: Any) -> Ceiling:
        """A ceiling from YAML or JSON; both limits must stand there. Raises ValueError with what is wrong."""
        if not isinstance(given, Mapping) or set(given) != {"citizens", "per_second"}:
            raise ValueError("ceiling: {citizens: 50, per_second: 5}")
        citizens, per_second = given["citizens"], given["per_second"]
        if isinstance(citizens, bool) or not isinstance(citizens, int) or citizens < 1:
            raise ValueError(f"citizens: {citizens!r}")
        if isinstance(per_second, bool) or not isinstance(per_second, int | float) or not 0 < per_second < 1e9:
            raise ValueError(f"per_second: {per_second!r}")
        return cls(citizens, float(per_second))


def lowest(ceilings: Iterable[Ceiling]) -> Ceiling:
    """The lowest of them all."""
    found = Ceiling()
    for each in ceilings:
        found = found.and_also(each)
    return found


def until(given: Any) -> datetime:
    """When something expires: the end of a day (2026-12-31, UTC), or a moment. Raises ValueError."""
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given)
        except ValueError:
            return until(datetime.fromisoformat(given))
    if not isinstance(given, date):
        raise ValueError(f"until: {given!r}")
    # The day itself still counts.
    return datetime.combine(given + timedelta(days=1), time(), UTC)


def _lower(one: Any, other: Any) -> Any:
    return min((each for each in (one, other) if each is not None), default=None)
