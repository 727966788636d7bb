"""A crowd of load citizens on the same journey: what was planned for it, and how it is getting on right now."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from loadtests.histograms import Histogram
from loadtests.recording import RunFile, Told
from studies.troubles import WrongInput
from studies.words import _

#: What of a plan is no single word, and cannot be told in the environment.
APART: Final = ("mix", "day", "levels", "thinking", "cores", "pinned", "arrivals", "cap")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load was asked to be. It crosses from the lab to the generator as JSON, or from the environment.

    With `arrivals` (citizens a second) the load is open and `cap` the most that are under way at once; without, it is
    closed: `citizens` begin anew as soon as they are through. `mix` lists all journeys with their weights when there
    are several, the first of them `journey`; `day` is what the shape `recorded` plays again, `levels` the heights of
    `steps` where they are given.

    `think` is the citizen's own time before each of their steps, `thinking` where others come from (`thinking.of`),
    `grace` how long those under way may still finish when the time is over (both seconds); `told_in` is the language
    of messages for people; `run` names this load in its sessions, `run_file` is where they are written. `client` is
    what speaks HTTP, `web_ui` the port of Locust's own page (0: none), `cores` the processors it keeps to (none: all).
    `pinned` are the addresses that each origin was permitted at, `per_second` the most journeys that may begin a second
    (0: nobody said).

    `workers` are how many machines make the load together (0: this one alone), `master` where those elsewhere find it;
    the part of one of them says which it is: `machine` (from 0) of `machines`.
    """

    journey: str
    base_url: str
    variant: str | None = None
    language: str = "en"
    citizens: int = 1
    arrivals: float = 0.0
    cap: int = 1000
    mix: Sequence[tuple[str, float]] = ()
    seconds: float = 10.0
    shape: str = "constant"
    day: Sequence[float] = ()
    levels: Sequence[float] = ()
    think: float = 0.0
    patience: float = 30.0
    grace: float = 10.0
    seed: int = 0
    thinking: Mapping[str, Any] = field(default_factory=dict)
    client: str = ""
    web_ui: int = 0
    cores: Sequence[int] = ()
    pinned: Mapping[str, Sequence[str]] = field(default_factory=dict)
    per_second: float = 0.0
    told_in: str = "en"
    run: str = "load"
    run_file: str | None = None
    workers: int = 0
    master: str = ""
    machine: int = 0
    machines: int = 1

    def json(self) -> dict[str, Any]:
        """The plan as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Plan:
        """A plan from JSON."""
        return cls(**given)

    @classmethod
    def from_environment(cls, host: str | None = None, environment: Mapping[str, str] = os.environ) -> Plan:
        """A plan from KHUTWA_JOURNEY, KHUTWA_BASE_URL and the like, for those who start Locust themselves."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            setting = f"KHUTWA_{one.name.upper()}"
            if (text := environment.get(setting)) and one.name not in APART:
                try:
                    given[one.name] = type(one.default)(text) if isinstance(one.default, int | float) else text
                except ValueError:
                    raise WrongInput(_("{setting}={text} is no number.").format(setting=setting, text=text)) from None
        if host:
            given["base_url"] = host
        given.setdefault("base_url", "")
        if "journey" not in given:
            raise WrongInput(
                _("Which journey? Name its file: KHUTWA_JOURNEY=renew.yaml locust -f loadtests/locustfile.py")
            )
        return cls(**given)


#: The live figures are of so many snapshots (five a second): slow requests of a second, the pace of five.
LATELY: Final = 5
PACE: Final = 25


@dataclass(slots=True)
class Requested:
    """The requests of one step: how many, how many of them failed, how long they took, and their bytes."""

    times: Histogram = field(default_factory=Histogram)
    failures: int = 0
    bytes: int = 0

    def json(self) -> dict[str, Any]:
        """As it crosses from process to process."""
        return {"times": self.times.json(), "failures": self.failures, "bytes": self.bytes}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Requested:
        """What another process has told."""
        return cls(Histogram.of(told["times"]), int(told["failures"]), int(told["bytes"]))

    def merge(self, other: Requested) -> Requested:
        """Take in what another has counted of the same step."""
        self.times.merge(other.times)
        self.failures += other.failures
        self.bytes += other.bytes
        return self


