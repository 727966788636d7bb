"""The log in an evidence pack, zipped or unpacked: read only when every byte is the one that its manifest names."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from studies.log import Log
from studies.troubles import WrongInput
from studies.words import _

MANIFEST: Final = "MANIFEST.sha256"
SENTENCES_FILE: Final = "log/sentences.parquet"
SESSIONS_FILE: Final = "log/sessions.parquet"
Read = Callable[[str], bytes]


def is_pack(path: Path) -> bool:
    """Is a file or folder an evidence pack, as far as can be seen from outside?"""
    if path.is_dir():
        return (path / MANIFEST).is_file()
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as pack:
        return MANIFEST in pack.namelist()


def log_of(path: Path) -> Log:
    """The log in a pack. Raises WrongInput naming the first file that is not the one of the manifest."""
    with _opened(path) as (read, names):
        checked(path, read, names)
        tables = [
            pq.read_table(pa.BufferReader(read(name))).replace_schema_metadata()
            for name in (SENTENCES_FILE, SESSIONS_FILE)
        ]
        return Log.checked(*tables)


def files_of(path: Path) -> dict[str, bytes]:
    """Everything in a pack, by name, after it was checked."""
    with _opened(path) as (read, names):
        checked(path, read, names)
        return {name: read(name) for name in names}


def sums_of(manifest: str) -> dict[str, str]:
    """The sums that a manifest names, as `sha256sum -c` reads them."""
    lines = (line.partition("  ") for line in manifest.splitlines() if line.strip())
    return {name: digest for digest, _two, name in lines}


def checked(path: Path, read: Read, names: list[str]) -> None:
    """See that a pack is whole and unchanged."""
    told = sums_of(read(MANIFEST).decode("utf-8"))
    for name in sorted({*told, *names} - {MANIFEST}):
        if name not in told:
            raise WrongInput(_("{pack}: {name} is not in its manifest; it was added later.").format(
                pack=path.name, name=name))  # fmt: skip
        if name not in names:
            raise WrongInput(_("{pack}: {name} is missing.").format(pack=path.name, name=name))
        if hashlib.sha256(read(name)).hexdigest() != told[name]:
            raise WrongInput(
                _("{pack}: {name} was changed after the pack was made. Ask for the pack again.").format(
                    pack=path.name, name=name
                )
            )
    for name in (SENTENCES_FILE, SESSIONS_FILE):
        if name not in told:
            raise WrongInput(_("{pack}: {name} is missing.").format(pack=path.name, name=name))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Read, list[str]]]:
    if path.is_dir():
        there = [one.relative_to(path).as_posix() for one in sorted(path.rglob("*")) if one.is_file()]
        yield (lambda name: (path / name).read_bytes()), there
        return
    try:
        with zipfile.ZipFile(path) as pack:
            names = [name for name in pack.namelist() if not name.endswith("/")]
            yield pack.read, names
    except zipfile.BadZipFile as cause:
        raise WrongInput(_("{pack} is damaged: {cause}. Ask for it again.").format(
            pack=path.name, cause=cause)) from None  # fmt: skip
