"""What a study says in the words of others' frameworks: each figure, how it was made and from what; or why it is not.

People where there are any, else robots; never both in one figure.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast

import pandas as pd

import analysis.frameworks
from analysis import figures
from analysis.frameworks import MINUTES, SECONDS, SHARE, Figure, Looked
from analysis.leaders.cost import Volume
from analysis.leaders.ground import Ground
from analysis.leaders.scoreboard_told import percents
from analysis.sureness import PEOPLE, ROBOTS, Sure
from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from surveys.instruments import instrument as instrument_named


class Framework(Protocol):
    """What a file in `analysis/frameworks/` holds."""

    TITLE: str
    SOURCE: tuple[str, ...]
    FIGURES: tuple[Figure, ...]


@cache
def frameworks() -> dict[str, Framework]:
    """Every framework by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(analysis.frameworks.__path__))
    return {n: cast(Framework, importlib.import_module(f"analysis.frameworks.{n}")) for n in names}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one framework; `sure` is None where it is not measured here, and `how` then tells why."""

    framework: str
    figure: Figure
    sure: Sure | None

    @property
    def how(self) -> str:
        """How it was made; where it could not be, what is lacking."""
        if self.sure is None and self.figure.lacking:
            return _(self.figure.how) + " " + _(self.figure.lacking)
        return _(self.figure.how)

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        measured = self.sure is not None
        return {
            "figure": self.figure.id, "title": _(self.figure.title), "measured": measured,
            "unit": self.figure.unit or "count", **(self.sure.json() if self.sure else {"value": None}),
            "how": self.how, "from": list(self.figure.from_), "frameworks_own": measured and not self.figure.near,
            "says": said(self),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """All frameworks of a study, of people or of robots."""

    study: str
    service: str | None
    who: str
    rows: tuple[Row, ...]

    def json(self) -> dict[str, Any]:
        """What is exchanged."""
        return {
            "study": self.study, "service": self.service, "who": self.who,
            "frameworks": [
                {"framework": name, "title": _(one.TITLE), "sources": list(one.SOURCE),
                 "figures": [row.json() for row in self.rows if row.framework == name]}
                for name, one in frameworks().items()
            ],
        }  # fmt: skip


def crosswalk(
    ground: Ground, volumes: Mapping[str, Volume], condition: str | None = None, service: str | None = None
) -> Crosswalk:
    """Every figure of every framework. Raises WrongInput for a service that the study does not have."""
    cases = ground.cases if condition is None else ground.cases[ground.cases["condition"].eq(condition)]
    services = sorted(cases["service"].unique())
    if service is not None and service not in services:
        text = _("There is no service {name} in this study. There are: {known}.{hint}")
        raise WrongInput(text.format(name=service, known=in_a_row(services), hint=hint(service, services)))
    ratings = {name: ground.ratings(name) for name in ground.answers.instruments()}
    whos = set(cases["who"]) | {who for rows in ratings.values() for who in rows["who"]}
    who = PEOPLE if PEOPLE in whos else ROBOTS
    told = {
        name: (_of(rows, who, condition, service), tuple(instrument_named(name).ids()))
        for name, rows in ratings.items()
    }
    looked = Looked(
        _of(cases, who, condition, service), {n: (rows, ids) for n, (rows, ids) in told.items() if len(rows)}, volumes,
        who,
    )  # fmt: skip
    rows = tuple(
        Row(name, figure, figure.made(looked) if figure.made else None)
        for name, one in frameworks().items()
        for figure in one.FIGURES
    )
    return Crosswalk(ground.study, service, who, rows)


def _of(frame: pd.DataFrame, who: str, condition: str | None, service: str | None) -> pd.DataFrame:
    mine = frame[frame["who"] == who]
    if condition is not None:
        mine = mine[mine["condition"].eq(condition)]
    return mine if service is None else mine[mine["service"] == service]


def said(row: Row) -> str:
    """A figure with its interval and n, or that it is not measured here."""
    sure = row.sure
    if sure is None or sure.value is None:
        return _("not measured here")
    if row.figure.unit == SHARE:
        value = figures.percent(sure.value)
        interval = None if sure.low is None or sure.high is None else percents(sure.low, sure.high)
    else:
        value = figures.measured(sure.value, row.figure.unit if row.figure.unit in (SECONDS, MINUTES) else "")
        interval = None if sure.low is None or sure.high is None else figures.span(sure.low, sure.high)
    if not sure.n:
        return value
    shown = f"{value} ({interval})" if interval else value
    return figures.sentence(_("{value}, n = {n}").format(value=shown, n=figures.number(sure.n)))


def table(found: Crosswalk, name: str) -> pd.DataFrame:
    """A framework figure by figure: the value with its interval and n, whose measure it is, and how it was made."""
    rows = [row for row in found.rows if row.framework == name]
    return pd.DataFrame(
        {
            _("Figure"): [_(row.figure.title) for row in rows],
            _("Value"): [said(row) for row in rows],
            _("Whose measure"): [_whose(row) for row in rows],
            _("How it was made"): [row.how for row in rows],
            _("From"): [figures.island(", ".join(row.figure.from_)) or "–" for row in rows],
        }
    )


def _whose(row: Row) -> str:
    if row.sure is None:
        return "–"
    return _("the nearest that the lab hears") if row.figure.near else _("the framework's own")


def told(found: Crosswalk) -> str:
    """The frameworks for a person at a terminal."""
    lines = [_("From people.") if found.who == PEOPLE else _("From robots: a hypothesis about people, nothing more.")]
    for name, one in frameworks().items():
        lines.append(_(one.TITLE))
        lines += [f"  {_(row.figure.title)}: {said(row)}" for row in found.rows if row.framework == name]
    return "\n".join(lines)
