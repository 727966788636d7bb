"""Do two observers of the same thing agree? Moderators who tag one session, raters who make one visit.

Where they do not, it is shown what each of them found. Kappa: Cohen 1960, with quadratic weights for ratings 1968;
times and counts by the intraclass correlation of Shrout & Fleiss 1979 (two-way random, single rater, agreement).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import floor
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.statistics import Figures
from analysis.statistics.raters import cohen_kappa, icc
from studies.log import Log
from studies.notes import CLOCKS, tag_name
from studies.store.notes import Note
from studies.words import _
from surveys.checklists import named
from surveys.visited import Told

WINDOW: Final = 10.0  # seconds of a session in which a tag was set or was not
WITHIN: Final = 5.0  # seconds by which two may have pressed apart for the same thing


@dataclass(frozen=True, slots=True)
class TagsAgree:
    """One tag of one session as two moderators set it. `shared` is how many of all that either set both did."""

    tag: str
    one: str
    other: str
    by_one: int
    by_other: int
    both: int
    shared: float | None
    kappa: float | None
    why: str | None  # there is no kappa

    def json(self) -> dict[str, Any]:
        """As it is exchanged."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ItemsAgree:
    """One item over every visit that two raters made together. `differs` names the visits where they do not agree."""

    item: str
    says: str  # in the language in force
    measure: str  # kappa, weighted_kappa, icc2
    pairs: int
    same: int
    value: float | None
    why: str | None
    differs: tuple[Mapping[str, Any], ...]

    def json(self) -> dict[str, Any]:
        """As it is exchanged."""
        return {**asdict(self), "differs": [dict(one) for one in self.differs]}


