"""A load test under way in the background, so that whoever started it can watch it live and stop it.

It goes on when the page that shows it is left; what it measured is kept in any case. How it is going stands in its
run's state file (`live`), so that colleagues, and this very page after a reload, see the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from journeys.reading import read_journey
from journeys.running import is_practice, practice_agency
from loadtests.design import Design
from loadtests.result import LoadResult
from loadtests.run import load, run_name
from loadtests.verdicts import judging
from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _, language, say_in
from studies.workspace import Workspace

Keep = Callable[..., None]


@dataclass(slots=True)
class Load:
    """A load under way or over: its runs, one or more where a failure in doubt was repeated, the latest last.

    What changes is changed and read under its lock only.
    """

    name: str
    design: Design
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _runs: list[str] = field(default_factory=list)
    _trouble: str = ""

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

    @property
    def going(self) -> bool:
        """Has it not ended yet?"""
        return not self._over.is_set()

    @property
    def trouble(self) -> str:
        """What went wrong with it; nothing: empty."""
        with self._lock:
            return self._trouble

    @property
    def stopping(self) -> bool:
        """True once it was asked to end."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ask the load to end before its time; what was measured counts."""
        self._stopped.set()

    def end(self, trouble: str = "") -> None:
        """It is over, with the reason where it came to nothing."""
        with self._lock:
            self._trouble = trouble
        self._over.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end so long at most; whether it came."""
        return self._over.wait(seconds)


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
    words = (_load, under, space, language(), keep)
    # In a copy of this context: the audit names who pressed the button, not the account that the workbench runs as.
    threading.Thread(target=copy_context().run, args=words, name=under.name, daemon=True).start()
    return under


def service_of(design: Design) -> str | None:
    """Where the load goes, if not where the journey says: as designed, or this workbench's own practice agency."""
    practice = is_practice(read_journey(design.parts[0].journey))
    return design.base_url or (practice_agency() if practice else None)


def _load(under: Load, space: Workspace, tongue: str, keep: Keep | None) -> None:
    design = under.design
    with say_in(tongue):  # a thread begins without a language
        try:
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
            tried = judging.tried(run, gates, judging.asked_of(first.journey, variant, asked), space, design.gates)
            if keep:
                keep(tried.result.study, space, load=tried.json())
            under.end(tried.result.trouble or "")
        except Trouble as trouble:
            under.end(str(trouble))
        except Exception as mistake:  # noqa: BLE001 the thread's last door: the page must hear of it
            under.end(str(Failed(_("The lab itself failed: {mistake!r}").format(mistake=mistake))))
