"""What the robot adds to what is heard, and how both come into the walk's diary."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys.diary import Diary
from journeys.hearing import EPOCH, Mark, Names, hear, moment
from journeys.holes import Secret
from journeys.players.browser_ears import Ears
from journeys.players.browser_start import Browser
from journeys.players.browser_told import complete
from journeys.walk import Walk
from studies.events import Sentence


@dataclass(slots=True)
class Notes:
    """What one walk's robot knows and no page tells, and what it has written of what was heard."""

    walk: Walk
    browser: Browser
    ears: Ears
    diary: Diary
    given: set[str] = field(default_factory=set)  # what the citizen typed: never part of a label
    secrets: set[str] = field(default_factory=set)  # what must not even be seen
    _marks: list[Mark] = field(default_factory=list)
    _ahead: list[tuple[float, timedelta]] = field(default_factory=list)
    _written: list[Sentence] = field(default_factory=list)

    def since(self) -> float:
        """The moment as something begins, in epoch milliseconds."""
        when = time.time() * 1000
        if not self._ahead or self._ahead[-1][1] != self.diary.ahead:
            self._ahead.append((when, self.diary.ahead))
        return when

    def mark(self, kind: Literal["visit", "back", "asks", "acts"], address: str = "") -> float:
        """Note what no page can hear, and return the moment."""
        since = self.since()
        self._marks.append(Mark(since, kind, address))
        return since

    def gave(self, value: str) -> None:
        """Note what the citizen gives, so that it is kept out of labels, and a secret out of pictures."""
        self.given.add(str(value))
        if isinstance(value, Secret):
            self.secrets.add(str(value))

    def write(self) -> None:
        """Write what was heard until now into the diary; what is understood better by now is written anew."""
        self._flush()
        said = self._heard()
        for stale in [s for s in self._written if s not in said]:
            self.diary.retract(stale)
        self.diary.add([s for s in said if s not in self._written], [])
        self._written = said
        pages = [s.agency for s in said if s.verb in ("answers", "refuses") and s.agency]
        self.diary.agency = pages[-1] if pages else self.diary.agency

    def _heard(self) -> list[Sentence]:
        diary = self.diary
        like = Sentence(diary.session.session, EPOCH, "citizen", "acts", case=diary.case, channel=diary.channel)
        names = Names.of(self.walk, frozenset(self.given))
        return [self._shifted(s) for s in hear(self.ears.now(), names, like, self._marks, self._step)]

    def _step(self, when: float) -> str | None:
        return self.diary.step_at(moment(when) + self._ahead_at(when))

    def _shifted(self, sentence: Sentence) -> Sentence:
        """A sentence at the citizen's own time, which declared conversations have moved on. Its number comes later."""
        ahead = self._ahead_at((sentence.when - EPOCH) / timedelta(milliseconds=1))
        until = None if sentence.until is None else sentence.until + ahead
        return replace(sentence, when=sentence.when + ahead, until=until, seq=0)

    def _ahead_at(self, when: float) -> timedelta:
        place = bisect_right(self._ahead, when, key=lambda known: known[0])
        return self._ahead[place - 1][1] if place else timedelta()

    def _flush(self) -> None:
        """Have the recorder hand over what it still holds."""
        if not self.browser.alive():
            return
        before = len(self.ears.now())
        try:
            self.browser.driver.execute_script("window.dispatchEvent(new Event('khutwa:flush'))")
        except (WebDriverException, HTTPError, OSError):
            return  # what was told before is kept; that the browser has gone shows when it is needed next
        self.ears.wait(lambda m: any(x["k"] == "flushed" for x in m[before:]) and complete(m), 1.0, self.browser.alive)
