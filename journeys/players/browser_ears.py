"""The recorder's messages as they reach the robot: kept, and waited for without asking again and again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Final

from journeys.hearing.messages import Message
from journeys.players.browser_start import Browser

RECORDER: Final = Path(__file__).parents[1] / "recorder.js"
CHANNEL: Final = "khutwa"


@dataclass(slots=True)
class Ears:
    """Everything that the recorder has told so far. The browser's threads add to it; the robot waits on it."""

    messages: list[Message] = field(default_factory=list)
    _more: Condition = field(default_factory=Condition)

    def take(self, delivery: str) -> None:
        """Take in one delivery of the recorder's."""
        batch = json.loads(delivery)
        with self._more:
            self.messages.extend(batch)
            self._more.notify_all()

    def now(self) -> list[Message]:
        """What has been told until now."""
        with self._more:
            return list(self.messages)

    def wait(self, told: Callable[[list[Message]], bool], seconds: float, alive: Callable[[], bool]) -> bool:
        """Wait until enough was told; False when the time is over first, or the browser is."""
        end = time.monotonic() + seconds
        with self._more:
            while not told(self.messages):
                left = end - time.monotonic()
                if left <= 0 or not alive():
                    return False
                self._more.wait(min(left, 0.5))
            return True

    def nudge(self) -> None:
        """Have whoever waits look again: something was heard elsewhere."""
        with self._more:
            self._more.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait until anything more is told, but no longer than this."""
        with self._more:
            self._more.wait(seconds)


def ears_of(browser: Browser, first: str = "") -> Ears:
    """Ears on a browser: from here on every page that it opens is heard from its first moment.

    `first` is what the recorder is told before it begins, as JavaScript.
    """
    ears = Ears()
    recorder = f"(khutwaChannel) => {{\n{first}\n" + RECORDER.read_text(encoding="utf-8") + "\n}"
    browser.page.preload(recorder, CHANNEL, ears.take)
    return ears
