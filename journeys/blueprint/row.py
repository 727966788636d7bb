"""One row of a blueprint: columns of wrapped words in their lanes, waits on the line between, agencies' bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from journeys.blueprint.names import agency_words, lasting
from journeys.blueprint.sheet import Sheet, attributes, island, wrapped
from journeys.blueprint.told import Column, Told
from journeys.blueprint.words import Item, back, citizen, evidence, front
from journeys.journey import Expect, Journey
from journeys.klm import StepEffort
from studies.palette import GROUND, INK, LINE, QUIET, THICK, THIN, colour
from studies.words import _

LABELS: Final = 120  # the width of the lanes' names
PITCH: Final = 176  # from column to column
CARD: Final = 156
REACH: Final = 168  # how far a wait of FULL seconds reaches
EDGE: Final = 28
FULL: Final = 10.0  # seconds that a bar from column to column stands for: beyond, attention is lost (Nielsen 1993)
PAD: Final = 9
INDENT: Final = 18
#: soft grounds that tell agencies apart, and the firmer ones of their names
TINTS: Final = ("#F3F6FA", "#FAF5EA", "#F0F7F3", "#F8F2F7", "#F3F5EB", "#F6F2EE")
BANDS: Final = ("#DCE5F0", "#F0E3C8", "#D3E8DD", "#EADAE8", "#E0E6CF", "#E8DDD3")

Lines = list[tuple[Item, list[str]]]


@dataclass(frozen=True, slots=True)
class Cells:
    """One column with its words wrapped, lane by lane."""

    number: int
    column: Column
    heading: list[str]
    evidence: Lines
    citizen: Lines
    wait: list[str]
    silence: list[str]
    front: Lines
    back: Lines


def cells_of(
    sheet: Sheet, number: int, column: Column, seen: Told, journey: Journey, effort: Mapping[str, StepEffort]
) -> Cells:
    """A column with its words wrapped to fit."""

    def lines(items: list[Item]) -> Lines:
        return [(i, wrapped(i.text, CARD - 16 - (INDENT if i.idea else 0), sheet.size)) for i in items]

    wait = column.wait if column.wait and column.wait.seconds > 0 else None
    silent = column.silent if column.silent and column.silent.seconds > 0 else None
    return Cells(
        number,
        column,
        wrapped(island(column.step), CARD - 30, sheet.size - 2),
        lines(evidence(column)),
        lines(citizen(column, seen, journey, effort.get(column.step))),
        wrapped(lasting(wait, seen), CARD, sheet.size) if wait else [],
        wrapped(_("{time} in silence").format(time=lasting(silent, seen)), CARD, sheet.size) if silent else [],
        lines(front(column, seen)),
        lines(back(column, seen)),
    )


def draw_row(
    sheet: Sheet,
    top: float,
    cells: list[Cells],
    around: tuple[Cells | None, Cells | None],
    seen: Told,
    agencies: dict[str, int],
) -> float:
    """One row of columns with all its lanes; where it ends."""
    left = EDGE + LABELS
    right = left + len(cells) * PITCH
    bands = _bands(sheet, cells)
    named = {c.column.agency: _back_name(sheet, c.column.agency, agencies) for c in cells}
    heights = {
        "agency": max(len(lines) for *_place, lines in bands) * sheet.leading + 10.0,
        "heading": max(len(c.heading) for c in cells) * sheet.leading * (sheet.size - 2) / sheet.size + 8,
        "evidence": _tallest(sheet, [c.evidence for c in cells]),
        "citizen": _tallest(sheet, [c.citizen for c in cells]),
        "interaction": max(2, *(len(c.wait) + len(c.silence) for c in cells), 0) * sheet.leading + 32,
        "front": max(_tallest(sheet, [c.front for c in cells]), 60.0),
        "visibility": sheet.leading + 14.0,
    }
    for agency, name in named.items():
        items = _tallest(sheet, [c.back for c in cells if c.column.agency == agency])
        heights[f"back {agency}"] = max(items, len(name) * sheet.leading + 8) + 6
    tops, y = {}, top
    for lane, height in heights.items():
        tops[lane] = y
        y += height
    for start, stop, agency, lines in bands:
        x, width, tint = left + start * PITCH + 2, (stop - start) * PITCH - 4, agencies[agency] % len(TINTS)
        sheet.box(x, top, width, y - top, fill=TINTS[tint], round_by=6)
        sheet.box(x, top, width, heights["agency"] - 4, fill=BANDS[tint], round_by=6)
        sheet.words(x + 10, top + 2, lines, bold=True)
    for lane, called in (("evidence", _("Evidence")), ("citizen", _("The citizen")), ("front", _("Front stage"))):
        _lane_name(sheet, _wrapped_name(sheet, called), tops[lane])
    _edge(sheet, _("Line of interaction"), tops["front"] - 4, right)
    _edge(sheet, _("Line of visibility"), tops["visibility"] + heights["visibility"] - 6, right)
    for place, (agency, name) in enumerate(named.items()):
        band = tops[f"back {agency}"]
        if place:
            sheet.line(left, band, right, band, ink=LINE[False])
        _lane_name(sheet, name, band)
    for place, cell in enumerate(cells):
        sheet.begin(_class="step", data_step=cell.column.step, data_agency=cell.column.agency)
        _column(sheet, left + place * PITCH, cell, tops, seen)
        sheet.end()
    _hand_overs(sheet, left, cells, around, tops)
    return y


def _bands(sheet: Sheet, cells: list[Cells]) -> list[tuple[int, int, str, list[str]]]:
    """Which columns in a row are the same agency's: from, to, whose, and its name in lines that fit."""
    found, start = [], 0
    for place in range(1, len(cells) + 1):
        agency = cells[start].column.agency
        if place == len(cells) or cells[place].column.agency != agency:
            width = (place - start) * PITCH - 24
            found.append((start, place, agency, wrapped(agency_words(agency), width, sheet.size * 1.05)))
            start = place
    return found


