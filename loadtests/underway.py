"""A load test under way in the background, so that whoever started it can watch it live and stop it.

It goes on when the page that shows it is left; what it measured is kept in any case.
"""

from __future__ import annotations

import secrets
import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from journeys.reading import read_journey
from journeys.running import is_practice, practice_agency
from loadtests.result import LoadResult
from loadtests.run import load
from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _, language, say_in
from studies.workspace import CHECKOUT, Workspace

Keep = Callable[..., None]

#: How often the browser beside a load sets out (seconds).
EVERY: Final = 8.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a load: which journey, how many citizens, for how many seconds, and the study it is kept in."""

    journey: Path
    variant: str | None
    citizens: int
    seconds: float
    base_url: str | None
    study: str
    language: str = "en"
    arrivals: float = 0.0  # a second; then the load is open, and `citizens` says nothing
    shape: str = "constant"
    probe: bool = False

    def command(self) -> str:
        """The command line that does the same, to be copied."""
        file = self.journey.relative_to(CHECKOUT) if self.journey.is_relative_to(CHECKOUT) else self.journey
        many = ["--arrivals", f"{self.arrivals:g}/s"] if self.arrivals else ["--citizens", str(self.citizens)]
        words = ["./lab", "load", str(file), *many, "--for", f"{self.seconds:g}s"]
        if self.shape != "constant":
            words += ["--shape", self.shape]
        if self.probe:
            words += ["--probe"]
        if self.variant:
            words += ["--variant", self.variant]
        if self.base_url:
            words += ["--base-url", self.base_url]
        return shlex.join([*words, "--study", self.study])


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a load at one moment: `now` is the latest snapshot, `curve` all of them so far."""

    asked: Asked
    going: bool
    share: float
    told: str
    now: dict[str, Any]
    curve: list[dict[str, Any]]
    result: LoadResult | None
    trouble: str


@dataclass(slots=True)
class Load:
    """A load under way or over. What changes is changed and read under its lock only."""

    name: str
    asked: Asked
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _going: bool = True
    _curve: list[dict[str, Any]] = field(default_factory=list)
    _result: LoadResult | None = None
    _trouble: str = ""

    def hear(self, snapshot: dict[str, Any]) -> None:
        """Take in what the generator says five times a second."""
        with self._lock:
            self._curve.append(snapshot)

    def stop(self) -> None:
        """Ask the load to end before its time; what was measured counts."""
        self._stopped.set()

    @property
    def stopping(self) -> bool:
        """True once it was asked to end."""
        return self._stopped.is_set()

    def end(self, result: LoadResult | None, trouble: str = "") -> None:
        """It is over: with a result, or with the reason why there is none."""
        with self._lock:
            self._going, self._result, self._trouble = False, result, trouble

    def seen(self) -> Seen:
        """What can be seen of it now."""
        with self._lock:
            now = self._curve[-1] if self._curve else {}
            t = min(float(now.get("t", 0.0)), self.asked.seconds)
            share = t / self.asked.seconds if self._going else 1.0
            return Seen(
                self.asked, self._going, share, self._told(t), now, list(self._curve), self._result, self._trouble
            )

    def _told(self, t: float) -> str:
        if not self._going:
            return _("Over")
        if self.stopping:
            return _("Stopping: citizens under way may finish")
        if not self._curve:
            return _("The load generator is starting")
        left = max(0, round(self.asked.seconds - t))
        return _("{n} of {of} seconds, {left} left").format(n=round(t), of=round(self.asked.seconds), left=left)


def start(asked: Asked, space: Workspace, now: datetime, keep: Keep | None = None) -> Load:
    """Begin a load in the background; what goes wrong with it is told by `seen().trouble`.

    `keep(study, space, load=…)` takes the result for the study's report.
    """
    if not asked.study.strip():
        raise WrongInput(_("A study needs a name."))
    under = Load(f"load-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}", asked)
    threading.Thread(target=_load, args=(under, space, language(), keep), name=under.name, daemon=True).start()
    return under


def _load(under: Load, space: Workspace, tongue: str, keep: Keep | None) -> None:
    asked = under.asked
    with say_in(tongue):  # a thread begins without a language
        try:
            journey = read_journey(asked.journey)
            base_url = asked.base_url or (practice_agency() if is_practice(journey) else None)
            result = load(
                asked.journey,
                variant=asked.variant,
                citizens=0 if asked.arrivals else asked.citizens,
                arrivals=asked.arrivals,
                shape=asked.shape,
                probe=EVERY if asked.probe else None,
                seconds=asked.seconds,
                base_url=base_url,
                space=space,
                study=asked.study,
                language=asked.language,
                watch=under.hear,
                stop=lambda: under.stopping,
            )
            if keep:
                keep(result.study, space, load=result.json())
            under.end(result, result.trouble or "")
        except Trouble as trouble:
            under.end(None, str(trouble))
        except Exception as mistake:  # noqa: BLE001 the thread's last door: the page must hear of it
            under.end(None, str(Failed(_("The lab itself failed: {mistake!r}").format(mistake=mistake))))
