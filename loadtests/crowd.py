"""A crowd of load citizens on the same journey: what was planned for it, and how it is getting on right now."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from loadtests.recording import RunFile, Told
from studies.troubles import WrongInput
from studies.words import _


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load was asked to be. It crosses from the lab to the generator as JSON, or from the environment.

    `think` is the citizen's own time before each of their steps, `grace` how long those under way may still finish when
    the time is over (both seconds); `told_in` is the language of messages for people; `run` names this load in its
    sessions, `run_file` is where they are written.
    """

    journey: str
    base_url: str
    variant: str | None = None
    language: str = "en"
    citizens: int = 1
    seconds: float = 10.0
    shape: str = "constant"
    think: float = 0.0
    patience: float = 30.0
    grace: float = 10.0
    seed: int = 0
    told_in: str = "en"
    run: str = "load"
    run_file: str | None = None

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
        for field in fields(cls):
            setting = f"KHUTWA_{field.name.upper()}"
            if text := environment.get(setting):
                try:
                    given[field.name] = type(field.default)(text) if isinstance(field.default, int | float) else text
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


#: Over how many seconds the live pace is taken: citizens who set out together arrive in waves.
RECENT = 5.0


class Crowd:
    """The load citizens under way: counted as they begin and end, told to the run file, shown in snapshots."""

    def __init__(self, run_file: RunFile | None = None, threshold: float = 1.0) -> None:
        self.run_file = run_file
        self.threshold = threshold
        self.closing = False
        self.under_way = 0
        self.begun = 0
        self.ended = 0
        self.done = 0
        self.requests = 0
        self.unanswered = 0
        self.answered_at = time.monotonic()
        self._since = time.monotonic()
        self._done_at: deque[float] = deque()
        self._requests_at: deque[tuple[float, float]] = deque()

    def begins(self) -> int:
        """One more citizen sets out; which one it is."""
        self._since = self._since if self.begun else time.monotonic()
        self.begun += 1
        self.under_way += 1
        return self.begun

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
            self._done_at.append(time.monotonic())

    def nobody_answers(self) -> float:
        """For how many seconds nobody was answered although somebody tried; 0 when the service is there."""
        return time.monotonic() - self.answered_at if self.unanswered >= 3 else 0.0

    def request(self, seconds: float, answered: bool) -> None:
        """A request was answered, be it badly, or nobody was there to answer it, after so many seconds."""
        self.requests += 1
        if answered:
            self.unanswered, self.answered_at = 0, time.monotonic()
        self._requests_at.append((time.monotonic(), seconds))

    def snapshot(self) -> dict[str, Any]:
        """How it is going: totals; the journeys done of the last few seconds; of the last one the slow requests."""
        now = time.monotonic()
        while self._done_at and self._done_at[0] < now - RECENT:
            self._done_at.popleft()
        while self._requests_at and self._requests_at[0][0] < now - 1:
            self._requests_at.popleft()
        recent = sorted(seconds for _when, seconds in self._requests_at)
        return {
            "citizens": self.under_way,
            "journeys": self.ended,
            "done": self.done,
            "failed": self.ended - self.done,
            "requests": self.requests,
            "journeys_per_second": round(len(self._done_at) / min(RECENT, max(now - self._since, 1.0)), 2),
            "p95": round(recent[int(0.95 * (len(recent) - 1))], 4) if recent else None,
            "over_threshold": sum(seconds > self.threshold for seconds in recent),
        }
