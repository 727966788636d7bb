"""A table of responses as somebody handed it over: CSV in whatever encoding and separator, or XLSX, read with care.

A file is never trusted: what it may weigh is limited before it is opened, and what it unpacks to before it is unpacked.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from studies.troubles import WrongInput
from studies.words import _, in_a_row

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_UNPACKED: Final = 256 * 1024 * 1024
MOST_ROWS: Final = 500_000
MOST_COLUMNS: Final = 2_000
MOST_CELLS: Final = 10_000_000
SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".lss")

_ARABIC_WORD: Final = re.compile(r"[\u0621-\u064a]{2,}")
_SEP: Final = re.compile(r'"?sep=(?P<separator>[,;\t|])"?\r?\n')
_XLSX: Final = b"PK\x03\x04"
_OLD_XLS: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a table, with the number of its row in the file (the header is row 1)."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not taken as it stands, and why; never a value that a person typed in their own words."""

    row: int | None
    column: str | None
    why: str

    def json(self) -> dict[str, Any]:
        """The problem as it is reported to programs."""
        return {"row": self.row, "column": self.column, "why": self.why}

    def told(self) -> str:
        """The problem in a line, for a person."""
        where = [_("row {row}").format(row=self.row)] if self.row is not None else []
        where += [self.column] if self.column else []
        return f"{', '.join(where)}: {self.why}" if where else self.why


@dataclass(frozen=True, slots=True)
class Table:
    """A file's records as text, how it was read, and what could not be."""

    name: str
    kind: str  # CSV, or XLSX
    encoding: str
    separator: str | None
    lines: tuple[Line, ...]  # the header rows among them, first
    problems: tuple[Problem, ...] = field(default=())

    @property
    def header(self) -> tuple[str, ...]:
        """The first row."""
        return self.lines[0].cells


def read_table(path: Path) -> Table:
    """The table that a file holds. Raises WrongInput for what is no table, too large, or not to be trusted."""
    if not path.is_file():
        raise WrongInput(_("There is no file {path}. Name a CSV or XLSX with responses.").format(path=path))
    if (size := path.stat().st_size) > MOST_BYTES:
        raise WrongInput(
            _("{name} has {size} MB; {most} MB is the most. Export only the columns you need, or in parts.").format(
                name=path.name, size=round(size / 1024 / 1024), most=MOST_BYTES // 1024 // 1024
            )
        )
    body = path.read_bytes()
    if not body.strip():
        raise WrongInput(_("{name} is empty.").format(name=path.name))
    if body.startswith(_XLSX):
        table = _xlsx(path.name, body)
    elif body.startswith(_OLD_XLS):
        raise WrongInput(_("{name} is an old Excel file (.xls). Save it as .xlsx or CSV.").format(name=path.name))
    else:
        table = _csv(path.name, body)
    if len(table.lines) < 2:
        raise WrongInput(_("{name} has a header and no responses.").format(name=path.name))
    return table


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(name: str, body: bytes) -> Table:
    text, encoding = decoded(name, body)
    if text.lstrip().startswith("<"):
        if "LimeSurveyDocType" in text[:2000]:
            raise WrongInput(
                _(
                    "{name} holds the questions of a LimeSurvey survey and no answers. Export its responses as CSV."
                ).format(name=name)
            )
        raise WrongInput(
            _("{name} is XML or HTML and no table. Export the responses as CSV or XLSX.").format(name=name)
        )
    if text.lstrip()[:1] in "[{":
        raise WrongInput(_("{name} is JSON and no table. Export the responses as CSV or XLSX.").format(name=name))
    separator = separator_of(text)
    if hint := _SEP.match(text):  # what Excel writes for itself on a line before the header
        separator, text = hint["separator"], text[hint.end() :]
    lines: list[Line] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for number, cells in enumerate(reader, 1):
            _not_too_many(name, number, cells)
            if any(cell.strip() for cell in cells):
                lines.append(Line(number, tuple(cells)))
            begins = reader.line_num + 1
    except csv.Error as cause:
        if "unexpected end" not in str(cause):
            why = _(
                "{name}, line {line}: this is no CSV ({cause}). Is a quotation mark not closed, or a cell too long?"
            )
            raise WrongInput(why.format(name=name, line=reader.line_num, cause=cause)) from cause
        problems.append(Problem(len(lines) + 1, None, _cut_off(begins)))
    if not lines:
        raise WrongInput(_("{name} holds no row that can be read.").format(name=name))
    kept, uneven = _even(lines, ended=text.endswith(("\n", "\r")))
    return Table(name, "CSV", encoding, separator, tuple(kept), (*problems, *uneven))


def _cut_off(line: int) -> str:
    return _("the file is cut off in the record that begins on line {line}; it was not taken").format(line=line)


def _even(lines: Sequence[Line], ended: bool) -> tuple[list[Line], list[Problem]]:
    """Records as wide as the header: shorter ones are filled; longer ones, and a torn last one, are left, and told."""
    wide = len(lines[0].cells)
    kept, problems = [lines[0]], []
    for line in lines[1:]:
        there = len(line.cells)
        if there > wide and any(cell.strip() for cell in line.cells[wide:]):
            why = _(
                "it has {there} columns and the header {wide}, so its answers cannot be told apart; it was not taken"
            )
            problems.append(Problem(line.row, None, why.format(there=there, wide=wide)))
        elif there < wide and line is lines[-1] and not ended:
            why = _("the file ends within this row, after {there} of {wide} columns; it was not taken")
            problems.append(Problem(line.row, None, why.format(there=there, wide=wide)))
        else:
            if there < wide:
                why = _("it has {there} of {wide} columns; the others count as not answered")
                problems.append(Problem(line.row, None, why.format(there=there, wide=wide)))
            kept.append(Line(line.row, (*line.cells[:wide], *[""] * (wide - there))))
    return kept, problems


