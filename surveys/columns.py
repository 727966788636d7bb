"""Which column is which question? A proposal that says how each was recognised, for a person to look over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace
from surveys.cells import NO_ANSWER, number_of, plain
from surveys.instruments import Instrument, instrument, names
from surveys.sheet import Column, Sheet

_STAND_INS: Final = frozenset(["the", "this", "system", "system's", "النظام", "هذا", "نظام"])
ALIKE: Final = 0.8  # how alike a column's words and an item's must be to be taken for the same
_NUMBERED: Final = re.compile(r"^(?P<before>.*?)[\s_.\-\[(]*(?:sq|q)?0*(?P<number>\d+)[\])]?$")
_NAMELESS: Final = frozenset(
    ["", "q", "question", "item", "statement", "frage", "pregunta", "سؤال", "السؤال", "بند", "v", "x"]
)


@dataclass(frozen=True, slots=True)
class Match:
    """A column taken for an item, by what it was recognised, and the language of its words where they were told."""

    column: Column
    instrument: str
    item: str
    by: str  # id, text, number, order
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was understood of a sheet: the items that its columns are, and the columns that are nobody's."""

    sheet: Sheet
    matches: tuple[Match, ...]
    doubts: tuple[str, ...] = field(default=())

    @property
    def instruments(self) -> list[str]:
        """The instruments that were recognised."""
        return list(dict.fromkeys(match.instrument for match in self.matches))

    def of(self, name: str) -> dict[str, Match]:
        """The columns of one instrument, by item."""
        return {match.item: match for match in self.matches if match.instrument == name}

    @property
    def own(self) -> list[Column]:
        """Columns with answers that belong to no instrument: own questions, kept as they stand."""
        taken = {match.column.place for match in self.matches}
        return [column for column in self.sheet.only("answer") if column.place not in taken]

    def json(self) -> dict[str, Any]:
        """The proposal as it is reported to programs."""
        by_place = {match.column.place: match for match in self.matches}
        return {
            "format": self.sheet.format,
            "rows": len(self.sheet.rows),
            "instruments": self.instruments,
            "columns": [_told_of(column, by_place.get(column.place)) for column in self.sheet.columns],
            "doubts": list(self.doubts),
        }

    def told(self) -> str:
        """The proposal for a person: each column in a line."""
        lines = []
        for column in self.json()["columns"]:
            what = column["item"] or _role_told(column["role"])
            how = f" ({_how_told(column['by'])})" if column["by"] else ""
            lines.append(f"  {column['column']!s:.60} → {what}{how}")
        return "\n".join([*lines, *(f"  ! {doubt}" for doubt in self.doubts)])


def proposed(sheet: Sheet, wanted: str | None = None, space: Workspace | None = None) -> Proposal:
    """What a sheet's columns are. With `wanted`, one instrument is looked for, by the order of its columns if need be.

    Raises WrongInput where the wanted instrument cannot be found, naming the columns that there are.
    """
    known = {name: instrument(name, space) for name in ([wanted] if wanted else names(space))}
    columns = sheet.only("answer")
    found: dict[str, list[Match]] = {}
    for name, asked in known.items():
        matches = _by_id(asked, columns) or _by_text(asked, columns) or _by_number(asked, columns, name == wanted)
        if matches:
            found[name] = matches
    doubts: list[str] = []
    if wanted and wanted not in found:
        found[wanted] = _by_order(known[wanted], columns, sheet)
        doubts.append(
            _("the columns of {name} were taken in their order: look whether that is right").format(name=wanted)
        )
    matches = _each_column_once(found, known)
    if not matches:
        doubts += _perhaps(known, columns, sheet)
    return Proposal(sheet, tuple(matches), tuple(doubts))


def mapped(sheet: Sheet, mapping: Mapping[str, str], space: Workspace | None = None) -> Proposal:
    """A sheet with its columns taken for what a person says: {column: item}. Raises WrongInput for an unknown one."""
    by_name = {column.name: column for column in sheet.columns} | {c.text: c for c in sheet.columns if c.text}
    items = {item: name for name in names(space) for item in instrument(name, space).ids()}
    matches = []
    for column, item in mapping.items():
        if column not in by_name:
            raise WrongInput(_("There is no column “{column}”.").format(column=column))
        if item not in items:
            raise WrongInput(_("There is no item “{item}” in any instrument.").format(item=item))
        matches.append(Match(by_name[column], items[item], item, "person"))
    return Proposal(sheet, tuple(matches))


