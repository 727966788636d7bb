"""Responses from another tool brought into a study: what was understood, what came in, what did not and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from studies.store import Store
from studies.store.imported import Elsewhere, pseudonym, take_in
from studies.troubles import WrongInput
from studies.words import _, ngettext
from studies.workspace import Workspace
from surveys.cells import number_of, plain
from surveys.columns import mapped, proposed
from surveys.instruments import instrument
from surveys.responses import Person, Responses, responses_of
from surveys.sheet import laid_out
from surveys.tables import SUFFIXES, Table, read_table

OWN: Final = "own"  # the page of the columns that belong to no instrument
MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Brought:
    """One file: how it was understood, who is in it, and how many are new to the study (None: only looked at)."""

    file: Path
    table: Table
    responses: Responses
    new: int | None

    def json(self) -> dict[str, Any]:
        """The file as it is reported to programs."""
        people = self.responses.people
        return {
            "file": str(self.file),
            "encoding": self.table.encoding,
            "separator": self.table.separator,
            **self.responses.proposal.json(),
            "responses": len(people),
            "complete": sum(person.complete for person in people),
            "new": self.new,
            "held_already": None if self.new is None else len(people) - self.new,
            "problems": [problem.json() for problem in self.responses.problems],
        }

    def told(self) -> str:
        """The file as it is told to a person, the first of its problems row by row."""
        found = self.json()
        people = ngettext("{n} response", "{n} responses", found["responses"]).format(n=found["responses"])
        head = f"{self.file.name} ({found['format']}, {found['encoding']}): {people}"
        lines = [head, self.responses.proposal.told()]
        problems = self.responses.problems
        lines += [f"  {problem.told()}" for problem in problems[:MOST_TOLD]]
        if len(problems) > MOST_TOLD:
            lines.append(_("  … and {n} more; --json tells them all").format(n=len(problems) - MOST_TOLD))
        if self.new is None:
            lines.append(_("Nothing was kept yet: this is what was understood."))
        else:
            lines.append(
                _("{new} are new, {held} the study held already.").format(new=self.new, held=found["held_already"])
            )
        return "\n".join(lines)


def is_table(path: Path) -> bool:
    """Whether a file may hold responses, by its name."""
    return path.suffix.lower() in SUFFIXES


def look_at(
    path: Path,
    space: Workspace,
    name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    language: str | None = None,
    by: str | None = None,
) -> Brought:
    """What a file would bring, before anything is kept. `name` is the one instrument looked for, `mapping` says all."""
    table = read_table(path)
    sheet = laid_out(table)
    wanted = instrument(name, space).instrument if name else None
    proposal = mapped(sheet, mapping, space) if mapping else proposed(sheet, wanted, space)
    return Brought(path, table, responses_of(proposal, language, by, space), None)


def keep(looked: Brought, store: Store, study: str, space: Workspace) -> Brought:
    """Put what was looked at into a study, all of it or nothing; who is there already is not taken again."""
    if not study.strip():
        raise WrongInput(_("A study needs a name."))
    items = {one: instrument(one, space).ids() for one in looked.responses.proposal.instruments}
    people = [_elsewhere(items, *one) for one in _told_apart(looked.responses, study, space)]
    return Brought(looked.file, looked.table, looked.responses, take_in(store, study, people))


def read_mapping(path: Path) -> dict[str, str]:
    """Columns and the items they are, from YAML or JSON: `{"How was it?": csat_1}`. Raises WrongInput otherwise."""
    try:
        text = path.read_text("utf-8-sig")
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as cause:
        raise WrongInput(_("{path} cannot be read: {cause}.").format(path=path, cause=cause)) from cause
    if not isinstance(found, dict) or not found or not all(isinstance(item, str) for item in found.values()):
        raise WrongInput(_("{path} must say for each column which item it is: “column: sus_1”.").format(path=path))
    return {str(column): item for column, item in found.items()}


def _told_apart(responses: Responses, study: str, space: Workspace) -> list[tuple[str, str, Person]]:
    """Responses with their own pseudonym and their participant's.

    A response is known by its id in the file, else by its row and how often that stood there.
    """
    before: Counter[str] = Counter()
    lines = {line.row: line.cells for line in responses.proposal.sheet.rows}
    kind = responses.proposal.sheet.format
    found = []
    for person in responses.people:
        own = [person.id] if person.id else [repr(lines[person.row])]
        if not person.id:
            before[own[0]] += 1
            own.append(str(before[own[0]]))
        response = pseudonym(space, study, kind, *own)
        found.append((response, pseudonym(space, kind, "who", person.who) if person.who else response, person))
    return found


def _elsewhere(items: Mapping[str, Sequence[str]], response: str, participant: str, person: Person) -> Elsewhere:
    pages: dict[str, dict[str, Any]] = {}
    for one, ids in items.items():
        given = zip(ids, person.answers[one], strict=True)
        pages[one] = {item: person.texts.get(item, answer) for item, answer in given if answer is not None}
    if person.own or not pages:
        pages[OWN] = {column[:100]: _own(cell) for column, cell in person.own.items()}
    return Elsewhere(
        response=response,
        participant=participant,
        instruments=tuple(items),
        pages=pages,
        language=person.language,
        complete=person.complete,
        session=person.session,
        condition=person.group[:200] if person.group else None,
        when=person.when,
    )


def _own(cell: str) -> float | str:
    number = number_of(cell)
    # A code such as 007 is no number: what would not be written the same way again stays as it stands.
    return number if number is not None and f"{number:.15g}" == plain(cell) else cell


def bring(
    study: str,
    paths: Sequence[Path],
    store: Store,
    space: Workspace,
    name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    language: str | None = None,
    by: str | None = None,
) -> list[Brought]:
    """Files of responses brought into a study. All are read before anything is kept."""
    looked = [look_at(path, space, name, mapping, language, by) for path in paths]
    return [keep(one, store, study, space) for one in looked]
