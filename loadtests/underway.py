"""A load test under way in the background, so that whoever started it can watch it live and stop it.

It goes on when the page that shows it is left; what it measured is kept in any case. How it is going stands in its
run's state file (`live`), so that colleagues, and this very page after a reload, see the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from journeys.reading import read_journey
from journeys.running import is_practice, practice_agency
from loadtests.design import Design
from loadtests.result import LoadResult
from loadtests.run import load, run_name
from loadtests.verdicts import judging
from studies.beside import Job
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

Keep = Callable[..., None]


class Load(Job):
    """A load under way or over: its runs, one or more where a failure in doubt was repeated, the latest last."""

    def __init__(self, name: str, design: Design) -> None:
        super().__init__(name)
        self.design = design
        self._lock = threading.Lock()
        self._runs: list[str] = []

    def next(self) -> str:
        """The name of its next run; the first is called as the load is."""
        with self._lock:
            self._runs.append(self.name if not self._runs else run_name(datetime.now(UTC)))
            return self._runs[-1]

    @property
    def run(self) -> str:
        """Its latest run."""
        with self._lock:
            return self._runs[-1] if self._runs else self.name

    @property
    def runs(self) -> int:
        """How many there were so far."""
        with self._lock:
            return len(self._runs)


def start(design: Design, space: Workspace, now: datetime, keep: Keep | None = None) -> Load:
    """Begin a load in the background; what goes wrong with it is told by `trouble`.

    `keep(study, space, load=…)` takes the result for the study's report. Raises WrongInput, before anybody sets out,
    for gates that are wrong or a study without a name.
    """
    if design.study is not None and not design.study.strip():
        raise WrongInput(_("A study needs a name."))
    if not design.parts:
        raise WrongInput(_("Which journey? A load needs one."))
    judging.gates_in(design.gates, design.parts)
    under = Load(run_name(now), design)
    under.begin(lambda: _load(under, space, keep))
    return under


def service_of(design: Design) -> str | None:
    """Where the load goes, if not where the journey says: as designed, or this workbench's own practice agency."""
    practice = is_practice(read_journey(design.parts[0].journey))
    return design.base_url or (practice_agency() if practice else None)


def _load(under: Load, space: Workspace, keep: Keep | None) -> None:
    design = under.design
    first = read_journey(design.parts[0].journey)
    base_url = service_of(design)
    variant = design.variant or next(iter(first.variants), None)
    asked: dict[str, Any] = design.asked() | {"variant": variant}

    def run() -> LoadResult:
        return load(
            design.parts[0].journey, base_url=base_url, space=space, run=under.next(),
            opened=base_url != design.base_url, stop=lambda: under.stopping, **asked,
        )  # fmt: skip

    gates = judging.gates_in(design.gates, design.parts)
    tried = judging.tried(run, gates, judging.asked_of(design.parts, variant, asked), space, design.gates)
    if keep:
        keep(tried.result.study, space, load=tried.json())
    under.fail(tried.result.trouble or "")
