"""A workspace as one file, taken while people work in it: the store at one moment, then the log and all else.

The store comes first: what is sealed a moment later is in the log as well, which sealing knows how to tell. Parts of
the log never change, so that a second name for each (a hard link) holds them while others merge or take them away.
The file is a tar: `khutwa.json` (what it is), `store/…`, `files/…`, and last `manifest.json` with every checksum and
its own. It has its name only when it is whole and on disk. Secrets (secrets.toml) are not in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from studies import archive
from studies.house import audit
from studies.house.sign_in import SECRETS
from studies.store import backup
from studies.troubles import Failed, WrongInput
from studies.words import _, ngettext
from studies.workspace import Workspace

FORMAT: Final = 1
HEAD, MANIFEST = "khutwa.json", "manifest.json"
TAKING: Final = ".backup-"
RESTORING: Final = ".restoring"
ASIDE: Final = "before-restore-"
UNCHANGING: Final = ("log", "pictures")  # files that are written once, whole
_BLOCK: Final = 1 << 20
Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds."""

    path: Path
    files: int
    bytes: int
    rows: int
    sha256: str  # of the manifest, which holds everybody else's

    def json(self) -> dict[str, Any]:
        """As one document."""
        return {
            "file": str(self.path),
            "files": self.files,
            "bytes": self.bytes,
            "rows": self.rows,
            "sha256": self.sha256,
        }

    def told(self) -> str:
        """For a person."""
        files = ngettext("{n} file", "{n} files", self.files).format(n=self.files)
        rows = ngettext("{n} row of the store", "{n} rows of the store", self.rows).format(n=self.rows)
        return _("{path}: {files}, {rows}, SHA-256 {sum}").format(
            path=self.path, files=files, rows=rows, sum=self.sha256
        )


def take(space: Workspace, path: Path, now: datetime, watch: Watch) -> Taken:
    """Write the workspace down. Raises WrongInput when the file is there already, Failed when it cannot be written."""
    if path.exists():
        raise WrongInput(_("{path} is there already; a backup overwrites nothing. Name another.").format(path=path))
    if not path.parent.is_dir():
        raise WrongInput(_("There is no folder {folder} to write a backup to.").format(folder=path.parent))
    if path.resolve().is_relative_to(space.root):
        raise WrongInput(_("{path} lies in the workspace itself and would be lost with it.").format(path=path))
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with _held(space) as hold:
            rows = backup.write_down(
                space.database_url, _made(hold / "store"), lambda n, of: watch(_("The store"), 0.2 * n / max(of, 1))
            )
            _hold(space, hold / "files")
            taken = _written(hold, beside, path, now, rows, watch)
        beside.rename(path)
        archive.sync_folder(path.parent)
    except OSError as cause:
        raise Failed(
            _("The backup {path} could not be written: {why}. Nothing was left behind.").format(
                path=path, why=cause.strerror or cause
            )
        ) from cause
    finally:
        beside.unlink(missing_ok=True)
    return taken


