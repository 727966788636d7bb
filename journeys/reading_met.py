"""How much there is to read on the way: the words that each step puts before a citizen who has not met them yet.

Counted on a walk without a browser: of each page the words that the page before did not have, so that headings and
menus which stay count once. Speeds are of silent reading of prose (Brysbaert 2019: 238 words a minute in English); for
languages without a confirmed silent speed, Arabic among them, words are counted and no seconds are claimed. Nobody
reads all of a page: at most 28 %, rather 20 % of its words are read (Nielsen 2008, after Weinreich et al. 2008).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from journeys.players.fetching import RequestsTransport
from journeys.players.forms import Page
from journeys.players.wire import Wire
from journeys.walk import Walk, diary_of, go

#: silent reading, words a minute
SPEED: Final = {"en": 238.0}
#: the share of a page's words that is read
READ: Final = 0.20


@dataclass(slots=True)
class _Reader(Wire):
    """Hands over HTTP that also count what they are shown."""

    met: Counter[str] = field(default_factory=Counter)

    def arrive(self, page: Page, handed: bool = True) -> None:
        """A page is there: what of it is new?"""
        before = Counter(self.page.text().split()) if self.page else Counter()
        Wire.arrive(self, page, handed)
        self.met[self.diary.step or ""] += (Counter(page.text().split()) - before).total()


def words_met(walk: Walk) -> dict[str, int]:
    """Step -> words that it brings; of a journey whose every page comes over HTTP. Raises what a walk raises."""
    diary = diary_of(walk, device=None)
    reader = _Reader(walk, diary, RequestsTransport(walk.patience), time.sleep)
    go(walk, reader, diary)
    return dict(reader.met)


def reading_seconds(words: int, language: str, share: float = READ) -> float | None:
    """The seconds that reading a share of so many words takes; None where no speed is confirmed."""
    speed = SPEED.get(language.partition("-")[0])
    return None if speed is None else 60.0 * share * words / speed


def document(words: dict[str, int], language: str, share: float = READ) -> dict[str, Any]:
    """The reading as it is exchanged, with what it rests on."""
    seconds = reading_seconds(sum(words.values()), language, share)
    return {
        "words": sum(words.values()),
        "by_step": words,
        "share_read": share,
        "words_per_minute": SPEED.get(language.partition("-")[0]),
        "seconds": None if seconds is None else round(seconds, 3),
        "reason": None if seconds is not None else "no silent reading speed is confirmed for this language",
    }
