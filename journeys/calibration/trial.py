"""One trial: a page is opened, a button is pressed, and what the recorder told is held against what was true."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from journeys.calibration.comparison import Silence, Verdict, compared
from journeys.calibration.eye import Box, silence_seen
from journeys.calibration.phenomena import Phenomenon
from journeys.calibration.site import Played, Site
from journeys.hearing.messages import Message
from journeys.hearing.sentences import EPOCH, Mark, Names, hear, moment
from journeys.players.browser_ears import Ears
from journeys.players.browser_start import Browser
from journeys.players.browser_told import complete
from journeys.screen import Eye, Frame
from studies.events import Sentence, Session
from studies.log import Log
from studies.measuring.batch import batch_of
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of

PATIENCE: Final = 12.0  # seconds that a trial waits for anything
AFTER: Final = 0.75  # seconds that a citizen looks at the answer, in which an invented wait would show
NAMES: Final = Names(lambda url: url.split("?")[0], lambda url, form: url.split("?")[0], lambda url: "calibration")


class NotPlayed(Exception):
    """The trial could not be played: the lab's own failure, and no verdict on the recorder."""


@dataclass(slots=True)
class Bench:
    """A browser with the recorder in it, the eye beside it, and the pages to try it on."""

    browser: Browser
    ears: Ears
    eye: Eye
    site: Site

    def tried(self, what: Phenomenon, delays: dict[str, float], looks: float, trial: str) -> Verdict:
        """Play one trial and judge it. Raises NotPlayed."""
        played = self.site.trials[trial] = Played(what, delays)
        self.eye.take()
        self.ears.messages.clear()
        began = time.time() * 1000
        self._play(what, played, looks, trial)
        messages = _of(self.ears.now(), began)
        verdict = judged(played, messages, [Mark(began, "visit", f"{self.site.base}/page/{what.id}")], self.eye.take())
        del self.site.trials[trial]
        return verdict

    def _play(self, what: Phenomenon, played: Played, looks: float, trial: str) -> None:
        driver = self.browser.driver
        driver.get(f"{self.site.base}/page/{what.id}?trial={trial}")
        self._until(lambda: _told(self.ears.now(), "usable"), "the page")
        time.sleep(looks / 1000)
        home = driver.current_window_handle
        button = driver.find_element("id", "go")
        for nth in range(what.presses):
            if nth:
                time.sleep(played.delays[what.every] / 1000)
            button.click()
        if what.then:
            time.sleep(played.delays[what.every] / 1000)
            driver.find_element("id", what.then).click()
        if what.silences:
            needed = "load" if what.loads and not what.stamped else "answer"
            self._until(lambda: needed in played.stamps or _answered(what, played), "the answer")
            if what.answer == "parts":
                self._until(lambda: "answer" in played.stamps, "the second part")
        time.sleep(AFTER)
        self._flush()
        for window in driver.window_handles:
            if window != home:
                driver.switch_to.window(window)
                self._flush()
                driver.close()
                driver.switch_to.window(home)

    def _until(self, there: Any, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not there():
            if time.monotonic() > end or not self.browser.alive():
                raise NotPlayed(f"waited for {what}")
            time.sleep(0.02)

    def _flush(self) -> None:
        """Have the recorder hand over what it still holds."""
        before = len(self.ears.now())
        self.browser.driver.execute_script("window.dispatchEvent(new Event('khutwa:flush'))")
        self.ears.wait(lambda m: any(x["k"] == "flushed" for x in m[before:]) and complete(m), 1.0, self.browser.alive)


def _answered(what: Phenomenon, played: Played) -> bool:
    return not what.loads and "answer" in played.stamps


def _told(messages: list[Message], kind: str) -> bool:
    return any(m["k"] == kind for m in messages)


def _of(messages: list[Message], began: float) -> list[Message]:
    """What was told of the trial's own pages: the page before it tells of its end in between."""
    own = {m["p"] for m in messages if m["k"] == "hello" and m["o"] >= began - 50}
    return [m for m in messages if m["p"] in own]


def truth(played: Played) -> dict[str, tuple[float, Box | None]]:
    """When each of a trial's stamps truly was, and where on the page.

    Within a page the page says so itself. A page that came is dated by what its server took and by what the browser
    reports of loading it: from the press before it, the delays and the load.
    """
    what = played.phenomenon
    known = {name: (told["t"], told["box"] and tuple(told["box"])) for name, told in played.stamps.items()}
    known["press"] = (played.presses[0], None)
    if what.loads and not what.stamped and "load" in played.stamps:
        load = played.stamps["load"]
        name = "part" if what.answer == "parts" else "answer"
        box = load["box"] and tuple(load["box"])
        redirected = load["before"] if len(what.takes) > 1 else 0.0  # the server's time, which `took` has already
        known[name] = (played.presses[-1] + played.took + load["load"] - redirected, box)
    return known


def judged(played: Played, messages: list[Message], marks: list[Mark], frames: list[Frame]) -> Verdict:
    """The verdict on a trial. Raises NotPlayed when a page did not say what happened on it."""
    what, sentences = played.phenomenon, hear(messages, NAMES, Sentence("s", EPOCH, "citizen", "acts"), marks)
    if not played.presses:
        raise NotPlayed("the press was not heard by the page")
    times = truth(played)
    if lacking := {name for pair in what.silences for name in pair} - times.keys():
        raise NotPlayed(f"no stamp {', '.join(sorted(lacking))}")
    press = times["press"][0]
    threshold = Presets().silence["web"] * 1000
    true = [Silence(times[a][0], times[b][0]) for a, b in what.silences]
    heard = silences_heard(sentences, press)
    verdict, matches = compared(true, heard, threshold)
    by_eye = []
    for (a, b), match in zip(what.silences, matches, strict=True):
        box = times[b][1]
        if match is None or box is None:
            continue
        seen = silence_seen(frames, times[a], (times[b][0], box))
        if seen is not None:
            by_eye.append(abs(heard[match].length - seen))
    return replace(verdict, eye_errors=tuple(by_eye), other=tuple(_other(what, sentences, press)))


def silences_heard(sentences: list[Sentence], press: float) -> list[Silence]:
    """The silences, by the log's own definition, of the waits that opened with the press or after it."""
    if not sentences:
        return []
    first = min(s.when for s in sentences)
    last = max(s.until or s.when for s in sentences)
    batch = batch_of(Log.of(sentences, [Session("s", first, last, source="robot")]))
    waits = waits_of(batch, Presets())
    opened = waits.opened[waits.silence_wait] / 1000
    spans = zip(waits.silence_from / 1000, waits.silence_to / 1000, opened, strict=True)
    return [Silence(float(a), float(b)) for a, b, since in spans if since >= press - 20 and b > a]


def _other(what: Phenomenon, sentences: list[Sentence], press: float) -> list[str]:
    """What else was heard otherwise than it was."""
    since = moment(press) - timedelta(milliseconds=20)
    told = [s for s in sentences if s.when >= since]
    closing = next((s for s in told if s.verb in ("answers", "refuses", "hands_off")), None)
    wrong = []
    if closing is None or closing.verb != what.closes:
        wrong.append(f"closed by {closing.verb if closing else 'nothing'}")
    elif what.cause and closing.cause != what.cause:
        wrong.append(f"cause {closing.cause}")
    acts = sum(s.verb in ("acts", "submits") for s in told) - 1
    if acts != what.impatience:
        wrong.append(f"{acts} further acts")
    if what.heard and not any(s.verb == "responds" and s.sense == "heard" for s in told):
        wrong.append("the whisper was not heard")
    return wrong
