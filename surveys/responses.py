"""The people in somebody's table: what each answered, when, in which language; and row by row what was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from studies.words import _
from studies.workspace import Workspace
from surveys.cells import NO_ANSWER, plain, unguarded, value_of
from surveys.columns import Match, Proposal
from surveys.instruments import Instrument, instrument
from surveys.tables import Line, Problem

UNTOLD: Final = "und"  # ISO 639: the questions stood there in words that no wording of ours has
_NO: Final = frozenset(["", "false", "0", "no", "n", "لا", "incomplete"])
_LANGUAGES: Final = {
    "arabic": "ar", "العربيه": "ar", "عربي": "ar", "english": "en", "الانجليزيه": "en", "french": "fr",
    "francais": "fr", "français": "fr",
}  # fmt: skip
_MOMENTS: Final = ("%Y/%m/%d %I:%M:%S %p", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Person:
    """One response: whose it is, and the answers to each instrument in its order, None where there is none."""

    row: int
    id: str | None  # of the response
    who: str | None  # the same for every response of one participant
    when: datetime | None
    language: str
    complete: bool
    session: str | None
    group: str | None
    answers: Mapping[str, tuple[float | None, ...]]
    own: Mapping[str, str]  # columns that belong to no instrument, as they stand
    texts: Mapping[str, str]  # what was written in answer to items without a scale


@dataclass(frozen=True, slots=True)
class Responses:
    """A table's people, how its columns were understood, and what of it was not taken."""

    proposal: Proposal
    people: tuple[Person, ...]
    problems: tuple[Problem, ...] = field(default=())


def responses_of(
    proposal: Proposal, language: str | None = None, by: str | None = None, space: Workspace | None = None
) -> Responses:
    """Every row as a person, but for those that stand there twice; `by` names the column that tells their group."""
    asked = {name: instrument(name, space) for name in proposal.instruments}
    in_order = any(match.by == "order" for match in proposal.matches)
    spoken = language or _language_of(proposal) or (UNTOLD if in_order else "en")
    people, problems, seen = [], list(proposal.sheet.problems), dict[str, int]()
    for line in proposal.sheet.rows:
        if (again := _seen_before(proposal, line, seen)) is not None:
            problems.append(Problem(line.row, None, again))
            continue
        person, wrong = _person(proposal, line, asked, spoken, by)
        people.append(person)
        problems += wrong
    return Responses(proposal, tuple(people), tuple(sorted(problems, key=lambda one: one.row or 0)))


def _person(
    proposal: Proposal, line: Line, asked: Mapping[str, Instrument], spoken: str, by: str | None
) -> tuple[Person, list[Problem]]:
    problems: list[Problem] = []
    answers, texts = {}, {}
    for name, one in asked.items():
        columns = proposal.of(name)
        values = []
        written = {item.id for item in one.items if item.kind == "text"}
        for item in one.ids():
            value, why = _answer(proposal, line, one, columns.get(item), item)
            values.append(value)
            if item in written and value is not None:
                texts[item] = unguarded(line.cells[columns[item].column.place])
            if why:
                problems.append(Problem(line.row, columns[item].column.shown[:60], why))
        answers[name] = tuple(values)
    complete, said = proposal.sheet.only("complete"), _cell(proposal, line, "complete")
    own = {column.shown: unguarded(line.cells[column.place]) for column in proposal.own}
    grouped = [c for c in proposal.sheet.columns if plain(c.name) == plain(by)] if by else proposal.sheet.only("group")
    person = Person(
        row=line.row,
        id=_cell(proposal, line, "id"),
        who=_cell(proposal, line, "person"),
        when=moment_of(_cell(proposal, line, "time") or ""),
        language=_spoken(_cell(proposal, line, "language")) or spoken,
        complete=not complete or plain(said or "") not in _NO,
        session=_cell(proposal, line, "session"),
        group=line.cells[grouped[0].place].strip() or None if grouped else None,
        answers=answers,
        own={name: cell for name, cell in own.items() if cell.strip()},
        texts=texts,
    )
    return person, problems


def _answer(
    proposal: Proposal, line: Line, asked: Instrument, match: Match | None, item: str
) -> tuple[float | None, str | None]:
    if match is None:
        return None, None
    return value_of(line.cells[match.column.place], asked, item, proposal.sheet.codes)


def _cell(proposal: Proposal, line: Line, role: Any) -> str | None:
    for column in proposal.sheet.only(role):
        if cell := line.cells[column.place].strip():
            return cell
    return None


def _seen_before(proposal: Proposal, line: Line, seen: dict[str, int]) -> str | None:
    """Why a row is not taken: another with the same id, or (where there is a time but no id) the very same, was."""
    own = _cell(proposal, line, "id")
    key = f"id {own}" if own else repr(line.cells) if _cell(proposal, line, "time") else None
    if key is None:
        return None
    if key in seen:
        return _("it repeats row {row} (the same response); the first one counts").format(row=seen[key])
    seen[key] = line.row
    return None


def _language_of(proposal: Proposal) -> str | None:
    told = [match.language for match in proposal.matches if match.language]
    return max(set(told), key=told.count) if told else None


def _spoken(said: str | None) -> str | None:
    shown = plain(said or "")
    if shown in NO_ANSWER:
        return None
    return _LANGUAGES.get(shown) or shown.replace("_", "-").split("-")[0][:20]


def moment_of(text: str) -> datetime | None:
    """When something was given, if its notation can be read in one way only: no guess at which number is the month."""
    if not text:
        return None
    shown = plain(text).upper().split(" UTC")[0].split(" GMT")[0]
    try:
        when = datetime.fromisoformat(shown)
    except ValueError:
        when = next((one for form in _MOMENTS if (one := _read(shown, form))), datetime.min)
    if when == datetime.min:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _read(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
