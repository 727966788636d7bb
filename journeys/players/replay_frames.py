"""From what a screen showed to a replay: pictures few and small enough to keep, the moments of change exact."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from studies.replays import Cover, Replay, Shown, Source

WIDTH: Final = 640  # px of a picture
HEIGHT: Final = 640  # px at most: a phone is upright
QUALITY: Final = 55  # of WebP, 0 to 100
GAP: Final = 100.0  # ms between two pictures of one burst: movement stays to be seen, its film does not
MOST: Final = 2400  # pictures of one session; beyond it every burst is told by half as many
MOST_BYTES: Final = 4_000_000  # of one session
VISIBLE: Final = 12  # of 255: a smaller difference is the picture's own noise
WHOLE: Final = 0.6  # of the picture: what changes more of it is kept whole
RUN: Final = 40  # changes after which a whole picture stands again, so that a jump is quick
BLOCK: Final = 12  # px: where people are seen, one such square is one colour, so that no letter can be read
SHADES: Final = 5  # bits of a colour that are left there


@dataclass(frozen=True, slots=True)
class Shot:
    """What the screen showed from a moment on (epoch ms)."""

    when: float
    picture: bytes


@dataclass(slots=True)
class Roll:
    """The pictures of a session as they come, so few that they fit: the first and the last of every burst are kept."""

    shots: list[Shot] = field(default_factory=list)
    left_out: int = 0
    gap: float = GAP
    _last: Shot | None = None  # the latest, while it may still be followed within the gap
    _lock: Lock = field(default_factory=Lock)

    def add(self, shot: Shot) -> None:
        """Take in one picture; those of several windows come in the order of their moments."""
        with self._lock:
            latest = self._last or (self.shots[-1] if self.shots else None)
            if latest and (shot.when < latest.when or shot.picture == latest.picture):
                return
            if self._last and shot.when - self._last.when >= self.gap:
                self._keep(self._last)
            elif self._last:
                self.left_out += 1
            self._last = None
            if self.shots and shot.when - self.shots[-1].when < self.gap:
                self._last = shot
            else:
                self._keep(shot)

    def all(self) -> list[Shot]:
        """All that is kept, the latest included."""
        with self._lock:
            return [*self.shots, *([self._last] if self._last else [])]

    def _keep(self, shot: Shot) -> None:
        self.shots.append(shot)
        if len(self.shots) > MOST:
            self.gap *= 2
            before = len(self.shots)
            self.shots = thinned(self.shots, self.gap)
            self.left_out += before - len(self.shots)


def thinned(shots: list[Shot], gap: float) -> list[Shot]:
    """Of pictures that follow each other closely, one in each gap, and always the last before a rest."""
    kept: list[Shot] = []
    for shot, following in zip(shots, [*shots[1:], None], strict=True):
        rests = following is None or following.when - shot.when >= gap
        if rests or not kept or shot.when - kept[-1].when >= gap:
            kept.append(shot)
    return kept


def replay_of(
    roll: Roll, session: str, source: Source, cover: Cover, at: Callable[[float], float], most: int = MOST_BYTES
) -> Replay | None:
    """A replay of what was seen; `at` says which second of the session a moment (epoch ms) is. None if nothing was."""
    shots, gap = roll.all(), roll.gap
    while True:
        found = list(_changes(shots, cover == "coarse", at))
        if sum(len(one.picture) for one in found) <= most or len(shots) <= 2:
            break
        gap *= 2
        fewer = thinned(shots, gap)
        shots = fewer if len(fewer) < len(shots) else [*shots[:-1:2], shots[-1]]
    if not found:
        return None
    whole = [one for one in found if one.whole]
    size = max(one.width for one in whole), max(one.height for one in whole)
    left_out = roll.left_out + len(roll.all()) - len(shots)
    return Replay(session, source, cover, *size, tuple(found), left_out)


def _changes(shots: Iterable[Shot], coarse: bool, at: Callable[[float], float]) -> Iterable[Shown]:
    """The first picture whole, then each change as the rectangle that it is in."""
    before: Image.Image | None = None
    run, last = 0, 0.0
    for shot in shots:
        now = opened(shot.picture, coarse)
        box = (0, 0, *now.size) if before is None or before.size != now.size else changed(before, now)
        if box is None:
            continue
        left, top, right, bottom = box
        whole = before is None or before.size != now.size or run >= RUN
        whole = whole or (right - left) * (bottom - top) > WHOLE * now.width * now.height
        if whole:
            left, top, right, bottom = 0, 0, *now.size
        run = 0 if whole else run + 1
        last = max(round(at(shot.when), 3), last)
        part = now if whole else now.crop((left, top, right, bottom))
        yield Shown(last, left, top, right - left, bottom - top, whole, packed(part))
        before = now


def opened(picture: bytes, coarse: bool) -> Image.Image:
    """A picture at the size it is kept in; coarse: squares of one colour, in which no letter can be read."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    scale = min(WIDTH / image.width, HEIGHT / image.height, 1.0)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    if not coarse:
        return image if scale == 1 else image.resize(size, Image.Resampling.LANCZOS)
    few = max(size[0] // BLOCK, 1), max(size[1] // BLOCK, 1)
    mosaic = image.resize(few, Image.Resampling.BOX).filter(ImageFilter.SMOOTH)
    keep = 0xFF & ~((1 << (8 - SHADES)) - 1)
    return mosaic.point(lambda shade: shade & keep).resize(size, Image.Resampling.NEAREST)


def changed(before: Image.Image, now: Image.Image) -> tuple[int, int, int, int] | None:
    """The rectangle in which two pictures of one size differ visibly; None if they look the same."""
    red, green, blue = ImageChops.difference(before, now).split()
    apart = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return apart.point(lambda shade: 255 if shade > VISIBLE else 0).getbbox()


def packed(image: Image.Image) -> bytes:
    """A picture as WebP, with nothing said in it besides."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=3)
    return file.getvalue()