class Crowd:
    """The load citizens under way: counted as they begin and end, told to the run file, shown in snapshots."""

    def __init__(self, run_file: RunFile | None = None, threshold: float = 1.0) -> None:
        self.run_file = run_file
        self.run_file_full = False  # the disk took no more
        self.threshold = threshold
        self.closing = False
        self.machine, self.machines = 0, 1  # of several that make one load together, which one this is
        self.under_way = 0
        self.begun = 0
        self.ended = 0
        self.done = 0
        self.requests = 0
        self.unanswered = 0
        self.arrived = 0
        self.dropped = 0
        self.retry_after = 0  # answers that asked to be left alone
        self.certificate_expired = False  # from now on nobody who comes anew is let in
        self._next_turn = 0.0
        self.lag = Histogram()  # how late the generator was, of those who were due
        self.by_step: dict[str, Requested] = {}
        self.ended_at: dict[str, int] = {}  # journeys that came to nothing, by step
        self.answered = 0
        self._answered_at, self._answered_then = time.monotonic(), 0
        self._states = deque([Histogram()], maxlen=LATELY)  # of all requests, at the last few snapshots
        self._reported = Histogram()
        self._paces: deque[tuple[float, int]] = deque(maxlen=PACE + 1)
        self._others: dict[str, dict[str, Any]] = {}

    def turn(self, per_second: float) -> float:
        """How many seconds the next one waits so that no more begin than so many a second; 0: as many as like."""
        if per_second <= 0:
            return 0.0
        now = time.monotonic()
        mine = max(now, self._next_turn)
        self._next_turn = mine + 1 / per_second
        return mine - now

    def begins(self) -> int:
        """One more citizen sets out; which one it is."""
        self.begun += 1
        self.under_way += 1
        return self.machine + self.machines * self.begun

    def ends(self, told: Told) -> None:
        """A citizen's journey is over, however it ended."""
        self.under_way -= 1
        if self.run_file:
            self.run_file.tell(told)
        if told.ending == "unfinished":
            return
        self.ended += 1
        self.unanswered += told.ending == "failed"
        if told.ending == "done":
            self.done += 1
        else:
            self.ended_at[told.step or ""] = self.ended_at.get(told.step or "", 0) + 1

    def nobody_answers(self) -> float:
        """For how many seconds nobody was answered although somebody tried; 0 when the service is there."""
        self._note_answers()
        return time.monotonic() - self._answered_at if self.unanswered >= 3 else 0.0

    def request(self, seconds: float, answered: bool, step: str = "", size: int = 0, status: int = 200) -> None:
        """A request was answered, be it badly, or nobody was there to answer it, after so many seconds.

        An answer that says that the service itself failed (a status from 500) is counted among the failures too.
        """
        self.requests += 1
        found = self.by_step.get(step)
        if found is None:
            found = self.by_step[step] = Requested()
        found.times.add(seconds)
        found.bytes += size
        if answered:
            self.unanswered = 0
            self.answered += 1
        if status >= 500 or not answered:
            found.failures += 1

    def snapshot(self) -> dict[str, Any]:
        """How it is going: totals; the journeys done of the last few seconds; of the last one the slow requests."""
        self._note_answers()
        whole = self._whole()
        recent = whole.since(self._states[0])
        self._states.append(whole)
        begun, ended, done, requests = self.begun, self.ended, self.done, self.requests
        arrived, dropped, citizens = self.arrived, self.dropped, self.under_way
        lag, by_step = Histogram().merge(self.lag), {step: one for step, one in self.by_step.items() if step}
        for other in self._others.values():
            begun, ended, done = begun + other["begun"], ended + other["ended"], done + other["done"]
            requests, citizens = requests + other["requests"], citizens + other["under_way"]
            arrived, dropped = arrived + other["arrived"], dropped + other["dropped"]
            lag.merge(other["lag"])
            recent.merge(other["lately"])
            for step, one in other["by_step"].items():
                by_step[step] = Requested().merge(by_step[step]).merge(one) if step in by_step else one
        now = time.monotonic()
        if begun:
            self._paces.append((now, done))
        since, then = self._paces[0] if self._paces else (now, done)
        return {
            "citizens": citizens,
            "journeys": ended,
            "done": done,
            "failed": ended - done,
            "requests": requests,
            "journeys_per_second": round((done - then) / max(now - since, 1.0), 2),
            "p95": _rounded(recent.percentile(0.95)),
            "over_threshold": recent.over(self.threshold),
            "arrived": arrived,
            "dropped": dropped,
            "retry_after": self.retry_after + sum(other["retry_after"] for other in self._others.values()),
            "lag": _rounded(lag.percentile(0.99)),
            "steps": {step: self._told_of(step, one) for step, one in by_step.items()},
        }

    def _told_of(self, step: str, one: Requested) -> list[float | None]:
        """A step: requests, failures, the slow ones and the middle, those over the threshold, journeys ended there."""
        slow, middle = (_rounded(one.times.percentile(share)) for share in (0.95, 0.5))
        ended = sum(at.get(step, 0) for at in (self.ended_at, *(other["ended_at"] for other in self._others.values())))
        return [one.times.n, one.failures, slow, middle, one.times.over(self.threshold), ended]

    def report(self) -> dict[str, Any]:
        """Everything counted so far, as JSON, for whoever adds up several machines."""
        whole, before = self._whole(), self._reported
        self._reported = whole
        return {
            **{name: getattr(self, name) for name in COUNTED},
            "ended_at": self.ended_at,
            "lag": self.lag.json(),
            "lately": whole.since(before).json(),
            "by_step": {step: one.json() for step, one in self.by_step.items()},
        }

    def take_in(self, who: str, report: Mapping[str, Any]) -> None:
        """What another machine has counted so far, in place of what it had told before; the last word of one stays."""
        self._others[who] = {
            **{name: report[name] for name in COUNTED},
            "ended_at": report["ended_at"],
            "lag": Histogram.of(report["lag"]),
            "lately": Histogram.of(report["lately"]),
            "by_step": {step: Requested.of(one) for step, one in report["by_step"].items()},
        }

    def requested(self) -> dict[str, Requested]:
        """The requests by step, of all machines together."""
        whole = {step: Requested().merge(one) for step, one in self.by_step.items()}
        for other in self._others.values():
            for step, one in other["by_step"].items():
                whole[step] = whole.get(step, Requested()).merge(one)
        return whole

    def late(self) -> Histogram:
        """How late the generators were, of all machines together."""
        return _together([self.lag, *(other["lag"] for other in self._others.values())])

    def _whole(self) -> Histogram:
        """All requests of this machine, whatever their step."""
        return _together(one.times for one in self.by_step.values())

    def _note_answers(self) -> None:
        answered = self.answered + sum(other["answered"] for other in self._others.values())
        if answered != self._answered_then:
            self._answered_at, self._answered_then = time.monotonic(), answered


#: What is counted and can be added up as it is.
COUNTED: Final = ("begun", "ended", "done", "requests", "answered", "under_way", "arrived", "dropped", "retry_after")


def _together(parts: Iterable[Histogram]) -> Histogram:
    whole = Histogram()
    for part in parts:
        whole.merge(part)
    return whole


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
