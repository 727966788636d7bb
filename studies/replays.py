"""A session as it was to be seen: pictures with the moments they began to stand, to be watched at real speed.

One file beside the session's screenshots, `replay.json`: the first picture whole, then what changed, as WebP in base64,
with exact times in seconds from the session's start. Who walked and what was heard stand in the log, not here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from studies.troubles import Failed
from studies.words import _

NAME: Final = "replay.json"
KIND: Final = "khutwa replay 1"
Source = Literal["screencast", "pictures"]  # every change on the screen; or one picture after each step
Cover = Literal["fields", "coarse", "none"]  # what was typed is covered; nothing can be read at all; nothing is covered


@dataclass(frozen=True, slots=True)
class Shown:
    """From this moment on (seconds) this picture stands at this place; a whole one replaces all before it."""

    at: float
    x: int
    y: int
    width: int
    height: int
    whole: bool
    picture: bytes  # WebP


@dataclass(frozen=True, slots=True)
class Replay:
    """What one session looked like, from picture to picture."""

    session: str
    source: Source
    cover: Cover
    width: int
    height: int
    shown: tuple[Shown, ...]
    left_out: int = 0  # pictures between two that stand closer together than the eye needs

    @property
    def bytes(self) -> int:
        """About how large it is."""
        return sum(len(one.picture) for one in self.shown) * 4 // 3


def keep(replay: Replay, folder: Path) -> Path:
    """Write a replay into its session's folder, so that a reader sees all of it or nothing."""
    told = {
        "replay": KIND,
        "session": replay.session,
        "source": replay.source,
        "cover": replay.cover,
        "width": replay.width,
        "height": replay.height,
        "left_out": replay.left_out,
        "shown": [[one.at, one.x, one.y, one.width, one.height, int(one.whole)] for one in replay.shown],
        "pictures": [base64.b64encode(one.picture).decode() for one in replay.shown],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump({**told, "sum": _sum(told)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


def read(folder: Path) -> Replay | None:
    """The replay in a session's folder; None when none was kept. Raises Failed when it is damaged."""
    path = folder / NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        sealed = told.pop("sum")
        if told.get("replay") != KIND or sealed != _sum(told):
            raise ValueError("sum")
        return _replay(told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, binascii.Error) as cause:
        raise Failed(
            _("The replay in {path} is damaged and cannot be shown. Walk the journey again with --replay.").format(
                path=path
            )
        ) from cause


def forget(folder: Path) -> None:
    """Take a session's replay away."""
    (folder / NAME).unlink(missing_ok=True)


def _replay(told: dict[str, Any]) -> Replay:
    """What was read, as a replay. Raises ValueError when there is nothing to see in it."""
    shown = tuple(
        Shown(float(at), int(x), int(y), int(width), int(height), bool(whole), base64.b64decode(picture, validate=True))
        for (at, x, y, width, height, whole), picture in zip(told["shown"], told["pictures"], strict=True)
    )
    if not shown or not shown[0].whole or any(a.at > b.at for a, b in zip(shown, shown[1:], strict=False)):
        raise ValueError("nothing to see")
    size = int(told["width"]), int(told["height"])
    return Replay(told["session"], told["source"], told["cover"], *size, shown, int(told["left_out"]))


def _sum(told: dict[str, Any]) -> str:
    """What tells whether a byte of it was changed since."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