def _back_name(sheet: Sheet, agency: str, agencies: dict[str, int]) -> list[str]:
    name = _("Back stage: {agency}") if len(agencies) > 1 else _("Back stage")
    return _wrapped_name(sheet, name.format(agency=agency_words(agency)))


def _wrapped_name(sheet: Sheet, name: str) -> list[str]:
    return wrapped(name, LABELS - 12, sheet.size * 1.05)  # bold letters are wider


def _tallest(sheet: Sheet, lanes: list[Lines]) -> float:
    return max((_height(sheet, lines) for lines in lanes), default=0.0) + 2 * PAD


def _height(sheet: Sheet, lines: Lines) -> float:
    return sum(len(words) * sheet.leading + 3 for _item, words in lines)


def _lane_name(sheet: Sheet, lines: list[str], y: float) -> None:
    sheet.words(EDGE, y + PAD - 2, lines, ink=QUIET[False], bold=True)


def _edge(sheet: Sheet, name: str, y: float, right: float) -> None:
    """A line that divides the stages, its name standing on it."""
    small = sheet.size - 1
    lines = wrapped(name, LABELS - 10, small)
    sheet.words(EDGE, y - 3 - len(lines) * sheet.leading * small / sheet.size, lines, ink=QUIET[False], size=small)
    sheet.line(EDGE, y, right, y, ink=QUIET[False], dash="7 4", wide=1.2)


