"""A Firefox walked in over its own BiDi socket, without a driver: for hands and eyes the same as any other browser."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.common.keys import Keys

from journeys.players.browser_line import Line, result_of, told_to
from journeys.players.browser_page import Element, Unreached

SCRIPT: Final = 10.0  # seconds that a look may take, as in Chromium
HELD: Final = (Keys.CONTROL, Keys.SHIFT, Keys.ALT)
FAILED: Final = re.compile(r"NS_ERROR_\w+|[A-Z]+_ERROR_\w+|Error: \w+$")

# Where a finger would meet an element, or what would be met instead.
MEET: Final = """
const [el] = arguments;
if (!el.isConnected) return 'gone';
const inside = b => b.bottom > 0 && b.right > 0 && b.top < innerHeight && b.left < innerWidth;
let box = Array.from(el.getClientRects()).find(b => b.width && b.height);
if (!box) return 'unseen';
if (!inside(box)) {
  el.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
  box = Array.from(el.getClientRects()).find(b => b.width && b.height);
}
const x = Math.floor((Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2);
const y = Math.floor((Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2);
const met = el.getRootNode().elementFromPoint(x, y);
if (!met) return 'unseen';
return el === met || el.contains(met) || met.shadowRoot?.contains(el) ? [x, y] : `covered by ${met.localName}`;
"""
# Where Firefox itself says that no page came, it keeps the address that was asked for; Chromium says whose word it is.
ITS_OWN_WORD: Final = """(channel) => {
  const { parse, stringify } = JSON;
  const told = text => stringify(parse(text).map(m => 'u' in m ? { ...m, u: 'chrome-error:' } : m));
  const own = () => /^about:(neterror|certerror|httpsonlyerror|blocked)/.test(document.documentURI);
  return (RECORDER)(text => channel(own() ? told(text) : text));
}"""
FOCUS: Final = """
const [el] = arguments;
if (!el.isConnected) return 'gone';
if (!el.matches(':focus') && !el.matches(':focus-within')) {
  el.focus({preventScroll: false});
  if ('selectionStart' in el && typeof el.selectionStart === 'number') el.selectionStart = el.value.length;
}
return '';
"""


@dataclass(slots=True)
class FirefoxPage:
    """A window of a Firefox under way."""

    line: Line
    process: subprocess.Popen[bytes]
    patience: float
    touch: bool = False
    window: str = ""
    windows: list[str] = field(default_factory=list)
    each_window: Callable[[FirefoxPage], None] | None = None  # what a new window must be told

    @property
    def opens_lists(self) -> bool:
        """A list that is open belongs to the browser and not to the page: keys on the closed one choose as well."""
        return False

    def go(self, url: str) -> None:
        """Open an address, until its document is there."""
        try:
            with self._within(self.patience):
                self.line.say("browsingContext.navigate", context=self.window, url=url, wait="interactive")
        except TimeoutException:
            raise
        except (NoSuchWindowException, StaleElementReferenceException):
            raise
        except WebDriverException as cause:
            said = str(cause.msg)
            if "NS_BINDING_ABORTED" in said or "WONT_HANDLE_CONTENT" in said:
                return  # the page itself went elsewhere, or what came is no page: what is heard will tell
            if word := FAILED.search(said):
                raise Unreached(url, word[0].removeprefix("Error: ")) from None
            raise

    def back(self) -> None:
        """Go back one page."""
        with self._within(self.patience):
            self.line.say("browsingContext.traverseHistory", context=self.window, delta=-1)

    def address(self) -> str:
        """Where the window stands."""
        found = self.line.say("browsingContext.getTree", root=self.window, maxDepth=0)["contexts"]
        return str(found[0]["url"])

    def look(self, js: str, *args: Any) -> Any:
        """What the body of a JavaScript function returns."""
        with self._within(SCRIPT):
            reply = self.line.say(
                "script.callFunction",
                functionDeclaration=f"function() {{\n{js}\n}}",
                target={"context": self.window},
                arguments=[told_to(one) for one in args],
                awaitPromise=True,
            )
        return result_of(reply)

    def press(self, element: Element) -> None:
        """Press the middle of an element."""
        met = self.look(MEET, element)
        if met == "gone":
            raise StaleElementReferenceException(met)
        if met == "unseen":
            raise ElementNotInteractableException("it cannot be seen")
        if isinstance(met, str):
            raise ElementClickInterceptedException(met)
        kind = "touch" if self.touch else "mouse"
        x, y = (int(at) for at in met)
        down = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 0}, *down]
        self._act({"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": moves})

    def keys(self, element: Element, *keys: str) -> None:
        """Press keys, with an element in focus."""
        if self.look(FOCUS, element) == "gone":
            raise StaleElementReferenceException("gone")
        strokes: list[dict[str, str]] = []
        held: list[str] = []
        for key in "".join(keys):
            strokes.append({"type": "keyDown", "value": key})
            if key in HELD:
                held.append(key)
            else:
                strokes.append({"type": "keyUp", "value": key})
        strokes += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self._act({"type": "key", "id": "keys", "actions": strokes})

    def files(self, element: Element, path: Path) -> None:
        """Put a document into a file field."""
        self.line.say("input.setFiles", context=self.window, element=element, files=[str(path.resolve())])

    def picture(self) -> bytes:
        """What can be seen, as PNG."""
        with self._within(SCRIPT):
            shot = self.line.say("browsingContext.captureScreenshot", context=self.window)
        return base64.b64decode(shot["data"])

    def follow(self) -> bool:
        """Go on in the newest window, if that is another."""
        newest = self.windows[-1] if self.windows else self.window
        if newest == self.window:
            return False
        self.window = newest
        if self.each_window:
            self.each_window(self)
        return True

    def preload(self, js: str, channel: str, take: Callable[[str], None]) -> None:
        """Run a function in every page before its own scripts."""

        def told(event: Mapping[str, Any]) -> None:
            if event["channel"] == channel:
                take(event["data"]["value"])

        self.hear("script.message", told)
        self.line.say(
            "script.addPreloadScript",
            functionDeclaration=ITS_OWN_WORD.replace("RECORDER", js),
            arguments=[{"type": "channel", "value": {"channel": channel}}],
        )

    def hear(self, event: str, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Hand every such event to `take`."""
        self.line.hear(event, take)

    def close(self) -> None:
        """End the browser, whatever state it is in."""
        kill(self.process)  # its profile goes with it: there is nothing that it would have to put in order
        with suppress(Exception):  # whatever is wrong with the line, it must go
            self.line.response_wait_timeout = 1.0
            self.line.close()

    def alive(self) -> bool:
        """Whether the browser still runs."""
        return self.process.poll() is None

    def opened(self, event: Mapping[str, Any]) -> None:
        """Take note of a new window."""
        if event.get("parent") is None and event["context"] not in self.windows:
            self.windows.append(event["context"])

    def closed(self, event: Mapping[str, Any]) -> None:
        """Take note of a window that has gone."""
        if event["context"] in self.windows:
            self.windows.remove(event["context"])

    def asked_who(self, event: Mapping[str, Any]) -> None:
        """A box asks for a name and a password that no citizen of ours has: close it, so that the page goes on."""
        with suppress(WebDriverException, ConnectionError):
            self.line.say("network.continueWithAuth", request=event["request"]["request"], action="cancel")

    def _act(self, source: dict[str, Any]) -> None:
        with self._within(self.patience):
            self.line.say("input.performActions", context=self.window, actions=[source])

    def _within(self, seconds: float) -> _Within:
        return _Within(self.line, seconds)


@dataclass(slots=True)
class _Within:
    """For the length of a `with`, how long a word on the line may take."""

    line: Line
    seconds: float
    before: float = 0.0

    def __enter__(self) -> None:
        self.before, self.line.response_wait_timeout = self.line.response_wait_timeout, self.seconds

    def __exit__(self, *_told: object) -> None:
        self.line.response_wait_timeout = self.before


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a Firefox and the processes that it started for its pages."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