# --- how columns are recognised ---------------------------------------------------------------------------------------


def _by_id(asked: Instrument, columns: Sequence[Column]) -> list[Match]:
    """Columns that carry the items' ids, written this way or that: sus_1, SUS1, SUS[SQ001], sus-01, SUS_Q1."""
    by_code = {_code(item): item for item in asked.ids()}
    for own in (asked.instrument, *asked.also):
        for number, item in enumerate(asked.ids(), 1):
            by_code.setdefault(_code(f"{own}{number}"), item)
    short = {_code(item.removeprefix(f"{asked.instrument}_")): item for item in asked.ids() if not item[-1].isdigit()}
    matches = _once(
        Match(column, asked.instrument, by_code[code], "id")
        for column in columns
        if (code := _code(column.name)) in by_code
    )
    if matches or len(short) < len(asked.items):
        return matches
    return _whole(
        asked, _once(Match(c, asked.instrument, short[code], "id") for c in columns if (code := _code(c.name)) in short)
    )


def _by_text(asked: Instrument, columns: Sequence[Column]) -> list[Match]:
    """Columns whose words are the items', in any language, the service's own name perhaps in place of “the system”."""
    pairs = []
    for column in columns:
        for language, wording in asked.wording.items():
            for item in asked.ids():
                for words in (wording.items[item], *wording.variants.get(item, ())):
                    alike = _alike(_question(column.shown), words)
                    if alike >= ALIKE:
                        pairs.append((alike, Match(column, asked.instrument, item, "text", language)))
    pairs.sort(key=lambda pair: -pair[0])
    return _closed(asked, _whole(asked, _once(match for _alike, match in pairs)), columns)


def _closed(asked: Instrument, matches: list[Match], columns: Sequence[Column]) -> list[Match]:
    """The matches with gaps of one column closed: what stands between the items before and after is the one between."""
    by_item = {match.item: match for match in matches}
    by_place = {column.place: column for column in columns}
    ids = asked.ids()
    for before, item, after in zip(ids, ids[1:], ids[2:], strict=False):
        if item not in by_item and before in by_item and after in by_item:
            place = by_item[before].column.place + 1
            if place in by_place and by_item[after].column.place == place + 1:
                by_item[item] = Match(by_place[place], asked.instrument, item, "order")
    return list(by_item.values())


def _by_number(asked: Instrument, columns: Sequence[Column], wanted: bool) -> list[Match]:
    """Columns numbered 1 to k: under the instrument's name, or under none where it is the one that is looked for."""
    groups: dict[str, dict[int, Column]] = defaultdict(dict)
    for column in columns:
        if numbered := _NUMBERED.match(plain(column.name)):
            groups[_code(numbered["before"])].setdefault(int(numbered["number"]), column)
    own = {_code(name) for name in (asked.instrument, *asked.also)}
    for before, by_number in groups.items():
        named = before in own or before.removesuffix("q") in own
        if (named or (wanted and before in _NAMELESS)) and set(by_number) == set(range(1, len(asked.items) + 1)):
            pairs = zip(asked.ids(), (by_number[n] for n in sorted(by_number)), strict=True)
            return [Match(column, asked.instrument, item, "number") for item, column in pairs]
    return []


def _by_order(asked: Instrument, columns: Sequence[Column], sheet: Sheet) -> list[Match]:
    """As many columns of ratings as the instrument has items, taken in their order."""
    rated = [column for column in columns if _holds_ratings(sheet, column)]
    chosen = rated if len(rated) == len(asked.items) else columns if len(columns) == len(asked.items) else None
    if chosen is None:
        raise WrongInput(
            _(
                "{name} has {n} items, and {found} columns hold ratings. Head the columns with {first} and so on, with "
                "the questions' words, or with 1 to {n}. Columns: {columns}."
            ).format(
                name=asked.instrument,
                n=len(asked.items),
                found=len(rated),
                first=in_a_row(asked.ids()[:2]),
                columns="; ".join(column.shown[:40] for column in sheet.columns[:30]),
            )
        )
    return [Match(column, asked.instrument, item, "order") for item, column in zip(asked.ids(), chosen, strict=True)]


