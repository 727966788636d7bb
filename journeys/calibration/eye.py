"""The eye: when the pixels of a place changed, by what the screen showed beside the browser and past the recorder.

It knows nothing of the page; its frames are those of `journeys/screen.py`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from journeys.screen import Frame

VISIBLE: Final = 18  # of 255: a smaller difference is the picture's own noise
ENOUGH: Final = 6  # px that must differ
MARGIN: Final = 2  # px of the place's edge that are left out: frames are smaller than the window

Box = tuple[float, float, float, float]  # left, top, width, height in the page's own pixels


def pixels(frame: Frame, box: Box) -> np.ndarray:
    """What a frame shows at a place of the page (in the page's own pixels): red, green and blue, row by row."""
    image = Image.open(io.BytesIO(frame.picture)).convert("RGB")
    scale = image.width / (frame.width or image.width)
    left, top, width, height = (edge * scale for edge in box)
    return np.asarray(
        image.crop((int(left) - MARGIN, int(top) - MARGIN, int(left + width) + MARGIN, int(top + height) + MARGIN)),
        dtype=np.int16,
    )


def changes(frames: Sequence[Frame], box: Box, since: float, until: float) -> list[float]:
    """When the pixels of a place changed between two moments; a slow change counts once it is plain to see."""
    found: list[float] = []
    before: np.ndarray | None = None
    for frame in frames:
        if frame.when > until:
            break
        if frame.when < since and before is not None and _next(frames, frame) < since:
            continue
        now = pixels(frame, box)
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
