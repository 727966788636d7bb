"""Responses laid out, whichever tool they come from: the columns with what they are for, and the rows under them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, Protocol

import yaml

from studies.words import _
from surveys.cells import plain
from surveys.tables import Line, Problem, Table, doubled

IMPORTERS: Final = Path(__file__).with_name("importers")

#: what a column is that is no answer; `private` is never taken in
Role = Literal["answer", "id", "person", "time", "language", "complete", "group", "session", "system", "private"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place, its name, the question's words where the tool tells them, and what it is for."""

    place: int
    name: str
    text: str = ""
    role: Role = "answer"

    @property
    def shown(self) -> str:
        """The column as it is named to a person."""
        return self.text or self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """Responses laid out: columns, rows, and what of the file is no response."""

    format: str
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    problems: tuple[Problem, ...] = field(default=())
    codes: bool = False  # answers may be codes: A1, A2, …

    def only(self, role: Role) -> list[Column]:
        """The columns of one role."""
        return [column for column in self.columns if column.role == role]


class Importer(Protocol):
    """What every file in `surveys/importers/` offers."""

    TITLE: str

    def recognises(self, table: Table) -> bool:
        """Whether a table is of this format, by a look at its first rows."""

    def read(self, table: Table) -> Sheet:
        """The table laid out."""


@cache
def importers() -> dict[str, Importer]:
    """Every format that responses come in, the plain table last, by name."""
    names = sorted(
        (p.stem for p in IMPORTERS.glob("*.py") if not p.stem.startswith("_")), key=lambda n: (n == "plain", n)
    )
    return {name: import_module(f"surveys.importers.{name}") for name in names}


def laid_out(table: Table) -> Sheet:
    """A table as the format that recognises it lays it out."""
    name, importer = next((name, one) for name, one in importers().items() if one.recognises(table))
    sheet = importer.read(table)
    problems = [*table.problems, *sheet.problems]
    for again in doubled([column.name for column in sheet.columns]):
        problems.append(Problem(1, again, _("two columns have this name; each is read by its place")))
    return replace(sheet, format=name, problems=tuple(problems))


@cache
def known_columns() -> dict[str, Role]:
    """What columns that tools and people add are for, by their names as `plain` leaves them."""
    document = yaml.safe_load(Path(__file__).with_name("known_columns.yaml").read_text("utf-8"))
    return {plain(name): role for role, lines in document.items() for line in lines for name in line}


def columns_of(
    names: Sequence[str],
    texts: Sequence[str] | None = None,
    known: Callable[[str], Role | None] = lambda _name: None,
) -> tuple[Column, ...]:
    """Columns with what each is for: as the tool says, else by its name, else an answer."""
    found, roles = [], known_columns()
    for place, name in enumerate(names):
        text = texts[place].strip() if texts else ""
        bare = re.split(r"[/]", name)[-1] if "/" in name and " " not in name else name
        if place == 0 and not name.strip():  # the row numbers that a program wrote
            found.append(Column(0, "", "", "system"))
            continue
        role = known(name) or roles.get(plain(bare)) or roles.get(plain(text)) or "answer"
        found.append(Column(place, name.strip(), text if text != name.strip() else "", role))
    return tuple(found)


def without(lines: Iterable[Line], unwanted: Callable[[Line], str | None]) -> tuple[list[Line], list[Problem]]:
    """The rows that are responses, and why each of the others is none."""
    kept, problems = [], []
    for line in lines:
        if why := unwanted(line):
            problems.append(Problem(line.row, None, why))
        else:
            kept.append(line)
    return kept, problems