def _perhaps(known: Mapping[str, Instrument], columns: Sequence[Column], sheet: Sheet) -> list[str]:
    """Instruments of several items that the columns of ratings would fit, were somebody to say so."""
    rated = [column for column in columns if _holds_ratings(sheet, column)]
    said = [
        number for line in sheet.rows for column in rated if (number := number_of(line.cells[column.place])) is not None
    ]
    fits = [
        name
        for name, asked in known.items()
        if len(asked.items) == len(rated) > 2 and all(asked.scale.low <= one <= asked.scale.high for one in said)
    ]
    says = _("{n} columns hold ratings that would fit {names}: if that was asked, name it (--instrument)")
    return [says.format(n=len(rated), names=in_a_row(fits))] if fits else []


def _holds_ratings(sheet: Sheet, column: Column) -> bool:
    cells = [line.cells[column.place] for line in sheet.rows[:1000]]
    said = [cell for cell in cells if plain(cell) not in NO_ANSWER]
    return bool(said) and sum(number_of(cell) is not None for cell in said) >= 0.5 * len(said)


def _each_column_once(found: Mapping[str, list[Match]], known: Mapping[str, Instrument]) -> list[Match]:
    """Where two instruments want a column, the one that found all of its items has it, and of those the longer."""

    def rank(name: str) -> tuple[bool, int, str]:
        return (len(found[name]) < len(known[name].items), -len(found[name]), name)

    taken: set[int] = set()
    matches: list[Match] = []
    for name in sorted(found, key=rank):
        if not any(match.column.place in taken for match in found[name]):
            matches += found[name]
            taken |= {match.column.place for match in found[name]}
    return sorted(matches, key=lambda match: match.column.place)


def _once(matches: Any) -> list[Match]:
    """The first match of each column and of each item."""
    kept: list[Match] = []
    for match in matches:
        if all(match.column.place != one.column.place and match.item != one.item for one in kept):
            kept.append(match)
    return kept


def _whole(asked: Instrument, matches: list[Match]) -> list[Match]:
    # A word here and there is no questionnaire: most of its items must be there.
    return matches if len(matches) >= max(1, round(0.7 * len(asked.items))) else []


def _code(text: str) -> str:
    bare = re.sub(r"[^\w]|_", "", plain(text))
    return re.sub(r"(?:sq|q)?0*(\d+)$", r"\1", bare) if re.search(r"\d$", bare) else bare


def _question(text: str) -> str:
    # A grid's row stands in brackets behind the question: “How far do you agree? [The system was easy]”.
    row = re.search(r"\[([^\]]{4,})\]\s*$", text)
    return re.sub(r"^\s*\d+\s*[.)\-:]\s*", "", row[1] if row else text)


def _alike(one: str, other: str) -> float:
    """How alike a column's words are to an item's, 0..1, whatever stands there for “the system”."""
    a, b = (re.findall(r"[\w']+", plain(text)) for text in (one, other))
    named = [word for word in b if word not in _STAND_INS]
    if not a or not named:
        return 0.0
    same = sum(block.size for block in SequenceMatcher(None, a, named, autojunk=False).get_matching_blocks())
    extra = max(same, len(a) - (len(b) - len(named)))
    return 2 * same / (extra + len(named))


# --- how it is told ---------------------------------------------------------------------------------------------------


def _told_of(column: Column, match: Match | None) -> dict[str, Any]:
    return {
        "column": column.name,
        "text": column.text,
        "role": "item" if match else "own" if column.role == "answer" else column.role,
        "instrument": match.instrument if match else None,
        "item": match.item if match else None,
        "by": match.by if match else None,
        "language": match.language if match else None,
    }


def role_told(role: str, by: str | None) -> str:
    """What a column is, and how it was recognised, in words."""
    return _how_told(by) if by else _role_told(role)


def _how_told(by: str) -> str:
    return {
        "id": _("by its name"),
        "text": _("by its words"),
        "number": _("by its number"),
        "order": _("by its place"),
        "person": _("as you said"),
    }[by]


def _role_told(role: str) -> str:
    return {
        "own": _("an own question, kept as it stands"),
        "id": _("which response it is"),
        "person": _("who answered"),
        "time": _("when it was given"),
        "language": _("its language"),
        "complete": _("whether it was sent off"),
        "group": _("its group"),
        "session": _("the session it is about"),
        "system": _("the tool's own, left out"),
        "private": _("personal, left out"),
    }[role]
