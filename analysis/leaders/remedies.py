"""Did a remedy work: how many citizens met a finding before the day of its remedy, and how many since.

Association: nobody gave out the remedy by chance, and other things may have changed at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.found import Finding, heard_by
from analysis.leaders import changes
from analysis.leaders.changes import Change
from analysis.leaders.ground import Ground
from studies.words import _


@dataclass(frozen=True, slots=True)
class Remedy:
    """Before and since the day of a remedy: the share of cases that met the finding, and the seconds lost a case.

    `lost` is None for what has no time of its own.
    """

    since: date
    met: Change
    lost: Change | None

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {"since": str(self.since), "met": self.met.json(),
                "seconds_lost": self.lost.json() if self.lost else None, "says": says(self)}  # fmt: skip


def worked(finding: Finding, since: date, ground: Ground) -> Remedy:
    """Before and after, among the cases of the finding's service and condition, people or robots as it was found."""
    cases = ground.cases
    mine = cases[(cases["service"] == finding.service) & (cases["who"] == finding.who)]
    condition = mine["condition"]
    mine = mine[condition.isna() if finding.condition is None else condition.eq(finding.condition)]
    mine = mine[mine["case"].isin(heard_by(ground.kept.sessions, finding.rule))]
    caught = ground.kept.caught
    here = caught[
        (caught["rule"] == finding.rule) & (caught["step"] == finding.step) & (caught["detail"] == finding.detail)
    ]
    case_of = ground.kept.sessions.set_index("session")["case"]
    lost = here["lost"].groupby(here["session"].map(case_of)).sum()
    met = mine["case"].isin(lost.index).to_numpy()
    seconds = mine["case"].map(lost).fillna(0.0).to_numpy(float)
    dated = mine["started"].notna().to_numpy()  # what has no known date came neither before nor after
    after = (mine["started"] >= pd.Timestamp(since, tz="UTC")).to_numpy()
    before = dated & ~after
    return Remedy(
        since,
        changes.of_shares("met", "lower", _counted(met, before), _counted(met, after)),
        None
        if finding.seconds_each is None
        else changes.of_means("seconds_lost", "lower", seconds[before], seconds[after]),
    )


def says(remedy: Remedy) -> str:
    """Whether it worked, in one plain sentence."""
    match remedy.met.verdict:
        case changes.BETTER:
            return _("Fewer citizens meet it since the remedy; an association, no proof.")
        case changes.WORSE:
            return _("More citizens meet it since the remedy; an association, no proof.")
        case changes.TOO_FEW:
            return _("Not enough to say whether the remedy worked: {why}.").format(why=remedy.met.reason)
    return _("No change can be told since the remedy.")


def _counted(met: np.ndarray, which: np.ndarray) -> tuple[int, int]:
    return int(met[which].sum()), int(which.sum())


def all_of(found: Sequence[Finding], days: dict[str, date], ground: Ground) -> dict[str, Remedy]:
    """The remedies of those findings that have a day, by finding."""
    return {f"{one.key} {one.who}": worked(one, days[one.key], ground) for one in found if one.key in days}