def _column(sheet: Sheet, x: float, cell: Cells, tops: dict[str, float], seen: Told) -> None:
    column, at = cell.column, x + (PITCH - CARD) / 2
    # What a citizen looks for is not heard, so nobody can tell whether they did.
    untaken = seen.cases and not column.cases and not isinstance(column.scripted, Expect)
    sheet.words(at, tops["heading"] + 1, [str(cell.number)], bold=True)
    sheet.words(at + 24, tops["heading"] + 3, cell.heading, ink=QUIET[False], size=sheet.size - 2)
    _items(sheet, at, tops["evidence"] + PAD, cell.evidence)
    height = _height(sheet, cell.citizen) + 2 * PAD - 4
    sheet.box(
        at, tops["citizen"] + 2, CARD, height, fill=GROUND[False], line=QUIET[False] if untaken else INK[False],
        round_by=5, dashed=bool(untaken) or column.shown_only,
    )  # fmt: skip
    _items(sheet, at, tops["citizen"] + PAD, cell.citizen)
    if cell.front:
        height = _height(sheet, cell.front) + 2 * PAD - 4
        sheet.box(at, tops["front"] + 4, CARD, height, fill=GROUND[False], line=LINE[False], round_by=5)
        _items(sheet, at, tops["front"] + PAD + 2, cell.front)
    if cell.back:
        lane = tops[f"back {column.agency}"]
        height = _height(sheet, cell.back) + 2 * PAD - 4
        sheet.box(at, lane + 4, CARD, height, fill=GROUND[False], line=LINE[False], round_by=5)
        _items(sheet, at, lane + PAD + 2, cell.back)
    elif column.cases or seen.declared:
        lane = tops[f"back {column.agency}"]
        sheet.box(at, lane + 11, CARD, 4, fill=LINE[False], round_by=2)
    _wait(sheet, at, tops["front"] - 16, cell)


def _items(sheet: Sheet, x: float, y: float, lines: Lines) -> None:
    for item, words in lines:
        indent = 0
        if item.idea:
            indent = INDENT
            said = attributes(data_idea=item.idea, data_about=item.about)
            middle = y + sheet.leading * 0.52
            sheet.mark(x + 14, middle, item.mark, hollow=item.idea in ("forward", "correction"), said=said)
        ink = QUIET[False] if item.tone == "quiet" else INK[False]
        y = sheet.words(x + 8 + indent, y, words, ink=ink, bold=item.tone == "strong") + 3


def _wait(sheet: Sheet, x: float, y: float, cell: Cells) -> None:
    """The wait that follows the act, from this column towards the next, with its silences."""
    wait, silent = cell.column.wait, cell.column.silent
    if not wait or not cell.wait:
        return
    words = y - 10 - (len(cell.wait) + len(cell.silence)) * sheet.leading
    words = sheet.words(x, words, cell.wait)
    length = REACH * min(wait.seconds / FULL, 1)
    _bar(sheet, x, y, max(length, 2.5), "wait", THIN, cell.column.step)
    if silent and cell.silence:
        sheet.words(x, words, cell.silence, ink=colour("silence"), bold=True)
        part = length * min(silent.seconds / wait.seconds, 1)
        _bar(sheet, x, y, max(part, 2.5), "silence", THICK, cell.column.step)
    if wait.seconds > FULL:
        for off in (16, 11):
            sheet.line(x + length - off, y + 8, x + length - off + 6, y - 8, ink=GROUND[False], wide=2)


def _bar(sheet: Sheet, x: float, y: float, length: float, idea: str, outline: str, step: str) -> None:
    half = {THIN: 0.35, THICK: 0.8}[outline] * 7.5
    said = attributes(data_idea=idea, data_step=step)
    sheet.box(x, y - half, length, 2 * half, fill=colour(idea), said=said)


def _hand_overs(
    sheet: Sheet,
    left: float,
    cells: list[Cells],
    around: tuple[Cells | None, Cells | None],
    tops: dict[str, float],
) -> None:
    """Where the citizen is sent from one agency's band to another's: an arrow between columns, over a row's end too."""
    for place, (one, other) in enumerate(pairwise((around[0], *cells, around[1]))):
        if not one or not other or one.column.agency == other.column.agency:
            continue
        if not any(point.idea == "hand_off" for point in one.column.met):
            continue
        x = left + place * PITCH
        ends = [tops.get(f"back {c.column.agency}") for c in (one, other)]
        begins, arrives = (end + 13 if end is not None else None for end in ends)
        if place == 0:
            begins = None
        elif place == len(cells):
            arrives = None
        if begins is not None:
            sheet.line(x - 8, begins, x + (0 if arrives is not None else 6), begins, ink=colour("hand_off"), wide=2)
        if begins is not None and arrives is not None:
            sheet.line(x, begins, x, arrives, ink=colour("hand_off"), wide=2)
        if arrives is not None:
            sheet.mark(x + 4, arrives, "hand_off", radius=5.5)
        elif begins is not None:
            sheet.mark(x + 8, begins, "hand_off", radius=5.5)
