"""Links that lead visitors to their checklist, and what they found, as it is listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from studies import dates
from studies.store import Store
from studies.store.visits import VisitDoor, open_visit_door, visit_door, visit_doors
from studies.troubles import WrongInput
from studies.words import _, ngettext
from studies.workspace import Workspace
from surveys import visited
from surveys.checklists import checklist
from surveys.visited import Told


def made(
    store: Store, study: str, kind: str, service: str, condition: str | None = None, space: Workspace | None = None
) -> VisitDoor:
    """A link for visitors of a service. Raises WrongInput for a kind that is not there, or a service without a name."""
    checklist(kind, space)
    if not service.strip():
        raise WrongInput(_("A visit needs the name of the service that is visited."))
    found = visit_door(store, open_visit_door(store, study, kind, service.strip(), condition))
    assert found is not None
    return found


def link_of(base: str, door: VisitDoor) -> str:
    """The address that a visitor opens once with a network."""
    return f"{base}/v/{door.door}"


def links_of(store: Store, study: str, base: str) -> list[dict[str, Any]]:
    """Every link for visitors of a study."""
    return [
        {"link": link_of(base, one), "kind": one.kind, "service": one.service, "condition": one.condition}
        for one in visit_doors(store, study)
    ]


def told(visits: Sequence[Told]) -> str:
    """The visits for a person, a line each."""
    if not visits:
        return _("Nobody has visited yet.")
    lines = [
        ngettext(
            "{visit}: {service} by {rater}, {n} press, {state}", "{visit}: {service} by {rater}, {n} presses, {state}",
            len(one.taps),
        ).format(
            visit=one.visit.name, service=one.visit.door.service, rater=one.visit.rater, n=len(one.taps),
            state=state_of(one),
        )
        for one in visits
    ]  # fmt: skip
    return "\n".join(lines)


def state_of(one: Told) -> str:
    """How far a visit is, in words."""
    if one.visit.sealed:
        return _("in the log")
    if one.gaps:
        return _("presses are missing still")
    return _("ended") if one.done else _("under way")


def table(visits: Sequence[Told]) -> pd.DataFrame:
    """The visits as a table for people."""
    return pd.DataFrame(
        [
            {
                _("Visit"): one.visit.name,
                _("Service"): one.visit.door.service,
                _("Who"): one.visit.rater,
                _("Began (UTC)"): dates.figure(visited.moment(one.visit, one.taps[0]), "%H:%M:%S") if one.taps else "",
                _("Presses"): len(one.taps),
                _("State"): state_of(one),
            }
            for one in visits
        ]
    )
