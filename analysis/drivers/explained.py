"""What slowness comes from, as the log shows it: load, faults, the applicant, the page, staff, procedure, or unknown.

Agencies explain slowness by load, by a technical fault or by applicants' mistakes. Each silent wait, late reply and
refusal is held against what was heard at the time; what nothing speaks for stays unattributed. In this order:

1. a cause that was heard (`cause=` of the sentence that ended it): fault, page, staff, procedure, network; a queue is
   load
2. a refusal about a datum that the citizen had given: the applicant's
3. a fault of the same agency heard from a minute before to its end, in whatever session: fault
4. load: how much longer waits are than when few are there (`analysis/drivers/load_line.py`)
5. what a server's wait has left is the server's own; the rest is unattributed

Waiting is in seconds, refusals are counted. Intervals: percentiles of resampled cases (Efron 1979), the lines of load
kept as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.drivers.load_line import LoadLine, by_load, load_lines
from studies.events import CAUSES
from studies.measuring.batch import Batch
from studies.measuring.presets import Presets
from studies.measuring.waits import Waits, exceeds, waits_of
from studies.words import N_, _

UNATTRIBUTED: Final = "unattributed"
EXPLANATIONS: Final = (
    *(N_("load"), N_("fault"), N_("applicant"), N_("page"), N_("staff"), N_("procedure"), N_("network"), N_("server")),
    N_("unattributed"),
)
KINDS: Final = {"silent_waits": N_("Silent waits"), "late_replies": N_("Late replies"), "refusals": N_("Refusals")}
#: A fault speaks for what began up to so long after it, and for nothing that went on for longer than an hour.
NEAR: Final = 60_000_000
NO_LONGER: Final = 3_600_000_000
RESAMPLED: Final = 1000

_HEARD: Final = {"queue": "load", **{name: name for name in ("fault", "page", "staff", "procedure", "network")}}
_PLACE: Final = {name: place for place, name in enumerate(EXPLANATIONS)}


@dataclass(frozen=True)
class Share:
    """How much one explanation accounts for: of the waiting in seconds, of refusals their number."""

    amount: float
    share: float | None
    low: float | None
    high: float | None

    def json(self) -> dict[str, float | None]:
        """Rounded to what the log knows."""
        rounded = {"share": self.share, "low": self.low, "high": self.high}
        return {"amount": round(self.amount, 6), **{k: None if v is None else round(v, 6) for k, v in rounded.items()}}


@dataclass(frozen=True)
class Explained:
    """Of one kind of trouble: how many, how much in all, and each explanation's share."""

    kind: str
    n: int
    cases: int
    total: float
    shares: dict[str, Share]

    def json(self) -> dict[str, Any]:
        """Its figures by explanation."""
        return {
            "n": self.n,
            "cases": self.cases,
            "total": round(self.total, 6),
            "shares": {name: share.json() for name, share in self.shares.items()},
        }


@dataclass(frozen=True)
class _Troubles:
    """One entry a silent wait, late reply or refusal; of those that did not last, `begins` is `ends`."""

    case: np.ndarray
    agency: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    ended_by: np.ndarray  # row, -1
    cause: np.ndarray  # code of CAUSES, -1


def explained(batch: Batch, presets: Presets, random: np.random.Generator) -> list[Explained]:
    """The share of each explanation, for silent waits, late replies and refusals."""
    waits = waits_of(batch, presets)
    lines = load_lines(batch, waits, _nobody_told(batch, waits))
    found = []
    for kind, troubles in _troubles(batch, presets, waits).items():
        amounts = _attributed(batch, troubles, lines)
        if kind == "refusals":
            amounts = (amounts > 0).astype(float)
        found.append(_shared(kind, troubles, amounts, random))
    return found


def told(found: Sequence[Explained]) -> str:
    """The findings, a line an explanation, the greatest first."""
    lines = []
    for kind in found:
        unit = _("refusals") if kind.kind == "refusals" else _("s")
        lines.append(_("{kind}: {total} {unit}").format(kind=_(KINDS[kind.kind]), total=f"{kind.total:.6g}", unit=unit))
        for name, share in sorted(kind.shares.items(), key=lambda item: -item[1].amount):
            if share.share and share.low is not None and share.high is not None:
                lines.append(f"  {_(name):<14} {share.share:>6.1%}  [{share.low:.1%}, {share.high:.1%}]")
            elif share.share:
                lines.append(f"  {_(name):<14} {share.share:>6.1%}")
    return "\n".join(lines)


def _troubles(batch: Batch, presets: Presets, waits: Waits) -> dict[str, _Troubles]:
    def of(row: np.ndarray, begins: np.ndarray, ends: np.ndarray, by: np.ndarray, cause: np.ndarray) -> _Troubles:
        return _Troubles(batch.case[row], batch.agency[row], begins, ends, by, cause)

    silent = np.flatnonzero(waits.silent)
    wait = waits.silence_wait[silent]
    every = np.arange(len(waits.row))
    late = np.flatnonzero(exceeds(batch, presets, waits.row, waits.crosses, every, waits.opened, waits.closed))
    refused = np.flatnonzero(batch.is_verb("refuses"))
    return {
        "silent_waits": of(
            waits.row[wait], waits.silence_from[silent], waits.silence_to[silent], waits.closed_row[wait],
            waits.silence_cause[silent],
        ),
        "late_replies": of(
            waits.row[late], waits.opened[late], waits.closed[late], waits.closed_row[late],
            _cause_of(batch, waits.closed_row[late]),
        ),
        "refusals": of(refused, batch.when[refused], batch.when[refused], refused, batch.cause[refused]),
    }  # fmt: skip


