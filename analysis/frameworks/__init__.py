"""Frameworks that others judge services by: one file a framework, found by listing this folder.

A framework is TITLE, SOURCE (where its definitions were read) and FIGURES: each with its name there, how the lab makes
it and from which metric or answer, or why it cannot be measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.leaders.cost import Volume
from analysis.leaders.ground import WAYS
from analysis.sureness import Sure, mean_of, share_heard, share_of

SHARE, SECONDS, MINUTES, COUNT, MEAN, MONEY = "share", "s", "min", "", "mean", "money"
AGREE: Final = 4  # of five: agree and strongly agree, satisfied and very satisfied


@dataclass(frozen=True)
class Looked:
    """What the figures are made from: cases, ratings by instrument with the items in their order, volumes."""

    cases: pd.DataFrame
    ratings: Mapping[str, tuple[pd.DataFrame, tuple[str, ...]]]
    volumes: Mapping[str, Volume]
    who: str

    def agree(self, instrument: str, item: str) -> Sure | None:
        """The share of 4 and 5 among those who answered an item of five; None where nobody was asked."""
        if instrument not in self.ratings:
            return None
        rows, items = self.ratings[instrument]
        place = items.index(item)
        given = [a[place] for a in rows["responses"] if a[place] is not None and a[place] == a[place]]
        return share_of(sum(value >= AGREE for value in given), len(given), self.who) if given else None

    def ways(self) -> list[str]:
        """The columns that say of a case whether it came by a channel other than the web."""
        return [f"by_{way}" for way in dict.fromkeys(WAYS.values()) if way != "web"]

    def mean(self, column: str, factor: float = 1.0, where: pd.Series | None = None) -> Sure | None:
        """The mean of what cases came to; None where it could not be heard."""
        cases = self.cases if where is None else self.cases[where]
        found = mean_of(cases[column].to_numpy(float), self.who, least=0.0)
        return found.times(factor) if found.n else None

    def share(self, values: pd.Series) -> Sure | None:
        """The share of cases with 1 among those of which it could be heard (0 or 1); None where of none."""
        found = share_heard(values.to_numpy(float), self.who)
        return found if found.n else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a framework. `near`: the lab's nearest, not the framework's own score; no `made`: not measured."""

    id: str
    title: str
    how: str
    from_: tuple[str, ...] = ()
    unit: str = COUNT
    made: Callable[[Looked], Sure | None] | None = None
    near: bool = False
    lacking: str = ""  # what to do where nothing could be made of it