def of_notes(notes: Iterable[Note]) -> list[TagsAgree]:
    """How far every two moderators of one session agree, tag by tag."""
    mine = [note for note in notes if not note.undone]
    said = [note for note in mine if note.tag not in CLOCKS]
    if not said:
        return []
    begun = min(note.at.timestamp() for note in mine)
    windows = floor(max(note.at.timestamp() for note in mine) - begun) // int(WINDOW) + 1
    found = []
    for one, other in combinations(sorted({note.rater for note in said}), 2):
        for tag in dict.fromkeys(note.tag for note in said):
            first, second = (
                [n.at.timestamp() - begun for n in said if n.rater == who and n.tag == tag] for who in (one, other)
            )
            if not (first or second):
                continue
            both = _both(first, second)
            ours, theirs = ({int(at // WINDOW) for at in times} for times in (first, second))
            table = [
                [len(ours & theirs), len(ours - theirs)],
                [len(theirs - ours), windows - len(ours | theirs)],
            ]
            kappa = cohen_kappa(confusion_matrix=table)
            shared = both / (len(first) + len(second) - both)
            found.append(
                TagsAgree(tag, one, other, len(first), len(second), both, shared, kappa["kappa"], kappa.get("reason"))
            )
    return found


def notes_table(notes: Iterable[Note]) -> pd.DataFrame:
    """The same as a table for people."""
    return pd.DataFrame(
        [
            {
                _("Tag"): tag_name(row.tag),
                _("Moderators"): f"{row.one} · {row.other}",
                _("Set by the first"): row.by_one,
                _("by the second"): row.by_other,
                _("by both"): row.both,
                _("Shared"): _percent(row.shared),
                _("Kappa"): _said(row.kappa, row.why),
            }
            for row in of_notes(notes)
        ]
    )


def of_visits(visits: Sequence[Told]) -> list[ItemsAgree]:
    """How far raters agree who visited the same service together, item by item; the first two of each visit count."""
    pairs = list(pairs_of(visits))
    found = []
    for asked in {pair[0].asked.kind: pair[0].asked for pair in pairs}.values():
        mine = [pair for pair in pairs if pair[0].asked.kind == asked.kind]
        asks = {item.item: item.ask for item in asked.items}
        for item in dict.fromkeys(name for pair in mine for one in pair for name in one.values):
            given = [(a, b, a.values.get(item), b.values.get(item)) for a, b in mine]
            both = [(a, b, x, y) for a, b, x, y in given if x is not None and y is not None]
            if all(_never(item, value, asks) for _a, _b, *two in given for value in two):
                continue  # nobody saw anything of it, which says nothing about whether they agree
            measure = _measure(item, asks)
            figures = _agreement(measure, [(x, y) for _a, _b, x, y in both])
            away = tuple(
                {"visit": a.visit.name, "service": a.visit.door.service, a.visit.rater: x, b.visit.rater: y}
                for a, b, x, y in given
                if not _alike(item, x, y)
            )
            name = {"icc2": "icc2"}.get(measure, "kappa")
            found.append(
                ItemsAgree(
                    item,
                    named(asked, item),
                    measure,
                    len(both),
                    len(given) - len(away),
                    figures[name],
                    figures.get("reason"),
                    away,
                )
            )
    return found


def noted(log: Log) -> list[dict[str, Any]]:
    """What observers remarked of people: each tag, how often, and in how many of the sessions of people."""
    people = log.sessions.filter(pc.is_in(log.sessions["source"], pa.array(["participant", "observer"])))["session"]
    said = log.sentences.filter(
        pc.and_(
            pc.and_(pc.equal(log.sentences["verb"], "notes"), pc.is_null(log.sentences["value"])),
            pc.is_in(log.sentences["session"], people.combine_chunks()),
        )
    )
    rows = said.group_by("about").aggregate([("session", "count"), ("session", "count_distinct")]).to_pylist()
    found = [
        {"tag": tag_name(row["about"] or ""), "times": row["session_count"], "sessions": row["session_count_distinct"]}
        for row in rows
    ]
    return [{**row, "of": len(people)} for row in sorted(found, key=lambda row: (-row["times"], row["tag"]))]


def pairs_of(visits: Sequence[Told]) -> Iterable[tuple[Told, Told]]:
    """Two raters on one visit: the same link's service, the same name of the visit, two people."""
    together: dict[tuple[str, str, str], dict[str, Told]] = defaultdict(dict)
    for one in visits:
        key = (one.visit.door.kind, one.visit.door.service, one.visit.name.strip().casefold())
        together[key].setdefault(one.visit.rater.strip().casefold(), one)
    for those in together.values():
        if len(those) > 1:
            first, second = (those[rater] for rater in sorted(those)[:2])
            yield first, second


def over_all(visits: Sequence[Told]) -> dict[str, Any]:
    """Every judgement of every pair taken together: one kappa over yes, no and options, one over ratings."""
    rows: dict[str, list[tuple[float | str, float | str]]] = defaultdict(list)
    for a, b in pairs_of(visits):
        asks = {item.item: item.ask for item in a.asked.items}
        for item in a.values.keys() & b.values.keys():
            if not all(_never(item, one.values[item], asks) for one in (a, b)):
                rows[_measure(item, asks)].append((a.values[item], b.values[item]))
    told: dict[str, Any] = {"pairs": len(list(pairs_of(visits)))}
    for measure in ("kappa", "weighted_kappa", "icc2"):
        figures = _agreement(measure, rows[measure])
        name = "icc2" if measure == "icc2" else "kappa"
        told[measure] = {"value": figures[name], "judgements": len(rows[measure]), "reason": figures.get("reason")}
    return told


def visits_table(rows: Sequence[ItemsAgree]) -> pd.DataFrame:
    """The agreement by item as a table for people."""
    names = {"kappa": _("kappa"), "weighted_kappa": _("weighted kappa"), "icc2": _("intraclass correlation")}
    return pd.DataFrame(
        [
            {
                _("Item"): row.says,
                _("Visits"): row.pairs,
                _("Agreed"): row.same,
                _("Measure"): names[row.measure],
                _("Value"): _said(row.value, row.why),
                _("Where they differ"): "; ".join(_differs(one) for one in row.differs),
            }
            for row in rows
        ]
    )


def _differs(one: Mapping[str, Any]) -> str:
    told = [f"{who}: {_plain(value)}" for who, value in one.items() if who not in ("visit", "service")]
    return f"{one['visit']} ({', '.join(told)})"


def _plain(value: Any) -> str:
    return "–" if value is None or value == "" else f"{value:g}" if isinstance(value, float) else str(value)


def _never(item: str, value: float | str | None, asks: Mapping[str, str]) -> bool:
    return asks.get(item) not in ("yes_no", "rating") and value in (None, 0.0, "")


def _measure(item: str, asks: Mapping[str, str]) -> str:
    if item.endswith(".seconds"):
        return "icc2"
    match asks.get(item):
        case "rating":
            return "weighted_kappa"
        case "moment":
            return "icc2"  # how often
        case _:
            return "kappa"


def _agreement(measure: str, pairs: Sequence[tuple[float | str, float | str]]) -> Figures:
    if not pairs:
        return {"kappa": None, "icc2": None, "reason": _("no visit was rated by two")}
    if measure == "icc2":
        if len(pairs) < 2:
            return {"icc2": None, "reason": _("not enough to say: two visits by two raters are needed")}
        return icc(ratings_matrix=[[float(a), float(b)] for a, b in pairs])
    if len(pairs) < 2:
        return {"kappa": None, "reason": _("not enough to say: two visits by two raters are needed")}
    if measure == "weighted_kappa":
        levels: list[float | str] = [1.0, 2.0, 3.0, 4.0, 5.0]
        weights = "quadratic"
    else:
        levels, weights = sorted({value for pair in pairs for value in pair}, key=str), "none"
    table = [[0] * len(levels) for _level in levels]
    for a, b in pairs:
        table[levels.index(a)][levels.index(b)] += 1
    return cohen_kappa(confusion_matrix=table, weights=weights)


def _alike(item: str, one: float | str | None, other: float | str | None) -> bool:
    if item.endswith(".seconds") and isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= WITHIN
    return one == other


def _both(first: Sequence[float], second: Sequence[float]) -> int:
    """How many were set by both: each press goes with the nearest free one of the other's, in order."""
    free, found = sorted(second), 0
    for at in sorted(first):
        near = min((one for one in free if abs(one - at) <= WITHIN), key=lambda one: abs(one - at), default=None)
        if near is not None:
            free.remove(near)
            found += 1
    return found


def _percent(share: float | None) -> str:
    return "–" if share is None else _("{n} %").format(n=f"{100 * share:.0f}")


def _said(value: float | None, why: str | None) -> str:
    return f"{value:.2f}" if value is not None else (why or "–")
