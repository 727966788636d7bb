"""The rows of a CSV of case files, one after another, whatever its encoding and separator; never all in memory."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from studies import how_far
from studies.importing import Tally
from studies.topics import normal
from studies.words import _

_SAMPLE: Final = 65_536
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the beginning of a CSV shows: how it is written, and its header."""

    encoding: str
    separator: str
    header: tuple[str, ...]


def sheet_of(path: Path) -> Sheet | None:
    """How a file is written as a CSV; None when it is none."""
    if path.is_dir():
        return None
    with _opened(path) as file:
        sample = file.read(_SAMPLE)
    marked = sample.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16, in which half the bytes are zero
    if not sample.strip() or (b"\x00" in sample and not marked) or sample.lstrip()[:1] in (b"<", b"{", b"["):
        return None
    encoding = _encoding(path, sample)
    text = sample.decode(encoding, errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t|", key=lambda mark: first.count(mark))
    if separator not in first:
        return None
    try:
        header = next(csv.reader([first], delimiter=separator))
    except csv.Error:
        return None
    return Sheet(encoding, separator, tuple(name.strip().lstrip("\ufeff") for name in header))


def rows_of(path: Path, sheet: Sheet, tally: Tally) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row below the header with its line in the file; one that is torn or too long is left out, and told."""
    with (
        _opened(path, followed=True) as file,
        io.TextIOWrapper(file, sheet.encoding, errors="replace", newline="") as text,
    ):
        reader = csv.reader(text, delimiter=sheet.separator)
        wide, begun = len(sheet.header), False
        while True:
            try:
                row = next(reader, None)
            except (csv.Error, EOFError, OSError) as cause:
                tally.leave(
                    _("line {line}").format(line=reader.line_num), _("it cannot be read: {why}").format(why=cause)
                )
                if not isinstance(cause, csv.Error):
                    return
                continue
            if row is None:
                return
            if not begun:
                begun = bool(row)
                continue
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != wide:
                why = _("it has {there} columns and the header {wide}").format(there=len(row), wide=wide)
                tally.leave(_("line {line}").format(line=reader.line_num), why)
                continue
            yield reader.line_num, row


def column_of(header: Sequence[str], names: Sequence[str], given: str | None = None) -> int | None:
    """Which column has one of these names, or the name that was given; None where none has."""
    if given is not None:
        return header.index(given) if given in header else None
    plain = {normal(name.replace(":", " ")): place for place, name in reversed(list(enumerate(header)))}
    return next((plain[name] for name in map(_plain, names) if name in plain), None)


def columns_of(
    header: Sequence[str], wanted: Mapping[str, Sequence[str]], given: Mapping[str, str]
) -> dict[str, int | None]:
    """The place of each wanted column."""
    return {key: column_of(header, names, given.get(key)) for key, names in wanted.items()}


def _plain(name: str) -> str:
    return normal(name.replace(":", " "))


@contextmanager
def _opened(path: Path, *, followed: bool = False) -> Iterator[IO[bytes]]:
    with how_far.opened(path) if followed else path.open("rb") as raw:
        if raw.read(2) == _GZIP:
            raw.seek(0)
            with gzip.open(raw) as file:
                yield file  # type: ignore[misc]
        else:
            raw.seek(0)
            yield raw


def _encoding(path: Path, sample: bytes) -> str:
    """UTF-8 where the whole file is; UTF-16 by its mark; else Windows, Arabic or Western by its letters."""
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        with _opened(path) as file, io.TextIOWrapper(file, "utf-8") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        arabic = sample.decode("cp1256", errors="replace")
        return "cp1256" if sum("\u0621" <= c <= "\u064a" for c in arabic) > len(sample) // 50 else "cp1252"
    except (EOFError, OSError):
        return "utf-8"
    return "utf-8"
