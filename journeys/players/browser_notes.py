"""What the robot adds to what is heard, and how both come into the walk's diary."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys.diary import Diary
from journeys.hearing.deliveries import confessed
from journeys.hearing.sentences import EPOCH, Mark, Names, hear, moment
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
    failures: list[tuple[float, str]] = field(
        default_factory=list
    )  # when a page could not be had, in the browser's word
    downloads: list[float] = field(default_factory=list)
    held: list[tuple[float, float]] = field(default_factory=list)  # when the lab held the citizen up
    on_give: Callable[[str], None] | None = None  # who must know of a value before it is typed
    _marks: list[Mark] = field(default_factory=list)
    _ahead: list[tuple[float, timedelta]] = field(default_factory=list)
    _remarks: list[tuple[float, str]] = field(default_factory=list)
    _remarked: set[tuple[str | None, str]] = field(default_factory=set)
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
        if self.on_give:
            self.on_give(str(value))
        self.given.add(str(value))
        if isinstance(value, Secret):
            self.secrets.add(str(value))

    def hands_in(self, document: Path) -> None:
        """Note what the citizen hands in: pages repeat a document's name."""
        if self.on_give:
            self.on_give(document.stem)

    def observe(self, tag: str, when: float | None = None) -> None:
        """Note something about the page that is no sentence of the service's: written once a step."""
        self._remarks.append((time.time() * 1000 if when is None else when, tag))

    def hold(self, since: float, until: float) -> None:
        """The lab held the citizen up for its own purposes (epoch milliseconds): this is no time of theirs."""
        self.held.append((since, until))
        self.diary.held += timedelta(milliseconds=until - since)

    def at(self, when: float) -> datetime:
        """A moment (epoch milliseconds) at the citizen's own time, as the log tells it."""
        return moment(when) + self._ahead_at(when)

    def failed_since(self, since: float) -> str:
        """Why no page came since then, in the browser's word; empty if nothing is known."""
        return next((why for when, why in reversed(self.failures) if when >= since - 50), "")

    def downloaded_since(self, since: float) -> bool:
        """Whether what came since then is for the disk and not for the eye."""
        return any(when >= since - 50 for when in self.downloads)

    def write(self) -> None:
        """Write what was heard until now into the diary; what is understood better by now is written anew."""
        self._flush()
        self._remark()
        said = self._heard()
        for stale in [s for s in self._written if s not in said]:
            self.diary.retract(stale)
        self.diary.add([s for s in said if s not in self._written], [])
        self._written = said
        pages = [s.agency for s in said if s.verb in ("answers", "refuses") and s.agency]
        self.diary.agency = pages[-1] if pages else self.diary.agency

    def _remark(self) -> None:
        remarks, self._remarks = self._remarks, []
        for when, tag in sorted(remarks):
            step = self._step(when)
            if (step, tag) not in self._remarked:
                self._remarked.add((step, tag))
                self.diary.write("lab", "notes", tag, when=moment(when) + self._ahead_at(when), step=step)

    def _heard(self) -> list[Sentence]:
        diary = self.diary
        like = Sentence(diary.session.session, EPOCH, "citizen", "acts", case=diary.case, channel=diary.channel)
        names = Names.of(self.walk, frozenset(self.given))
        told = self.ears.now()
        # A page that was there before this walk is none of its own, and its beginning is not missing.
        born = {m["p"] for m in told if m["k"] == "hello"}
        mine = [m for m in told if m["p"] in born]
        heard = [*hear(told, names, like, self._marks, self._step), *confessed(mine, like)]
        return [self._shifted(s) for s in heard]

    def _step(self, when: float) -> str | None:
        return self.diary.step_at(moment(when) + self._ahead_at(when))

    def _shifted(self, sentence: Sentence) -> Sentence:
        """A sentence at the citizen's own time, which declared conversations have moved on. Its number comes later."""
        ahead = self._ahead_at((sentence.when - EPOCH) / timedelta(milliseconds=1))
        until = None if sentence.until is None else sentence.until + ahead
        return replace(sentence, when=sentence.when + ahead, until=until, seq=0)

    def _ahead_at(self, when: float) -> timedelta:
        place = bisect_right(self._ahead, when, key=lambda known: known[0])
        held = sum(min(when, until) - since for since, until in self.held if since < when)
        return (self._ahead[place - 1][1] if place else timedelta()) - timedelta(milliseconds=held)

    def _flush(self) -> None:
        """Have the recorder hand over what it still holds."""
        if not self.browser.alive():
            return
        before = len(self.ears.now())
        try:
            self.browser.page.look("window.dispatchEvent(new Event('khutwa:flush'))")
        except (WebDriverException, HTTPError, OSError):
            return  # what was told before is kept; that the browser has gone shows when it is needed next
        self.ears.wait(lambda m: any(x["k"] == "flushed" for x in m[before:]) and complete(m), 1.0, self.browser.alive)
