"""What people write in the workbench: kept as they write it, saved without losing what somebody else saved meanwhile.

A text (a journey, a study) is saved only over the version that was edited; otherwise whoever comes second is shown
both. The version replaced is kept in `earlier/` beside it; what is not saved yet is a draft, kept in the workspace.
Times are aware datetimes; a version is known by the checksum of its text.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import Workspace

EARLIER: Final = "earlier"
_STAMP: Final = "%Y%m%d-%H%M%S-%f"
_DRAFT: Final = re.compile(r"[a-z0-9]{8,32}")


@dataclass(frozen=True, slots=True)
class Saved:
    """An edit that is now the text at its path."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Overtaken:
    """An edit that was not saved, because somebody else had saved another one meanwhile: all three texts."""

    path: Path
    base: str  # what was edited
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text, and when it was replaced."""

    path: Path
    replaced: datetime

    @property
    def text(self) -> str:
        """What it said."""
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that somebody is writing, not saved yet: of what, from which version, since when."""

    id: str
    kind: str  # journeys, studies
    key: str  # what it is a draft of
    text: str
    base: str
    written: str  # ISO, UTC


def digest(text: str) -> str:
    """What tells two versions apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save(path: Path, text: str, base: str | None, now: datetime) -> Saved | Overtaken:
    """Save an edit of `base` (None: there was no file) at `path`; Overtaken where the file holds something else.

    The version replaced is kept. Written whole or not at all; raises Failed when the disk does not take it.
    """
    try:
        with _alone(path):
            there = path.read_text(encoding="utf-8") if path.exists() else None
            if there is not None and there not in (base, text):
                return Overtaken(path, base or "", text, there)
            if there != text:
                if there is not None:
                    _write(path.parent / EARLIER / f"{path.stem}.{now.astimezone(UTC):{_STAMP}}{path.suffix}", there)
                _write(path, text)
    except OSError as cause:
        raise Failed(_("{path} could not be saved: {why}.").format(path=path, why=cause.strerror or cause)) from cause
    return Saved(path, text)


def earlier(path: Path) -> list[Version]:
    """The versions that edits of a file have replaced, the latest first."""
    found = []
    for one in (path.parent / EARLIER).glob(f"{path.stem}.*{path.suffix}"):
        stamp = one.name[len(path.stem) + 1 : len(one.name) - len(path.suffix)]
        try:
            found.append(Version(one, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)))
        except ValueError:
            continue  # of a file whose name begins alike
    return sorted(found, key=lambda version: version.replaced, reverse=True)


# --- drafts: what is not saved yet ------------------------------------------------------------------------------------


def new_id() -> str:
    """A name for a new draft, which nobody else has."""
    return secrets.token_hex(6)


def keep_draft(space: Workspace, draft: Draft) -> None:
    """Keep what is being written, so that it is there after the browser or the lab was closed."""
    _write(_draft_path(space, draft.kind, draft.id), json.dumps(asdict(draft), ensure_ascii=False))


def draft(space: Workspace, kind: str, id_: str) -> Draft | None:
    """The draft of this name; None when there is none, or none that can be read."""
    if not _DRAFT.fullmatch(id_):
        return None
    try:
        return Draft(**json.loads(_draft_path(space, kind, id_).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def drafts_of(space: Workspace, kind: str, key: str | None = None) -> list[Draft]:
    """Every draft of a kind, or of one text, the latest first."""
    folder = space.root / "drafts" / kind
    found = (draft(space, kind, path.stem) for path in folder.glob("*.json"))
    mine = [one for one in found if one is not None and key in (None, one.key)]
    return sorted(mine, key=lambda one: one.written, reverse=True)


def forget_draft(space: Workspace, kind: str, id_: str) -> None:
    """Let a draft go: it was saved, or is not wanted."""
    if _DRAFT.fullmatch(id_):
        _draft_path(space, kind, id_).unlink(missing_ok=True)


def _draft_path(space: Workspace, kind: str, id_: str) -> Path:
    if not re.fullmatch(r"[a-z]+", kind) or not _DRAFT.fullmatch(id_):
        raise WrongInput(_("“{id}” names no draft.").format(id=id_))
    return space.root / "drafts" / kind / f"{id_}.json"


# --- on disk ----------------------------------------------------------------------------------------------------------


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else saves at this path meanwhile, in whatever process; the lock ends with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".saving").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or nothing, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
