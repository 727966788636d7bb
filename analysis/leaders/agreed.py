"""What a leader agrees on: a target and a volume for each service, an owner and a state for each finding.

Nothing here is measured and nothing is supposed: what nobody has said is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any, Final

from pydantic import ValidationError

from analysis.leaders.cost import Volume
from studies.events import hint
from studies.misfits import dotted, first_misfit
from studies.store import Store
from studies.store.agreed import Word, agree, history, standing
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

#: what a target may be set for -> whether more is better
MEASURES: Final[Mapping[str, str]] = {
    "satisfaction": "higher",
    "settled": "higher",
    "silent_time": "lower",
    "repeat_questions": "lower",
    "steps": "lower",
}
OPEN, AGREED, UNDER_WAY, REMEDIED, REFUSED = STATES = (
    N_("open"), N_("agreed"), N_("under way"), N_("remedied"), N_("refused"),
)  # fmt: skip
TARGET, FINDING, VOLUME = "target", "finding", "volume"


@dataclass(frozen=True, slots=True)
class Target:
    """What one service is to reach of one measure, and since when that holds."""

    service: str
    measure: str
    value: float
    since: date
    who: str = ""
    at: datetime | None = None

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"service": self.service, "measure": self.measure, "value": self.value, "since": str(self.since),
                "who": self.who, "at": self.at.isoformat() if self.at else None}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one finding: who sees to it, how far it is, since when, and why."""

    finding: str
    state: str = OPEN
    owner: str = ""
    since: date | None = None
    note: str = ""
    who: str = ""
    at: datetime | None = None

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"finding": self.finding, "state": self.state, "owner": self.owner or None,
                "since": str(self.since) if self.since else None, "note": self.note or None,
                "who": self.who or None, "at": self.at.isoformat() if self.at else None}  # fmt: skip


def set_target(
    store: Store, service: str, measure: str, value: float | None, who: str, since: date | None = None
) -> Target:
    """Agree on what a service is to reach. Raises WrongInput for an unknown measure, no value, a share beyond one."""
    if measure not in MEASURES:
        text = _("There is no measure {name} to set a target for. There are: {known}.{hint}")
        raise WrongInput(text.format(name=measure, known=in_a_row(MEASURES), hint=hint(measure, list(MEASURES))))
    if not service.strip():
        raise WrongInput(_("A target is a service's: name it as the journeys do."))
    if value is None:
        raise WrongInput(_("A target says how much is to be reached: none was told."))
    if value < 0 or (measure == "settled" and value > 1):
        text = _("A target of {value:g} for {measure} cannot be reached: needs settled are a share from 0 to 1.")
        raise WrongInput(text.format(value=value, measure=measure))
    since = since or store.clock().date()
    word = agree(store, TARGET, f"{service}\n{measure}", {"value": float(value), "since": str(since)}, who)
    return _target(word)


def targets(store: Store) -> dict[tuple[str, str], Target]:
    """The targets that hold, by service and measure."""
    found = [_target(word) for word in standing(store, TARGET).values()]
    return {(one.service, one.measure): one for one in found}


def target_history(store: Store, service: str, measure: str) -> list[Target]:
    """Every target that a service ever had for a measure, the earliest first."""
    return [_target(word) for word in history(store, TARGET, f"{service}\n{measure}")]


def every_target(store: Store, services: Sequence[str]) -> list[Target]:
    """Every target that these services ever had, service by service and measure by measure, the earliest first."""
    told = [_target(word) for word in history(store, TARGET)]
    order = {(service, measure): k for k, (service, measure) in enumerate(product(services, MEASURES))}
    mine = [one for one in told if (one.service, one.measure) in order]
    return sorted(mine, key=lambda one: order[one.service, one.measure])


def decide(
    store: Store,
    finding: str,
    who: str,
    state: str | None = None,
    owner: str | None = None,
    since: date | None = None,
    note: str | None = None,
) -> Decision:
    """Keep what was decided about a finding; what is not told stays as it stood. Raises WrongInput for no state.

    A state that changes begins today unless told otherwise; the day of a remedy is what before and after are cut by.
    """
    state = state if state is None else state.replace("_", " ").replace("-", " ")  # as it is typed without quotes
    if state is not None and state not in STATES:
        text = _("“{name}” is no state of a finding. There are: {known}.{hint}")
        raise WrongInput(text.format(name=state, known=in_a_row(STATES), hint=hint(state, list(STATES))))
    before = decisions(store).get(finding, Decision(finding))
    changed = state is not None and state != before.state
    day = since or (store.clock().date() if changed or before.since is None else before.since)
    said = {
        "state": before.state if state is None else state,
        "owner": before.owner if owner is None else owner.strip(),
        "since": str(day),
        "note": before.note if note is None else note.strip(),
    }
    return _decision(agree(store, FINDING, finding, said, who))


def decisions(store: Store) -> dict[str, Decision]:
    """What was decided about each finding, by its key."""
    return {about: _decision(word) for about, word in standing(store, FINDING).items()}


def decision_history(store: Store, finding: str) -> list[Decision]:
    """Everything that was decided about a finding, the earliest first."""
    return [_decision(word) for word in history(store, FINDING, finding)]


def set_volume(store: Store, service: str, who: str, **told: Any) -> Volume:
    """Say how many cases a service has in a year, and what an hour of a citizen is worth. Raises WrongInput."""
    if not service.strip():
        raise WrongInput(_("A volume is a service's: name it as the journeys do."))
    there = volumes(store).get(service)
    known = there.model_dump() if there else {}
    try:
        volume = Volume.model_validate(known | {key: value for key, value in told.items() if value is not None})
    except ValidationError as wrong:
        place, message = first_misfit(wrong)
        raise WrongInput(f"{dotted([service, *place])}: {message}.") from None
    agree(store, VOLUME, service, volume.model_dump(), who)
    return volume


def volumes(store: Store) -> dict[str, Volume]:
    """Cases a year and tariffs as they were told, by service; a service that nobody spoke of is not there."""
    return {about: Volume.model_validate(dict(word.said)) for about, word in standing(store, VOLUME).items()}


def _target(word: Word) -> Target:
    service, _newline, measure = word.about.partition("\n")
    return Target(
        service, measure, float(word.said["value"]), date.fromisoformat(word.said["since"]), word.who, word.at
    )


def _decision(word: Word) -> Decision:
    said = word.said
    return Decision(
        word.about, said["state"], said["owner"], date.fromisoformat(said["since"]), said["note"], word.who, word.at
    )
