"""A backup put back: read whole and held against its checksums before anything of the workspace changes.

What is unpacked lies in `.restoring` until all of it is right; then the store is filled in one transaction and the rest
moved to its place. As long as `.restoring` is there, every other command and page waits. Killed at any point, the same
command begins again or goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from studies.archive import sync_folder
from studies.backup import ASIDE, FORMAT, HEAD, MANIFEST, RESTORING, TAKING, Watch, left
from studies.store import backup
from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _, in_a_row, ngettext
from studies.workspace import Workspace

CHECKED: Final = "checked"  # in .restoring: everything is unpacked and right, by this manifest
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where what was there before lies now."""

    into: Path
    files: int
    rows: int
    taken: str
    aside: Path | None

    def json(self) -> dict[str, Any]:
        """As one document."""
        aside = str(self.aside) if self.aside else None
        return {"into": str(self.into), "files": self.files, "rows": self.rows, "taken": self.taken, "aside": aside}

    def told(self) -> str:
        """For a person."""
        files = ngettext("{n} file", "{n} files", self.files).format(n=self.files)
        rows = ngettext("{n} row of the store", "{n} rows of the store", self.rows).format(n=self.rows)
        said = _("{folder} is as it was on {taken}: {files}, {rows}.").format(
            folder=self.into, taken=self.taken[:16].replace("T", " "), files=files, rows=rows
        )
        return (
            f"{said} " + _("What was there before lies in {folder}.").format(folder=self.aside) if self.aside else said
        )


def restore(path: Path, space: Workspace, now: datetime, watch: Watch, replace: bool = False) -> Restored:
    """Put a backup into a workspace, whole or not at all.

    Raises WrongInput for what is no backup, is damaged or was made by a newer lab, and for a workspace that is not
    empty unless `replace` says that what is there may be put aside.
    """
    space.root.mkdir(parents=True, exist_ok=True)
    with _alone(space) as hold:
        marked = hold / CHECKED
        if not (marked.exists() and marked.read_text(encoding="utf-8") == _trailer(path)):
            shutil.rmtree(hold, ignore_errors=True)
            try:
                _ready_to_take(space, replace)
                hold.mkdir()
                unpack(path, hold, watch)
                marked.write_text(_trailer(path), encoding="utf-8")
                _sync(hold)
            except (Trouble, OSError):
                shutil.rmtree(hold, ignore_errors=True)
                raise
        return _into_place(hold, space, now, watch)


def _ready_to_take(space: Workspace, replace: bool) -> None:
    there = sorted(one.name for one in _things(space))
    if there and not replace:
        raise WrongInput(
            _(
                "{folder} is not empty ({what}). Restore into another folder with --into FOLDER, or say --replace: "
                "what is there is then put aside, not deleted."
            ).format(folder=space.root, what=in_a_row(there[:5]))
        )
    if not backup.is_file(space.database_url) and not backup.is_empty(space.database_url):
        raise WrongInput(
            _("The database that KHUTWA_DATABASE names is not empty, and is left alone. Make a new one and name that.")
        )


def _into_place(hold: Path, space: Workspace, now: datetime, watch: Watch) -> Restored:
    manifest = json.loads((hold / MANIFEST).read_text(encoding="utf-8"))
    rows = manifest["rows"]
    _fill_store(hold, space, rows, watch)
    aside = _put_aside(hold, space, now)
    files = hold / "files"
    for one in sorted(files.iterdir()) if files.exists() else ():
        one.rename(space.root / one.name)
    sync_folder(space.root)
    shutil.rmtree(hold)
    named = sum(name.startswith("files/") for name in manifest["sha256"])
    return Restored(space.root, named, sum(rows.values()), manifest["taken"], aside)


def _fill_store(hold: Path, space: Workspace, rows: dict[str, int], watch: Watch) -> None:
    tell = lambda n, of: watch(_("The store"), 0.8 + 0.2 * n / max(of, 1))  # noqa: E731
    written = hold / "store"
    if backup.is_file(space.database_url):
        new = hold / "files" / "store.sqlite"
        if (space.root / new.name).exists() and not new.exists() and (hold / "moved").exists():
            return  # it was moved to its place before this was cut off
        for left_over in (hold / "files").glob("store.sqlite*"):
            left_over.unlink()
        new.parent.mkdir(exist_ok=True)
        backup.put_back(f"sqlite:///{new}", written, rows, tell)
        (hold / "moved").touch()
    elif backup.is_empty(space.database_url):
        backup.put_back(space.database_url, written, rows, tell)
    elif not backup.holds(space.database_url, written):
        raise WrongInput(
            _("The database that KHUTWA_DATABASE names is not empty, and is left alone. Make a new one and name that.")
        )