def _cause_of(batch: Batch, rows: np.ndarray) -> np.ndarray:
    return np.where(rows >= 0, batch.cause[rows], -1) if len(rows) else rows


def _attributed(batch: Batch, troubles: _Troubles, lines: dict[int, LoadLine]) -> np.ndarray:
    """Seconds of each trouble (a row) by explanation (a column); a refusal counts as one second."""
    n = len(troubles.case)
    seconds = np.where(troubles.ends > troubles.begins, (troubles.ends - troubles.begins) / 1e6, 1.0)
    amounts = np.zeros((n, len(EXPLANATIONS)))
    open_ = np.ones(n, bool)

    def settle(rows: np.ndarray, name: str) -> None:
        here = rows & open_
        amounts[here, _PLACE[name]] = seconds[here]
        open_[here] = False

    for heard, name in _HEARD.items():
        settle(troubles.cause == CAUSES.index(heard), name)
    settle(_about_what_was_given(batch, troubles.ended_by), "applicant")
    settle(_near_a_fault(batch, troubles), "fault")
    instants = troubles.ends == troubles.begins
    load = np.where(instants, 0.0, by_load(batch, troubles.agency, troubles.begins, lines))
    part = np.minimum(load, seconds) * open_
    amounts[:, _PLACE["load"]] += part
    rest = (seconds - part) * open_
    server = troubles.cause == CAUSES.index("server")
    amounts[:, _PLACE["server"]] += np.where(server, rest, 0.0)
    amounts[:, _PLACE[UNATTRIBUTED]] += np.where(server, 0.0, rest)
    return amounts


def _nobody_told(batch: Batch, waits: Waits) -> np.ndarray:
    """Which waits may be due to load: nothing else was heard of their cause, and they are no sitting's left-over."""
    cause = _cause_of(batch, waits.closed_row)
    unknown = (cause < 0) | (cause == CAUSES.index("server")) | (cause == CAUSES.index("none"))
    found: np.ndarray = unknown & ~waits.crosses & (waits.closed_row >= 0)
    return found & ~_about_what_was_given(batch, waits.closed_row)


def _about_what_was_given(batch: Batch, rows: np.ndarray) -> np.ndarray:
    """Which of these rows refuse a datum that the case had given before."""
    asked = (rows >= 0) & batch.is_verb("refuses")[rows] & (batch.about[rows] >= 0) if len(batch) else rows >= 0
    gives = np.flatnonzero(batch.is_verb("gives") & (batch.about >= 0))
    width = len(batch.words) + 1
    given, which = np.unique(batch.case[gives] * width + batch.about[gives], return_inverse=True)
    if not len(given):
        return np.zeros(len(rows), bool)
    first = np.full(len(given), np.iinfo(np.int64).max)
    np.minimum.at(first, which, batch.when[gives])
    wanted = batch.case[rows] * width + batch.about[rows]
    place = np.minimum(np.searchsorted(given, wanted), len(given) - 1)
    return asked & (given[place] == wanted) & (first[place] <= batch.when[rows])


def _near_a_fault(batch: Batch, troubles: _Troubles) -> np.ndarray:
    """Which troubles had a fault of the same agency about them."""
    found = np.zeros(len(troubles.case), bool)
    faults = np.flatnonzero((batch.cause == CAUSES.index("fault")) & ~batch.is_verb("breaks"))
    for agency in np.unique(batch.agency[faults]).tolist():
        at = np.sort(batch.when[faults[batch.agency[faults] == agency]])
        mine = (troubles.agency == agency) & (troubles.ends - troubles.begins <= NO_LONGER)
        heard = np.searchsorted(at, troubles.ends, "right") > np.searchsorted(at, troubles.begins - NEAR, "left")
        found |= mine & heard
    return found


def _shared(kind: str, troubles: _Troubles, amounts: np.ndarray, random: np.random.Generator) -> Explained:
    cases, which = np.unique(troubles.case, return_inverse=True)
    of_case = np.zeros((len(cases), len(EXPLANATIONS)))
    np.add.at(of_case, which, amounts)
    total = of_case.sum(axis=0)
    whole = float(total.sum())
    low, high = _interval(of_case, random)
    shares = {
        name: Share(
            float(total[place]),
            float(total[place]) / whole if whole else None,
            None if low is None else float(low[place]),
            None if high is None else float(high[place]),
        )
        for name, place in _PLACE.items()
    }
    return Explained(kind, len(troubles.case), len(cases), whole, shares)


def _interval(of_case: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Where 95 % of the shares lie when the cases are drawn again and again; none of a single case."""
    n = len(of_case)
    if n < 2:
        return None, None
    drawn = np.stack(
        [np.bincount(random.integers(n, size=n), minlength=n).astype(float) @ of_case for _again in range(RESAMPLED)]
    )
    whole = drawn.sum(axis=1, keepdims=True)
    shares = np.divide(drawn, whole, out=np.zeros_like(drawn), where=whole > 0)
    low, high = np.quantile(shares, (0.025, 0.975), axis=0)
    return low, high
