"""May these places be put under load, told before anybody sets out: which may, how much at most, and what is missing.

The same check as a load's own, which is made again when it begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loadtests.permits.ceiling import Ceiling, lowest
from loadtests.permits.permission import Ground, NotAgreed, Resolve, addresses_of, origin_of, permitted
from studies.troubles import Trouble
from studies.words import _
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """One place: whether it may be put under load, and why not.

    Where both sides have to agree `entry` is for the workspace's list, `consent` the file that the service's owner
    publishes at `place`.
    """

    origin: str
    may: bool
    here: bool = False
    ceiling: Ceiling = field(default_factory=Ceiling)
    until: datetime | None = None
    why: str = ""
    entry: str = ""
    place: str = ""
    consent: str = ""

    def told(self) -> str:
        """In a sentence."""
        if self.here:
            return _("{origin} may be put under load: it is this machine.").format(origin=self.origin)
        if not self.may:
            return self.why
        said = _(
            "{origin} may be put under load until {until}: {citizens} citizens at once and {rate} journeys begun a"
            " second at most."
        )
        return said.format(
            origin=self.origin,
            until=f"{self.until:%Y-%m-%d}" if self.until else "–",
            citizens=self.ceiling.citizens,
            rate=f"{self.ceiling.per_second or 0:g}",
        )

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "origin": self.origin, "may": self.may, "this_machine": self.here, "ceiling": self.ceiling.json(),
            "until": self.until.isoformat() if self.until else None, "why": self.why or None,
        }  # fmt: skip


def standings(places: Iterable[str], space: Workspace, resolve: Resolve = addresses_of) -> list[Standing]:
    """Where each of the places of a load stands, each origin once. Nothing is raised: what is wrong is told."""
    ground = Ground(space)
    return [_standing(place, resolve, ground) for place in dict.fromkeys(places)]


def ceiling_of(found: Iterable[Standing]) -> Ceiling:
    """How much a load of all these may be at most."""
    return lowest(one.ceiling for one in found)


def _standing(place: str, resolve: Resolve, ground: Ground) -> Standing:
    try:
        target = permitted(place, resolve, ground)
    except NotAgreed as refused:
        message = _("{origin} may not be put under load: {why}.")
        why = message.format(origin=origin_of(place), why=refused.why)
        return Standing(place, False, why=why, entry=refused.entry, place=refused.place, consent=refused.consent)
    except Trouble as wrong:
        return Standing(place, False, why=str(wrong))
    return Standing(target.origin, True, target.here, target.ceiling, target.until)