@contextmanager
def _held(space: Workspace) -> Iterator[Path]:
    """A folder of the workspace for what is being backed up; one backup at a time, and none is left behind."""
    with (space.root / f"{TAKING}lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise Failed(_("Another backup of this workspace is under way; wait for it to end.")) from cause
        for left in space.root.glob(f"{TAKING}*"):  # of one that was killed
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
        hold = _made(space.root / f"{TAKING}{secrets.token_hex(4)}")
        try:
            yield hold
        finally:
            shutil.rmtree(hold, ignore_errors=True)


def _hold(space: Workspace, hold: Path) -> None:
    """Every file as it is now, under a second name: linked where files never change, copied where they may."""
    for study in archive.studies_in(space):
        _hold_study(study, space, hold)
    for path in sorted(space.root.rglob("*")):
        inside = path.relative_to(space.root)
        if not path.is_file() or path.is_symlink() or not _is_wanted(inside):
            continue
        try:
            _hold_file(path, hold / inside, linked=inside.parts[0] in UNCHANGING)
        except FileNotFoundError:  # erased or replaced since it was listed
            continue


def _hold_study(study: str, space: Workspace, hold: Path) -> None:
    """A study's living parts, all of one moment: when one is merged away meanwhile, they are listed again."""
    while True:
        held: list[Path] = []
        try:
            for pair in archive.files_of(study, space):
                for path in pair:
                    held.append(hold / path.relative_to(space.root))
                    _hold_file(path, held[-1], linked=True)
            return
        except FileNotFoundError:
            for path in held:
                path.unlink(missing_ok=True)


def _is_wanted(inside: Path) -> bool:
    top = inside.parts[0]
    if top == "log" or inside.name == SECRETS or inside.name.startswith("store.sqlite"):
        return False  # the log's parts are held already; the store is written down table by table
    return not (top.startswith((TAKING, RESTORING, ASIDE)) or inside.name.startswith(".") or inside.suffix == ".part")


def _hold_file(path: Path, held: Path, linked: bool) -> None:
    held.parent.mkdir(parents=True, exist_ok=True)
    if linked:
        try:
            os.link(path, held)
            return
        except FileNotFoundError:
            raise
        except OSError:  # a file system without hard links
            pass
    with path.open("rb") as source:
        if path.name == audit.FILE:
            fcntl.flock(source, fcntl.LOCK_SH)  # whoever is writing a line ends it first
        with held.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)


def _written(hold: Path, beside: Path, path: Path, now: datetime, rows: dict[str, int], watch: Watch) -> Taken:
    wanted = sorted(one for one in hold.rglob("*") if one.is_file())
    of, done, began = sum(one.stat().st_size for one in wanted) or 1, 0, time.monotonic()
    sums: dict[str, str] = {}
    with beside.open("xb") as out:
        beside.chmod(0o600)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            head = {"khutwa": "backup", "format": FORMAT, "store": backup.version(), "taken": now.isoformat()}
            sums[HEAD] = _add(tar, HEAD, _json(head))
            for one in wanted:
                name = one.relative_to(hold).as_posix()
                sums[name] = _add_file(tar, name, one)
                done += one.stat().st_size
                share = done / of
                watch(left(share, time.monotonic() - began), 0.2 + 0.8 * share)
            manifest = _json({**head, "rows": rows, "sha256": sums})
            digest = _add(tar, MANIFEST, manifest)
        out.write(digest.encode())  # behind the tar's end: a manifest that was damaged is known by it
        out.flush()
        os.fsync(out.fileno())
    return Taken(
        path, sum(name.startswith("files/") for name in sums), beside.stat().st_size, sum(rows.values()), digest
    )


def left(share: float, seconds: float) -> str:
    """What is under way, with the time that it will still take by the pace so far."""
    if not 0.02 < share < 1:
        return _("The files")
    return _("The files, {time} left").format(time=told_seconds(seconds / share * (1 - share)))


def told_seconds(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 90:
        return ngettext("about {n} second", "about {n} seconds", round(seconds)).format(n=round(seconds))
    return ngettext("about {n} minute", "about {n} minutes", round(seconds / 60)).format(n=round(seconds / 60))


def _add(tar: tarfile.TarFile, name: str, body: bytes) -> str:
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(body), 0o600
    tar.addfile(told, io.BytesIO(body))
    return hashlib.sha256(body).hexdigest()


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> str:
    told = tarfile.TarInfo(name)
    state = path.stat()
    told.size, told.mode, told.mtime = state.st_size, state.st_mode & 0o777, int(state.st_mtime)
    heard = hashlib.sha256()

    class Heard(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            block = file.read(size)
            heard.update(block)
            return block

    with path.open("rb") as file:
        tar.addfile(told, Heard())
    return heard.hexdigest()


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
