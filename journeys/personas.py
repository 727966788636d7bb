"""Who walks: personas, from a CSV file or generated. They are nobody: names say so, numbers are well-formed only.

In a CSV a column is a key; `full_name.en` and `full_name.ar` are one key in two languages, `children.1.full_name.en` is
the first of a list. An empty cell says nothing. `id` names the persona, else its line does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from journeys.invented import invented
from journeys.journey import Journey
from studies.troubles import WrongInput
from studies.words import _

SHIPPED: Final = Path(__file__).with_name("personas.csv")
SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Persona(Mapping[str, Any]):
    """What one pretended citizen has at hand: a value, a map of languages, or a list (children, vehicles)."""

    id: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


def generated(n: int, seed: int = SEED) -> list[Persona]:
    """So many personas; the same seed gives the same ones."""
    return [Persona(name, data) for name, data in invented(n, seed)]


def usual_keys() -> dict[str, Any]:
    """What every generated persona has at hand, with an example of each."""
    return dict(generated(1)[0].data)


def personas_for(journey: Journey, n: int, seed: int = SEED) -> list[Persona]:
    """So many citizens for a journey: from its CSV (from the top again when that is short), else generated.

    What the journey needs and no persona has is made up: a reference such as `EX-000123`. Raises WrongInput for a CSV
    that cannot be used.
    """
    if journey.personas:
        told = read_personas((journey.folder or Path()) / journey.personas)
        chosen = [told[index % len(told)] for index in range(n)]
    else:
        chosen = generated(n, seed)
    made_up = {need: f"EX-{index:06d}" for index, need in enumerate(journey.needs, 123)}
    return [Persona(p.id, {**made_up, **p.data}) for p in chosen]


def read_personas(path: Path) -> list[Persona]:
    """The personas of a CSV file. Raises WrongInput with line and remedy."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise WrongInput(_("There is no file of personas {path}.").format(path=path)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongInput(
            _("line {line} of {name} is not UTF-8 text. Save the file as “CSV UTF-8”.").format(
                line=line, name=path.name
            )
        ) from None
    return parse_personas(text, path.name)


def parse_personas(text: str, name: str) -> list[Persona]:
    """The personas that a CSV text tells; commas or semicolons part its cells."""
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    keys: list[str] = []
    found: dict[str, Persona] = {}
    try:
        for row in rows:
            where = _("line {line} of {name}").format(line=rows.line_num, name=name)
            if not any(cell.strip() for cell in row):
                continue
            if not keys:
                keys = _keys([cell.strip() for cell in row], where)
                continue
            if len(row) > len(keys) or len(row) < len(keys):
                raise WrongInput(
                    _(
                        "{where}: {n} cells, and the first line has {of} columns. A cell with a comma needs quotes."
                    ).format(where=where, n=len(row), of=len(keys))
                )
            cells = {key: cell.strip() for key, cell in zip(keys, row, strict=True) if cell.strip()}
            persona = cells.pop("id", None) or f"p{len(found) + 1:02d}"
            if persona in found:
                raise WrongInput(
                    _("{where}: there is another persona “{id}” above. Give each an id of its own.").format(
                        where=where, id=persona
                    )
                )
            found[persona] = Persona(persona, _nested(cells))
    except csv.Error as error:
        raise WrongInput(
            _("line {line} of {name} is not CSV: {why}.").format(line=rows.line_num, name=name, why=error)
        ) from None
    if not found:
        raise WrongInput(
            _("{name} has no personas. The first line names the columns, each further one a person.").format(name=name)
        )
    return list(found.values())


def written(personas: Sequence[Persona]) -> str:
    """Personas as the CSV that reads back as the same personas."""
    rows = [{"id": p.id, **dict(_flat(p.data))} for p in personas]
    columns = sorted({key: None for row in rows for key in row}, key=_as_told(rows))
    file = io.StringIO(newline="")
    out = csv.DictWriter(file, columns, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return file.getvalue()


def _as_told(rows: Sequence[Mapping[str, str]]) -> Any:
    """Columns in the order in which the fullest persona tells them."""
    heads: dict[str, int] = {}
    for row in rows:
        for key in row:
            heads.setdefault(key.partition(".")[0], len(heads))
    return lambda key: (
        heads[key.partition(".")[0]],
        [part.zfill(4) if part.isdigit() else part for part in key.split(".")],
    )


def _flat(given: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in given.items():
        match value:
            case Mapping():
                yield from _flat(value, f"{above}{key}.")
            case list() | tuple():
                yield from _flat({str(place): one for place, one in enumerate(value, 1)}, f"{above}{key}.")
            case _:
                yield f"{above}{key}", str(value)


def _keys(cells: list[str], where: str) -> list[str]:
    for place, key in enumerate(cells):
        if not key:
            raise WrongInput(_("{where}: column {n} has no name.").format(where=where, n=place + 1))
        if not all(part.replace("-", "_").isidentifier() or part.isdigit() for part in key.split(".")):
            raise WrongInput(
                _(
                    "{where}: “{key}” is no name for a column. Names are like full_name.ar, children.1.first_name."
                ).format(where=where, key=key)
            )
        if key in cells[:place]:
            raise WrongInput(_("{where}: two columns are called “{key}”.").format(where=where, key=key))
    return cells


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """Dotted columns as what they mean: languages, lists."""
    tree: dict[str, Any] = {}
    for key, cell in cells.items():
        *above, last = key.split(".")
        here = tree
        for part in above:
            inner = here.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = here[part] = {}
            here = inner
        here[last] = cell
    told = _listed(tree)
    return told if isinstance(told, dict) else {}


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    inner = {key: _listed(value) for key, value in tree.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
