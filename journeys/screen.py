"""What a browser's screen shows, frame by frame, beside the browser and past the recorder: the calibration's eye, and
what a replay is made of.

Frames come over a second connection to the browser (CDP Page.startScreencast), each dated by the browser itself.
Only Chromium has it; on a grid nobody may be let that near.
"""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import websocket

WIDTH: Final = 640  # px of a frame: half the window, enough for words
QUALITY: Final = 60  # of JPEG, 0 to 100


@dataclass(frozen=True, slots=True)
class Frame:
    """What the screen showed from a moment on (epoch ms)."""

    when: float
    picture: bytes  # JPEG
    width: float  # of the window, in the page's own pixels


@dataclass(slots=True)
class Eye:
    """An open eye on one tab; it keeps frames until they are taken, or hands each to whoever wants it at once."""

    line: websocket.WebSocket
    hand_on: Callable[[Frame], None] | None = None
    frames: list[Frame] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: int = 0

    def ask(self, method: str, **more: Any) -> None:
        """Tell the browser something; its reply is not waited for."""
        with self._lock:
            self._asked += 1
            self.line.send(json.dumps({"id": self._asked, "method": method, "params": more}))

    def take(self) -> list[Frame]:
        """The frames since this was last asked, by time."""
        with self._lock:
            seen, self.frames = self.frames, []
        return sorted(seen, key=lambda f: f.when)

    def look(self) -> None:
        """Keep what comes until the line is closed."""
        with suppress(websocket.WebSocketException, OSError, ValueError):
            while told := self.line.recv():
                message = json.loads(told)
                if message.get("method") != "Page.screencastFrame":
                    continue
                said = message["params"]
                about = said["metadata"]
                frame = Frame(about["timestamp"] * 1000, base64.b64decode(said["data"]), about["deviceWidth"])
                if self.hand_on:
                    self.hand_on(frame)
                else:
                    with self._lock:
                        self.frames.append(frame)
                self.ask("Page.screencastFrameAck", sessionId=said["sessionId"])


@contextmanager
def opened(debugger: str, tab: str | None = None, hand_on: Callable[[Frame], None] | None = None) -> Iterator[Eye]:
    """An eye on a tab (the first, unless one is named) of the browser at this address, for the length of a `with`.

    Raises OSError or WebSocketException (see TROUBLES) when the browser lets nobody look, or has no such tab.
    """
    with urllib.request.urlopen(f"http://{debugger}/json", timeout=10) as reply:
        tabs = [t for t in json.load(reply) if t["type"] == "page" and tab in (None, t["id"])]
    if not tabs:
        raise OSError(f"no tab {tab or ''}")
    eye = Eye(websocket.create_connection(tabs[0]["webSocketDebuggerUrl"], suppress_origin=True, timeout=None), hand_on)
    looking = threading.Thread(target=eye.look, daemon=True)
    looking.start()
    try:
        eye.ask("Page.enable")
        eye.ask(
            "Page.startScreencast", format="jpeg", quality=QUALITY, maxWidth=WIDTH, maxHeight=WIDTH, everyNthFrame=1
        )
        yield eye
    finally:
        with suppress(*TROUBLES):
            eye.ask("Page.stopScreencast")
            eye.line.close()
        looking.join(2)


TROUBLES: Final = (websocket.WebSocketException, OSError)  # what a line to a browser that goes may raise
