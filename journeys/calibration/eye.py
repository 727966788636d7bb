"""The eye: what the screen showed, frame by frame, beside the browser and past the recorder.

Frames come over a second connection to the browser (CDP Page.startScreencast), each dated by the browser itself. The
eye knows nothing of the page: it says when the pixels of a place changed.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import websocket
from PIL import Image

WIDTH: Final = 640  # px of a frame: half the window, enough for words
VISIBLE: Final = 18  # of 255: a smaller difference is the picture's own noise
ENOUGH: Final = 6  # px that must differ
MARGIN: Final = 2  # px of the place's edge that are left out: frames are smaller than the window

Box = tuple[float, float, float, float]  # left, top, width, height in the page's own pixels


@dataclass(frozen=True, slots=True)
class Frame:
    """What the screen showed from a moment on (epoch ms)."""

    when: float
    picture: bytes
    width: float  # of the window, in the page's own pixels

    def place(self, box: Box) -> np.ndarray:
        """The pixels of a place."""
        image = Image.open(io.BytesIO(self.picture)).convert("RGB")
        scale = image.width / (self.width or image.width)
        left, top, width, height = (edge * scale for edge in box)
        return np.asarray(
            image.crop((int(left) - MARGIN, int(top) - MARGIN, int(left + width) + MARGIN, int(top + height) + MARGIN)),
            dtype=np.int16,
        )


@dataclass(slots=True)
class Eye:
    """An open eye on one tab; it keeps frames until they are taken."""

    line: websocket.WebSocket
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
                frame = message["params"]
                about = frame["metadata"]
                picture = base64.b64decode(frame["data"])
                with self._lock:
                    self.frames.append(Frame(about["timestamp"] * 1000, picture, about["deviceWidth"]))
                self.ask("Page.screencastFrameAck", sessionId=frame["sessionId"])


@contextmanager
def opened(debugger: str) -> Iterator[Eye]:
    """An eye on the first tab of the browser at this address, for the length of a `with`."""
    with urllib.request.urlopen(f"http://{debugger}/json", timeout=10) as reply:
        tab = next(t for t in json.load(reply) if t["type"] == "page")
    eye = Eye(websocket.create_connection(tab["webSocketDebuggerUrl"], suppress_origin=True, timeout=None))
    looking = threading.Thread(target=eye.look, daemon=True)
    looking.start()
    try:
        eye.ask("Page.enable")
        eye.ask("Page.startScreencast", format="jpeg", quality=60, maxWidth=WIDTH, maxHeight=WIDTH, everyNthFrame=1)
        yield eye
    finally:
        with suppress(websocket.WebSocketException, OSError):
            eye.ask("Page.stopScreencast")
            eye.line.close()
        looking.join(2)


def changes(frames: Sequence[Frame], box: Box, since: float, until: float) -> list[float]:
    """When the pixels of a place changed between two moments; a slow change counts once it is plain to see."""
    found: list[float] = []
    before: np.ndarray | None = None
    for frame in frames:
        if frame.when > until:
            break
        if frame.when < since and before is not None and _next(frames, frame) < since:
            continue
        now = frame.place(box)
        if before is None or now.shape != before.shape:
            before = now
        elif int((np.abs(now - before).max(axis=2) > VISIBLE).sum()) >= ENOUGH:
            before = now
            if frame.when > since:
                found.append(frame.when)
    return found


def _next(frames: Sequence[Frame], frame: Frame) -> float:
    place = frames.index(frame)
    return frames[place + 1].when if place + 1 < len(frames) else frame.when


def silence_seen(frames: Sequence[Frame], began: tuple[float, Box | None], ended: tuple[float, Box]) -> float | None:
    """How long (ms) nothing changed in a silence's places; None when the eye saw neither end of it.

    The true times serve only to tell which of the changes are meant: those around the silence's middle.
    """
    middle = (began[0] + ended[0]) / 2
    end = next(iter(changes(frames, ended[1], middle, ended[0] + 400)), None)
    if end is None:
        return None
    if began[1] is None:  # from the press, which the eye cannot see
        return end - began[0]
    start = changes(frames, began[1], began[0] - 400, middle)
    return end - start[-1] if start else None
