"""What a leader's pages stand on: a study's cases (one a need, over all its sittings) and ratings, measured already.

Load citizens, and sessions that the lab broke, are in neither. People and robots stay apart by `who`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar

import pandas as pd

from analysis import answers_kept, measures_kept
from analysis.answers_kept import Answers
from analysis.found import concluded, counted_sessions
from analysis.measures_kept import Kept
from studies.soon import soon
from studies.store import Store
from studies.untold import BEFORE, DAY, UNTOLD
from studies.workspace import Workspace

T = TypeVar("T")

#: what a case's sittings are added up in
SUMMED: Final = (
    "silent_time",
    "silent_waits",
    "repeat_questions",
    "steps",
    "needless_steps",
    "hand_offs",
    "wait_time",
    "time_on_task",
)
#: what these pages read of a session
COLUMNS: Final = ("session", "case", "service", "who", "source", "condition", "participant", "channel", "started",
                  "silent", "hears", "outcome", *SUMMED)  # fmt: skip
#: channels as a leader thinks of them
WAYS: Final = {"web": "web", "mobile": "web", "phone": "phone", "desk": "desk", "chat": "chat", "video": "video",
               "post": "post"}  # fmt: skip
ALL, YEAR, QUARTER = PERIODS = ("all", "year", "quarter")


@dataclass(frozen=True)
class Ground:
    """A study as far as it was measured and read; `behind` says that newer sessions or answers are being counted."""

    study: str
    kept: Kept
    answers: Answers
    behind: bool = False
    _memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def remembered(self, what: Hashable, make: Callable[[], T]) -> T:
        """What pages ask for again and again, worked out once for as long as the study stays as it was measured."""
        if what not in self._memo:
            self._memo[what] = make()
        found: T = self._memo[what]
        return found

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row a case: service, condition, who, participant, quarter, settled, ways, and what it came to."""
        return cases_of(self.kept.sessions)

    @cached_property
    def conditions(self) -> list[str]:
        """Which conditions there are, none where the study has none."""
        return sorted({c for c in self.cases["condition"].dropna().unique() if c})

    def ratings(self, instrument: str) -> pd.DataFrame:
        """The ratings by one instrument, as `_ratings` tells them."""
        return self.remembered(("ratings", instrument), lambda: self._ratings(instrument))

    def _ratings(self, instrument: str) -> pd.DataFrame:
        """Scores with the service, the condition and the quarter of what they are about; one row a rating.

        Whoever did not agree to have their answers joined with their visit is of no service. `settled` is as of cases.
        """
        rows = self.answers.of(instrument)
        about = self.kept.sessions.set_index("session")[["service", "condition", "started", "outcome"]]
        mine = rows.assign(key=rows["session"].where(rows["joined"]))
        found = mine.join(about.add_suffix("_of"), on="key")
        when = dated(found["started_of"]).fillna(found["when"])
        return pd.DataFrame(
            {
                "session": found["key"],
                "participant": found["participant"],
                "who": found["who"],
                "service": found["service_of"].fillna(""),
                "condition": found["condition_of"].fillna(found["condition"]),
                "settled": concluded(found["outcome_of"]),
                "score": found["score"],
                "responses": found["responses"],
                "when": when,
                "quarter": quarters(when),
            }
        )


def ground(study: str, space: Workspace, store: Store, patience: float | None = None) -> Ground | None:
    """The ground under a study: as new as can be had within `patience` seconds (None: up to date, however long).

    None where nothing was ever measured and patience is over. Raises WrongInput where there is no such study.
    """
    kept, late = _newest(
        ("measured", space, study),
        measures_kept.at_hand(study, space, columns=COLUMNS),
        lambda there: measures_kept.is_up_to_date(there, study, space),
        lambda: _measured(study, space),
        patience,
    )
    answers, later = _newest(
        ("answered", space, study),
        answers_kept.at_hand(study, space),
        lambda there: answers_kept.is_up_to_date(there, store),
        lambda: answers_kept.answered(study, store, space),
        patience,
    )
    if kept is None or answers is None:
        return None
    return _ground(study, _Same(kept), _Same(answers), late or later)


def _measured(study: str, space: Workspace) -> Kept:
    whole = measures_kept.measured(study, space)
    return measures_kept.at_hand(study, space, columns=COLUMNS) or whole


def _newest(
    name: tuple[object, ...],
    there: T | None,
    up_to_date: Callable[[T | None], bool],
    make: Callable[[], T],
    patience: float | None,
) -> tuple[T | None, bool]:
    if up_to_date(there):
        return there, False
    made = soon(name, make, patience)
    return (there, True) if made is None else (made, False)


class _Same(Generic[T]):
    """A thing known by being this very one."""

    def __init__(self, thing: T) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing


@lru_cache(maxsize=4)
def _ground(study: str, kept: _Same[Kept], answers: _Same[Answers], behind: bool) -> Ground:
    return Ground(study, kept.thing, answers.thing, behind)


def cases_of(sessions: pd.DataFrame) -> pd.DataFrame:
    """The cases that sessions make, what each went through added up; what no sitting could hear is missing (NaN).

    `settled` is 1 where a sitting concluded it, 0 where none that hears outcomes did.
    """
    counted = counted_sessions(sessions).sort_values(["case", "started"], kind="stable")
    of_case = counted.groupby("case", sort=True)
    named = counted.assign(service=counted["service"].where(counted["service"] != ""))
    found = named.groupby("case", sort=True)[["service", "condition", "participant", "who", "started"]].first()
    found["service"] = found["service"].fillna("")
    found[list(SUMMED)] = of_case[list(SUMMED)].sum(min_count=1)
    found["settled"] = concluded(counted["outcome"]).groupby(counted["case"]).max()
    found["sittings"] = of_case.size()
    way = counted["channel"].map(WAYS).fillna("web")
    for name in dict.fromkeys(WAYS.values()):
        found[f"by_{name}"] = way.eq(name).groupby(counted["case"]).any() if (way == name).any() else False
    found["started"] = dated(found["started"])
    found["quarter"] = quarters(found["started"])
    return found.reset_index()


def dated(moments: pd.Series) -> pd.Series:
    """The moments that are known. Where a source told none, an importer counts from a day of its own: that is none."""
    untold = (moments.dt.year <= BEFORE) | ((moments > UNTOLD - DAY) & (moments < UNTOLD + DAY))
    known: pd.Series = moments.mask(untold)
    return known


def quarters(moments: pd.Series) -> pd.Series:
    """The quarter of each moment (UTC) as a number that grows by one a quarter; missing (NaN) without a known date."""
    known = dated(moments)
    found: pd.Series = known.dt.year * 4 + known.dt.quarter - 1
    return found


def quarter_name(number: float) -> str:
    """A quarter as it is written."""
    year, quarter = divmod(int(number), 4)
    return f"{year} Q{quarter + 1}"


def within(frame: pd.DataFrame, period: str, latest: float | None) -> pd.DataFrame:
    """The rows of a period that ends with the latest quarter there is: all, a year (four quarters), or that quarter."""
    if period == ALL or latest is None:
        return frame
    return frame[frame["quarter"] > latest - (4 if period == YEAR else 1)]


def latest_quarter(frames: Sequence[pd.DataFrame]) -> float | None:
    """The latest quarter in which anything was observed or rated."""
    ends = [frame["quarter"].max() for frame in frames if len(frame) and frame["quarter"].notna().any()]
    return float(max(ends)) if ends else None