def decoded(name: str, body: bytes) -> tuple[str, str]:
    """A text file's words and the encoding they are in: UTF-8, UTF-16 with its mark, else Windows by its letters."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            try:
                return body.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError as cause:
                why = _("{name} says that it is {encoding} and is not, at byte {place}. Export it again.")
                raise WrongInput(why.format(name=name, encoding=encoding, place=cause.start)) from cause
    if b"\x00" in body[:10_000]:
        raise WrongInput(_("{name} is no text and no XLSX. Export the responses as CSV or XLSX.").format(name=name))
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as cause:
        if cause.reason == "unexpected end of data" and cause.end >= len(body):  # cut off within a letter
            return body[: cause.start].decode("utf-8"), "utf-8"
    arabic = body.decode("cp1256")
    if _ARABIC_WORD.search(arabic):
        return arabic, "windows-1256"
    return body.decode("cp1252", errors="replace"), "windows-1252"


def separator_of(text: str) -> str:
    """What stands between the columns: of comma, semicolon, tab and bar the one that makes most rows alike and wide."""
    sample = text[:65536]
    best, score = ",", (0.0, 0)
    for separator in (",", ";", "\t", "|"):
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if row]
        except csv.Error:
            continue
        wide = len(rows[0]) if rows else 1
        if wide > 1:
            alike = sum(len(row) == wide for row in rows) / len(rows)
            if score == (0.0, 0) or ((alike, wide) > score and alike >= 0.5):
                best, score = separator, (alike, wide)
    return best


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _xlsx(name: str, body: bytes) -> Table:
    broken = _("{name} is no whole XLSX file: {cause}. Was its transfer cut off? Export it again.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parcel:
            _safe_to_unpack(name, parcel)
    except zipfile.BadZipFile as cause:
        raise WrongInput(broken.format(name=name, cause=cause)) from cause
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its size is not what it holds
        lines = list(_cells(name, sheet.iter_rows(values_only=True)))
    except WrongInput:
        raise
    except Exception as cause:  # a damaged workbook fails in any way its parser can
        raise WrongInput(broken.format(name=name, cause=cause)) from cause
    if not lines:
        raise WrongInput(_("The first sheet of {name} is empty.").format(name=name))
    wide = max(len(line.cells) for line in lines[:1])
    kept = [Line(line.row, (*line.cells[:wide], *[""] * (wide - len(line.cells)))) for line in lines]
    notes = []
    if len(book.worksheets) > 1:
        others = in_a_row(one.title for one in book.worksheets[1:])
        notes.append(Problem(None, None, _("only the first sheet was read, not: {others}").format(others=others)))
    return Table(name, "XLSX", "utf-8", None, tuple(kept), tuple(notes))


def _safe_to_unpack(name: str, parcel: zipfile.ZipFile) -> None:
    files = parcel.infolist()
    # What a file claims to hold is the most that it is read to, so the claim can be relied on.
    if (unpacked := sum(file.file_size for file in files)) > MOST_UNPACKED:
        raise WrongInput(
            _("{name} unpacks to {size} MB; {most} MB is the most. Export the responses as CSV.").format(
                name=name, size=round(unpacked / 1024 / 1024), most=MOST_UNPACKED // 1024 // 1024
            )
        )
    if "xl/workbook.xml" not in parcel.namelist():
        raise WrongInput(_("{name} is a ZIP file and no XLSX. Unpack it and name the file within.").format(name=name))
    for file in files:
        if file.filename.endswith((".xml", ".rels")):
            with parcel.open(file) as part:
                if b"<!DOCTYPE" in part.read(4096):
                    raise WrongInput(
                        _("{name} declares entities of its own, which no spreadsheet does.").format(name=name)
                    )


def _cells(name: str, rows: Iterator[tuple[Any, ...]]) -> Iterator[Line]:
    kept = 0  # rows formatted to the bottom of the sheet with nothing in them do not count
    for number, row in enumerate(rows, 1):
        cells = [_as_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            kept += 1
            _not_too_many(name, kept, cells)
            yield Line(number, tuple(cells))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "year") else str(value)


def _not_too_many(name: str, rows: int, cells: Sequence[str]) -> None:
    if rows > MOST_ROWS:
        raise WrongInput(_("{name} has more than {most} rows. Export it in parts.").format(name=name, most=MOST_ROWS))
    if len(cells) > MOST_COLUMNS:
        raise WrongInput(
            _("{name} has more than {most} columns. Export only those you need.").format(name=name, most=MOST_COLUMNS)
        )
    if rows * len(cells) > MOST_CELLS:
        raise WrongInput(_("{name} has more than {most} cells. Export it in parts.").format(name=name, most=MOST_CELLS))


def doubled(names: Sequence[str]) -> list[str]:
    """Column names that stand more than once."""
    return [name for name, times in Counter(names).items() if name and times > 1]
