"""What the workbench's first page needs of every room: what is running, and what came of the latest load tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from analysis.leaders.weightiest import weightiest
from loadtests import history, live, titled, wording
from studies import archive
from studies.how_far import seconds_left
from studies.planning import running
from studies.planning.designing import files
from studies.store import Store
from studies.words import _
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Running:
    """Something under way: what, how far (0 to 1), how long it will still take (None: not known), where to watch."""

    what: str
    share: float
    left: float | None
    page: str
    asked: dict[str, str]


def under_way(space: Workspace) -> list[Running]:
    """Everything that is being made in a workspace now: load tests, and robots of a study."""
    found = []
    for run in live.under_way(space):
        now = live.live(run, space)
        if now is not None:
            what = _("Load test {run}").format(run=run)
            found.append(Running(what, now.share, now.left, "loadtests/page_load.py", {"run": run}))
    for study in dict.fromkeys([*archive.studies_in(space), *files(space)]):
        if (told := running.under_way(study, space)) is not None:
            what = _("Study {study}: {what}").format(study=study, what=told.what)
            found.append(Running(what, told.share, _left(study, told), "studies/page_board.py", {"study": study}))
    return found


_seen: dict[tuple[str, int], running.Progress] = {}


def _left(study: str, told: running.Progress) -> float | None:
    """How long a study's robots will still take, by how fast they were since somebody first looked."""
    first = _seen.setdefault((study, told.pid), told)
    passed = (datetime.fromisoformat(told.at) - datetime.fromisoformat(first.at)).total_seconds()
    done = (told.share - first.share) / max(1.0 - first.share, 1e-9)
    return seconds_left(done, passed)


def latest_loads(space: Workspace) -> list[tuple[str, str, str]]:
    """The load tests that ended last: run, its journeys by their titles, and its verdict in words."""
    return [
        (one.run, titled.journeys_name(one.journey), wording.verdict_name(one.verdict))
        for one in history.heads(space)[:5]
    ]


def worth_most(study: str, space: Workspace) -> list[tuple[str, str]] | None:
    """The findings of a study worth most; None while they are being worked out."""
    return weightiest(study, _opened(space.database_url), space)


_stores: dict[str, Store] = {}


def _opened(url: str) -> Store:
    if url not in _stores:
        _stores[url] = Store(url)
    return _stores[url]


OFFERED: Final[dict[str, Callable[..., Any]]] = {
    "start: running": under_way,
    "start: loads": latest_loads,
    "start: findings": worth_most,
}