def _put_aside(hold: Path, space: Workspace, now: datetime) -> Path | None:
    """What was there before, under a name of its own; what a restore that was cut off has moved in stays."""
    begun = hold / "aside"
    if begun.exists():
        named = begun.read_text(encoding="utf-8")
        aside = space.root / named if named else None
        if (hold / "put aside").exists():
            return aside
    else:
        aside = space.root / f"{ASIDE}{now:%Y%m%d-%H%M%S}" if any(_things(space)) else None
        begun.write_text(aside.name if aside else "", encoding="utf-8")
    if aside is not None:
        aside.mkdir(exist_ok=True)
        for one in list(_things(space)):
            one.rename(aside / one.name)
        sync_folder(aside)
    (hold / "put aside").touch()
    _sync(hold)
    return aside


def _things(space: Workspace) -> Iterator[Path]:
    """What makes a workspace not empty. Folders that are made on first use do not, nor the secrets and the locks."""
    for one in space.root.iterdir():
        if one.name.startswith((RESTORING, ASIDE, TAKING)) or one.name in ("secrets.toml", "lost+found"):
            continue
        if one.is_dir() and not any(one.rglob("*")):
            one.rmdir()
            continue
        yield one


@contextmanager
def _alone(space: Workspace) -> Iterator[Path]:
    with (space.root / f"{TAKING}lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise Failed(_("Another backup or restore of this workspace is under way; wait for it to end.")) from cause
        yield space.root / RESTORING


def unpack(path: Path, hold: Path, watch: Watch) -> dict[str, Any]:
    """Everything of a backup in a folder, each file held against its checksum. Raises WrongInput for what is not so."""
    digest, sums, began = _trailer(path), dict[str, str](), time.monotonic()
    of, manifest = path.stat().st_size, None
    try:
        with tarfile.open(path, "r:") as tar:
            for told in tar:
                manifest = _unpacked(tar, told, hold, path, sums) or manifest
                share = min(tar.offset / of, 1.0)
                watch(left(share, time.monotonic() - began), 0.8 * share)
    except (tarfile.TarError, EOFError, ValueError) as cause:
        raise WrongInput(_damaged(path, str(cause) or type(cause).__name__)) from cause
    if manifest is None or sums.pop(MANIFEST, None) != digest:
        raise WrongInput(_damaged(path, _("its list of contents is missing or changed")))
    if sums != manifest["sha256"]:
        wrong = sorted({*sums.items()} ^ {*manifest["sha256"].items()})
        raise WrongInput(_damaged(path, _("{name} is not as it was written").format(name=wrong[0][0])))
    return manifest


def _unpacked(
    tar: tarfile.TarFile, told: tarfile.TarInfo, hold: Path, path: Path, sums: dict[str, str]
) -> dict[str, Any] | None:
    """One file of the archive, on disk; of the first one what it says of itself is heeded at once."""
    inside = PurePosixPath(told.name)
    plain = told.isreg() and not inside.is_absolute() and ".." not in inside.parts
    if not plain or not (told.name in (HEAD, MANIFEST) or inside.parts[0] in ("store", "files")):
        raise WrongInput(_damaged(path, _("{name} does not belong into a backup").format(name=told.name)))
    if not sums and told.name != HEAD:
        raise WrongInput(_("{path} is no backup of a workspace.").format(path=path))
    source, to, heard = tar.extractfile(told), hold / inside, hashlib.sha256()
    assert source is not None
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("xb") as out:
        while block := source.read(_BLOCK):
            heard.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if to.stat().st_size != told.size:
        raise WrongInput(_damaged(path, _("it ends in the middle of {name}").format(name=told.name)))
    to.chmod(told.mode & 0o777)
    sums[told.name] = heard.hexdigest()
    if told.name == HEAD:
        _heed(json.loads(to.read_bytes()), path)
    return json.loads(to.read_bytes()) if told.name == MANIFEST else None


def _heed(head: dict[str, Any], path: Path) -> None:
    if head.get("khutwa") != "backup":
        raise WrongInput(_("{path} is no backup of a workspace.").format(path=path))
    if int(head["format"]) > FORMAT or int(head["store"]) > backup.version():
        raise WrongInput(
            _("{path} was made by a newer version of the lab. Update the lab, then restore.").format(path=path)
        )


def _trailer(path: Path) -> str:
    """The checksum behind the tar: of the list of contents."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 64))
            return file.read().decode("ascii", "replace")
    except FileNotFoundError as cause:
        raise WrongInput(_("There is no file {path}.").format(path=path)) from cause
    except IsADirectoryError as cause:
        raise WrongInput(_("{path} is a folder, not a backup.").format(path=path)) from cause


def _damaged(path: Path, why: str) -> str:
    return _("{path} is damaged: {why}. Nothing was restored; take another backup.").format(path=path, why=why)


def _sync(folder: Path) -> None:
    sync_folder(folder)
    sync_folder(folder.parent)
