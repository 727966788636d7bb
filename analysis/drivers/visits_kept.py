"""Rated visits, and what a redesign would take from them, from what was measured already: pages need no log."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.drivers.effects import Drivers, drivers
from analysis.drivers.visits import DRIVERS, Visit
from analysis.drivers.what_if import Expected, what_if
from analysis.leaders.ground import Ground
from studies.soon import PATIENCE, soon
from studies.words import spoken

#: from so many visits on, what is drawn again and again takes too long for a page; the command line has it
MANY: Final = 5_000
AT_ONCE: Final = 8


def visits_of(ground: Ground, instrument: str, wanted: Iterable[str] = tuple(DRIVERS)) -> list[Visit]:
    """The participants' visits with a score and every driver measured, by session, as `rated_visits` has them."""
    names = list(wanted)
    rated = ground.answers.of(instrument)
    scores = rated[rated["joined"] & rated["session"].notna()].groupby("session")["score"].mean()
    sessions = ground.kept.sessions
    mine = sessions[(sessions["source"] == "participant") & (sessions["outcome"] != "broken")]
    mine = mine[mine["outcome"].notna()].dropna(subset=names).join(scores, on="session", how="inner")
    columns = [mine[name].to_numpy(float).tolist() for name in names]
    rows = zip(
        mine["session"], mine["participant"], mine["service"], mine["outcome"], mine["score"], mine["condition"],
        zip(*columns, strict=True), strict=True,
    )  # fmt: skip
    return [
        Visit(
            session,
            session if _none(person) else person,
            service,
            outcome == "concluded",
            float(score),
            dict(zip(names, values, strict=True)),
            None if _none(condition) else condition,
        )
        for session, person, service, outcome, score, condition, values in rows
    ]


def _none(value: Any) -> bool:
    return value is None or value != value


def drivers_of(visits: Sequence[Visit], assigned: bool = False) -> Drivers:
    """What drives satisfaction in these visits; of very many, importance without its intervals."""
    return drivers(visits, assigned=assigned, draws=400 if len(visits) <= MANY else 0)


@dataclass(frozen=True)
class Ready:
    """The rated visits of a study, what drives satisfaction in them, and what could be taken from them."""

    visits: list[Visit]
    drivers: Drivers
    most: dict[str, float]  # of each driver, as `most` has it
    named: tuple[list[str], list[str]]  # steps and questions, as `named` has them


_ready: dict[Hashable, Ready] = {}  # for as long as what was measured is the same; a few at a time


def ready(ground: Ground, instrument: str, assigned: bool, patience: float | None = PATIENCE) -> Ready | None:
    """Visits and drivers of what was measured; None while they are being worked out, which takes a while for many."""
    name = (ground.study, ground.kept.parts, ground.answers.mark, instrument, assigned, spoken())

    def work_out() -> Ready:
        visits = visits_of(ground, instrument)
        found = drivers_of(visits, assigned)
        return Ready(visits, found, {name: most(visits, name) for name in DRIVERS}, named(ground, visits))

    if name not in _ready:
        made = soon(("drivers", name), work_out, patience)
        if made is None:
            return None
        while len(_ready) >= AT_ONCE:
            _ready.pop(next(iter(_ready)))
        _ready[name] = made
    return _ready[name]


def most(visits: Sequence[Visit], driver: str) -> float:
    """How much of a driver could at most be taken from a visit, were it to have as little as its service's least."""
    now, least = _now_and_least(visits, driver)
    return float((now - least).max()) if len(now) else 0.0


def without(visits: Sequence[Visit], driver: str, amount: float) -> np.ndarray:
    """So much less of a driver for each visit, never below what some visit to the same service had."""
    now, least = _now_and_least(visits, driver)
    return np.minimum(amount, now - least)


def _now_and_least(visits: Sequence[Visit], driver: str) -> tuple[np.ndarray, np.ndarray]:
    now = pd.Series([v.measures[driver] for v in visits], dtype=float)
    least = now.groupby([v.service for v in visits]).transform("min")
    return now.to_numpy(), least.to_numpy()


def expected(found: Drivers, visits: Sequence[Visit], amounts: dict[str, float]) -> Expected | None:
    """What is expected where each visit does without so much of these drivers, within what was seen; None for nothing.

    Raises WrongInput where nothing could be fitted.
    """
    less = {name: without(visits, name, amount).tolist() for name, amount in amounts.items() if amount > 0}
    return what_if(found, visits, less) if less else None


def named(ground: Ground, visits: Sequence[Visit]) -> tuple[list[str], list[str]]:
    """The steps at which these visits met a silent wait, and what they were asked for again."""
    caught = ground.kept.caught
    mine = caught[caught["session"].isin([v.session for v in visits])]
    steps = mine.loc[mine["rule"] == "silent_waits", "step"].unique()
    questions = mine.loc[mine["rule"] == "repeat_questions", "detail"].unique()
    return sorted(s for s in steps if s), sorted(q for q in questions if q)


def removed(
    ground: Ground, visits: Sequence[Visit], waits: Sequence[str] = (), questions: Sequence[str] = ()
) -> dict[str, list[float]]:
    """What a redesign would take from each visit: the silence at these steps, these repeat questions."""
    caught = ground.kept.caught
    names = [v.session for v in visits]
    found = {}
    if waits:
        here = caught[(caught["rule"] == "silent_waits") & caught["step"].isin(list(waits))]
        found["silent_time"] = here.groupby("session")["lost"].sum().reindex(names).fillna(0.0).tolist()
    if questions:
        here = caught[(caught["rule"] == "repeat_questions") & caught["detail"].isin(list(questions))]
        found["repeat_questions"] = here.groupby("session").size().reindex(names).fillna(0.0).tolist()
    return found
