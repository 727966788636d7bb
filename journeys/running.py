"""A journey walked in the background, so that whoever started it can watch the steps arrive.

The walk goes on when the page that shows it is left; each finished session is sealed at once.
"""

from __future__ import annotations

import atexit
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path

from journeys.journey import Journey
from journeys.personas import personas_for
from journeys.practice import serve
from journeys.reading import read_journey
from journeys.walk import News, TargetMissing, Walk, play_many, walk_of
from studies import archive, script
from studies.beside import Job
from studies.events import Sentence, Session
from studies.log import Log
from studies.measuring.outcomes import endings, outcome_name
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

PLAYERS = ("browser", "wire")
PATIENCE = 40.0  # seconds that the end of the workbench waits for a citizen who is under way

#: what must be closed with the workbench, the latest opened first: no browser and no server may be left behind
_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


class Abandoned(Exception):
    """The workbench is closing: whoever walks lets go at the next step."""


@cache
def practice_agency() -> str:
    """Where the practice agency of this workbench answers; opened when first needed, closed with the workbench."""
    return _until_the_end.enter_context(serve.running())


def is_practice(journey: Journey) -> bool:
    """Does the journey go through the practice agency, unless it is sent elsewhere?"""
    return serve.is_practice(journey.base_url) if journey.base_url else False


def variants_of(journey: Journey) -> list[str | None]:
    """The variants to choose among; None alone where the journey has none."""
    return [*journey.variants] or [None]


def start(plan: Plan, space: Workspace, now: datetime) -> Run:
    """Set off in the background. Raises WrongInput, before anybody has moved, when the journey cannot be walked."""
    if not plan.study.strip():
        raise WrongInput(_("A study needs a name."))
    journey = read_journey(plan.journey)
    base_url = plan.base_url or (practice_agency() if is_practice(journey) else None)
    name = f"{journey.journey}-{plan.variant or 'only'}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    walks = list(_walks(journey, plan, base_url, name, space))
    run = Run(name, plan)
    run.begin(lambda: _walk(run, walks, space))
    _until_the_end.callback(run.wait, PATIENCE)
    _until_the_end.callback(run.abandon)
    return run


def _walks(journey: Journey, plan: Plan, base_url: str | None, name: str, space: Workspace) -> Iterator[Walk]:
    for nth, persona in enumerate(personas_for(journey, plan.times), 1):
        session = f"{name}-{nth}"
        yield walk_of(
            journey,
            persona,
            session=session,
            language=plan.language,
            variant=plan.variant,
            base_url=base_url,
            study=plan.study,
            pictures=space.pictures / session,
        )


def _walk(run: Run, walks: list[Walk], space: Workspace) -> None:
    player = import_module(f"journeys.players.{run.plan.player}").play
    try:
        for log in play_many(walks, player, run.hear):
            run.keep(log, space)
            if run.stopping:
                break
    except TargetMissing as missing:
        archive.seal(missing.log, run.plan.study, space)  # what was heard until then is evidence too
        run.show(missing.picture)
        run.fail(str(missing))
    except Abandoned:
        run.fail(_("The workbench was closed; the walk under way is lost."))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be walked, as whom, how often, by which player, and the study it is kept in."""

    journey: Path
    variant: str | None
    language: str
    times: int
    player: str  # browser or wire
    base_url: str | None
    study: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a run at one moment."""

    going: bool
    share: float
    told: str
    step: str
    script: str
    picture: Path | None
    finished: list[tuple[str, str]]  # session and outcome
    trouble: str


class Run(Job):
    """A run under way or over. What a reader sees together is changed and read under its lock only."""

    def __init__(self, name: str, plan: Plan) -> None:
        super().__init__(name)
        self.plan = plan
        self._lock = threading.Lock()
        self._abandoned = threading.Event()
        self._walks_done = 0
        self._share = 0.0
        self._step = ""
        self._said: list[Sentence] = []
        self._picture: Path | None = None
        self._finished: list[tuple[str, str]] = []

    def hear(self, news: News) -> None:
        """Take in what the player tells as it goes. Raises Abandoned when it may not go on."""
        if self._abandoned.is_set():
            raise Abandoned
        with self._lock:
            if self._said and news.session != self._said[0].session:
                self._said = []
            self._said.extend(news.said)
            self._step = news.step or ""
            self._share = (self._walks_done + news.index / max(news.of, 1)) / self.plan.times
            self._picture = news.picture or self._picture

    def keep(self, log: Log, space: Workspace) -> None:
        """Seal a session that is over, so that nothing that happens later can lose it."""
        archive.seal(log, self.plan.study, space)
        with self._lock:
            self._walks_done += 1
            self._share = self._walks_done / self.plan.times
            self._finished += [(session, outcome_name(how)) for session, how in endings(log).items()]

    def show(self, picture: Path | None) -> None:
        """What was to be seen last."""
        with self._lock:
            self._picture = picture or self._picture

    def abandon(self) -> None:
        """Let go at the next step; the walk under way is lost, those before it are kept."""
        self.stop()
        self._abandoned.set()

    def seen(self) -> Seen:
        """What can be seen of it now."""
        with self._lock:
            return Seen(
                going=self.going,
                share=min(self._share, 1.0) if self.going else 1.0,
                told=self._told(),
                step=self._step,
                script=_script(self._said),
                picture=self._picture,
                finished=list(self._finished),
                trouble=self.trouble,
            )

    def _told(self) -> str:
        walk = _("Walk {n} of {of}").format(n=min(self._walks_done + 1, self.plan.times), of=self.plan.times)
        if not self.going:
            return _("Over: {n} of {of} walked").format(n=self._walks_done, of=self.plan.times)
        if self.stopping:
            return _("{walk}, the last one").format(walk=walk)
        return f"{walk} · {self._step}" if self._step else walk


def _script(said: list[Sentence]) -> str:
    """The sentences so far as a play script to be read while it grows: tenths of a second, no header, no keys."""
    if not said:
        return ""
    start = said[0].when
    mine = [s for s in said if s.session == said[0].session]
    plain = [
        Sentence(s.session, _tenth(s.when, start), s.actor, s.verb, s.about, s.until and _tenth(s.until, start), seq=n)
        for n, s in enumerate(mine)
    ]
    return script.render(Log.of(plain, [Session(said[0].session, start)])).partition("\n")[2]


def _tenth(moment: datetime, start: datetime) -> datetime:
    return start + timedelta(seconds=round((moment - start).total_seconds(), 1))
