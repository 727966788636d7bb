"""The checks of a walk: each page looked at once it stands still, between two steps and never while the citizen waits.

What is found goes into a file beside the log, and into the log as one `lab notes` a page and fault. The time it takes
is the lab's own: the citizen's clock stands still meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from journeys.checking import Checked, Finding, keep, kinds, said
from journeys.diary import Diary
from journeys.players.browser_notes import Notes
from journeys.players.browser_start import Browser
from journeys.walk import News, Walk, Watch
from studies.places import page_key
from studies.words import N_

OPENS: Final = ("acts", "asks", "submits")
CLOSES: Final = ("answers", "requests", "refuses", "hands_off", "concludes", "leaves", "breaks")
VITALS: Final = "vitals"  # these go on changing for as long as the page stands
ONLY_IF_BAD: Final = ("fcp", "ttfb")  # no Core Web Vitals: in the log only when they are worth a line
# Whether there is anything new to look at.
LOOKS: Final = """
const body = document.body, many = document.querySelectorAll('*').length;
if (!body || !/^(https?|file|data):$/.test(location.protocol)) return null;
return [performance.timeOrigin, location.pathname, many, body.innerText.length].join(' ');
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The page that stands in a browser, as the checks look at it."""

    browser: Browser
    given: frozenset[str]

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script says of the page; a promise is waited for."""
        return self.browser.page.look(script, *arguments)


@dataclass(slots=True)
class Checks:
    """What one walk's checks have found so far; called with the news of each step, which it hands on."""

    walk: Walk
    browser: Browser
    notes: Notes
    watch: Watch | None
    found: list[Checked] = field(default_factory=list)
    vitals: list[Checked] = field(default_factory=list)  # of the page that stands
    _at: datetime | None = None  # the citizen's moment: none goes by while the lab looks
    _looked: str | None = None
    _born: str | None = None
    _noted: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, news: News) -> None:
        """After a step: look, note what is new, write it down, tell whoever watches."""
        if self.walk.checks is not None:
            began, self._at = time.time() * 1000, self.notes.diary.moment()
            try:
                self._look(news.step)
            except (WebDriverException, HTTPError, OSError):
                pass  # the page went, or the browser did: that shows at the next step, where it belongs
            self.notes.hold(began, time.time() * 1000)
            if news.step is None:
                self._leave()
            keep([*self.found, *self.vitals], self.walk.checks)
        if self.watch:
            self.watch(news)

    def _look(self, step: str | None) -> None:
        diary = self.notes.diary
        if waiting(diary) or not self.browser.alive():
            return
        page = Standing(self.browser, frozenset(self.notes.given))
        looks = page.run(LOOKS)
        if looks is None:
            return
        name, step = page_key(self.browser.page.address(), self.walk.base), step or diary.step
        if (born := looks.split()[0]) != self._born:
            self._leave()
            self._born = born
        # A document that changes its address has loaded once: its vitals are told of the page that it first was.
        at = (self.vitals[0].step, self.vitals[0].page) if self.vitals else (step, name)
        self.vitals = [Checked(self.walk.session, *at, found) for found in done(VITALS, page)]
        if looks != self._looked:
            self._looked = looks
            for kind in kinds():
                if kind != VITALS:
                    self._tell(Checked(self.walk.session, step, name, f) for f in done(kind, page))

    def _leave(self) -> None:
        """The page has gone: its vitals are what they were when it last stood."""
        self._tell(self.vitals)
        self.vitals = []

    def _tell(self, checked: Iterable[Checked]) -> None:
        """Keep what was not found on this page before; its first place is noted in the log."""
        known = {(c.page, c.finding.tag, c.finding.where) for c in self.found}
        for one in checked:
            tag = one.finding.tag
            if one.finding.kind != VITALS and (one.page, tag, one.finding.where) in known:
                continue
            self.found.append(one)
            quiet = one.finding.severity == "good" and one.finding.id in ONLY_IF_BAD
            if (one.page, tag) not in self._noted and not quiet:
                self._noted.add((one.page, tag))
                self.notes.diary.write("lab", "notes", tag, when=self._at, step=one.step, value=one.finding.value)


def checking(walk: Walk, browser: Browser, notes: Notes, watch: Watch | None) -> Watch | None:
    """Whoever watches the walk, with the checks before them if the walk asks for any."""
    return watch if walk.checks is None else Checks(walk, browser, notes, watch)


def waiting(diary: Diary) -> bool:
    """Whether a wait is open, by what was last said between citizen and service."""
    for sentence in reversed(diary.said):
        if sentence.session == diary.session.session:
            if sentence.verb in CLOSES or sentence.verb == "gives":  # a dead act is no wait
                return False
            if sentence.verb in OPENS:
                return True
    return False


def done(kind: str, page: Standing) -> list[Finding]:
    """What one kind of check finds; a page on which it cannot be made is said to be one."""
    try:
        return kinds()[kind](page)
    except WebDriverException as cause:
        if not page.browser.alive():
            raise
        why = (str(cause.msg or "") or type(cause).__name__).splitlines()[0][:120]
        for value in page.given:
            why = why.replace(value, "…")
        what = said(N_("This check could not be made here: {why}"), why=why)
        mend = said(N_("Look at the page by hand: it may redefine what browsers offer, or have gone on meanwhile."))
        return [Finding(kind, "not_done", what, "", "hint", mend)]
