"""What a study shows for the criteria of named standards and awards: value, interval, n and where to open it.

A standard is a YAML file in `analysis/standards/`. What no study of a service can show, and what this study did not
look at, is said to be without evidence; nothing here is a verdict of whoever owns the standard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import yaml

from analysis import figures
from analysis.comparison import Comparison, Estimate, Found, estimate, who_is
from analysis.found import Finding
from analysis.report import satisfaction
from analysis.report.satisfaction import Scale
from analysis.report.tables import condition_or_all, side
from studies.log import Log
from studies.words import N_, _, ngettext, pick
from studies.workspace import Workspace

FOLDER: Final = Path(__file__).parents[1] / "standards"
GRAVE: Final = ("serious", "critical")
#: a channel in words
CHANNELS: Final = {
    "web": N_("web"), "mobile": N_("mobile"), "phone": N_("phone"), "chat": N_("chat"),
    "video": N_("video"), "desk": N_("desk"), "post": N_("post"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a standard, and what of a study speaks to it: metrics, or one of the other kinds of evidence."""

    id: str
    title: str | dict[str, str]
    shows: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard or award: its criteria, and where they were read."""

    standard: str
    title: str | dict[str, str]
    source: str
    criteria: tuple[Criterion, ...]
    note: str | dict[str, str] = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of evidence in words: what was looked at, its value, interval and n, whose it is, where it opens."""

    what: str
    value: str
    interval: str = ""
    n: str = ""
    who: str | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """What evidence is made of. `checks`: what was found on pages, by session, of the sessions that were checked."""

    study: str
    rows: Sequence[Comparison]
    log: Log
    scores: Sequence[tuple[str | None, Estimate]] = ()
    scale: Scale | None = None
    scores_of: str = "people"
    load: Mapping[str, Any] | None = None
    found: Sequence[Finding] = ()
    checks: Mapping[str, Sequence[Mapping[str, Any]]] | None = None


@cache
def standards() -> tuple[Standard, ...]:
    """Every standard, in the order that its file gives."""
    told = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return tuple(
        Standard(
            one["standard"],
            one["title"],
            one["source"],
            tuple(Criterion(c["id"], c["title"], tuple(c.get("shows", ()))) for c in one["criteria"]),
            one.get("note", ""),
        )
        for one in sorted(told, key=lambda one: one["order"])
    )


def checks_of(sessions: Iterable[str], space: Workspace) -> dict[str, list[dict[str, Any]]]:
    """What was found on the pages of these sessions; only those that were looked at are in it."""
    found = {}
    for session in sessions:
        path = space.checks / f"{session}.json"
        if path.is_file():
            found[session] = list(json.loads(path.read_text(encoding="utf-8")))
    return found


def evidence(material: Material) -> list[dict[str, Any]]:
    """Every standard with its criteria, each with its evidence in the language in force; none is an empty list."""
    return [
        {
            "id": one.standard,
            "title": pick(one.title),
            "source": one.source,
            "note": pick(one.note),
            "criteria": [
                {"id": c.id, "title": pick(c.title), "shown": [s for kind in c.shows for s in _shown(kind, material)],
                 "asked": bool(c.shows), "numbered": c.id[0].isdigit()}
                for c in one.criteria
            ],
        }
        for one in standards()
    ]  # fmt: skip


def counted(told: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Each standard's title, for how many criteria there is evidence, and how many there are."""
    return [(one["title"], sum(bool(c["shown"]) for c in one["criteria"]), len(one["criteria"])) for one in told]


def _shown(kind: Any, material: Material) -> list[Shown]:
    """The evidence of one kind: `{accessibility: [rules]}`, one of KINDS, or a metric by its name."""
    if isinstance(kind, dict):
        return _accessibility(material, tuple(kind["accessibility"]))
    return KINDS[kind](material) if kind in KINDS else _metric(kind, material)


def _metric(metric: str, material: Material) -> list[Shown]:
    """A metric over all journeys' cases together, people's apart from robots'."""
    found = []
    for who in dict.fromkeys(row.who for row in material.rows):
        mine = [row for row in material.rows if (row.metric, row.who) == (metric, who)]
        sides = [(c, _together(metric, [getattr(row, c) for row in mine])) for c in ("as_is", "redesigned")]
        told = [(condition, side(one)) for condition, one in sides if one.n]
        if not told:
            continue
        title = _("Needs settled") if metric == "outcome" else mine[0].title
        unit = "" if metric == "outcome" else figures.unit_name(mine[0].unit)
        what = _("{metric} ({unit})").format(metric=title, unit=unit) if unit else title
        page = f"metrics?study={material.study}"
        found.append(Shown(what, *_sides(told), who=who, where=page))
    return found


def _together(metric: str, sides: Sequence[Estimate]) -> Estimate:
    if metric == "outcome":
        values = ["concluded" if v else "left" for one in sides for v in one.values]
        return estimate(metric, [Found("value", v) for v in values])
    return estimate(metric, [Found("value", v) for one in sides for v in one.values])


def _sides(told: Sequence[tuple[str | None, Mapping[str, Any]]]) -> tuple[str, str, str]:
    """Value, interval and n of each condition, a name before each where there are two."""

    def listed(key: str) -> str:
        some = [(condition_or_all(c), one[key]) for c, one in told if one[key]]
        if len(told) == 1:
            return some[0][1] if some else ""
        return _("; ").join(_("{condition}: {value}").format(condition=c, value=v) for c, v in some)

    return listed("value"), listed("detail"), listed("n")


def _satisfaction(material: Material) -> list[Shown]:
    scale = material.scale
    if scale is None:
        return []
    told = [
        (name, {"value": row["mean"], "detail": row["interval"], "n": row["n"]})
        for (name, one), row in zip(material.scores, satisfaction.rows(material.scores, scale), strict=True)
        if one.value is not None
    ]
    where = f"scoreboard?study={material.study}"
    return [Shown(scale.title, *_sides(told), who=material.scores_of, where=where)] if told else []


def _accessibility(material: Material, rules: tuple[str, ...] = ()) -> list[Shown]:
    """Grave faults of these rules (all, unless some are named) on the pages that were checked; nothing if none was."""
    checks = material.checks or {}
    if not checks:
        return []
    faults = [
        one
        for found in checks.values()
        for one in found
        if one["kind"] == "accessibility" and one["severity"] in GRAVE and (not rules or one["id"] in rules)
    ]
    n = len({(one["page"], one["id"], one["where"]) for one in faults})
    value = ngettext("{n} place", "{n} places", n).format(n=figures.number(n))
    sessions = ngettext("{n} checked session", "{n} checked sessions", len(checks)).format(
        n=figures.number(len(checks))
    )
    return [Shown(_("Serious and critical faults found by axe-core"), value, "", sessions, "robots",
                  f"sessions?study={material.study}")]  # fmt: skip


def _participants(material: Material) -> list[Shown]:
    people = {
        person or session
        for person, session, source, hears in zip(
            *(material.log.sessions[c].to_pylist() for c in ("participant", "session", "source", "hears")), strict=True
        )
        if who_is(source) == "people" and hears != ["rates"]
    }
    if not people:
        return []
    told = ngettext("{n} person took part", "{n} people took part", len(people)).format(n=figures.number(len(people)))
    return [
        Shown(_("Participants"), told, "", figures.number(len(people)), "people", f"sessions?study={material.study}")
    ]


def _findings(material: Material) -> list[Shown]:
    found = []
    for who in ("people", "robots"):
        mine = [one for one in material.found if one.who == who]
        if mine:
            told = ngettext("{n} finding", "{n} findings", len(mine)).format(n=figures.number(len(mine)))
            cases = figures.number(max(one.looked_at for one in mine))
            found.append(
                Shown(_("Findings with their evidence"), told, "", cases, who, f"findings?study={material.study}")
            )
    return found


def _changes(material: Material) -> list[Shown]:
    """How many of the compared metrics got better and worse beyond chance, over all journeys."""
    found = []
    for who in dict.fromkeys(row.who for row in material.rows):
        verdicts = [row.difference.verdict for row in material.rows if row.who == who and row.difference]
        if not verdicts:
            continue
        told = _("{better} better, {worse} worse, beyond chance").format(
            better=figures.number(verdicts.count("better")), worse=figures.number(verdicts.count("worse"))
        )
        n = figures.number(len(verdicts))
        what = _("As it is against redesigned, metric by metric")
        found.append(Shown(what, told, "", n, who, f"metrics?study={material.study}"))
    return found


def _channels(material: Material) -> list[Shown]:
    pairs = material.log.sentences.group_by("channel").aggregate([("session", "count_distinct")])
    counts = dict(zip(pairs["channel"].to_pylist(), pairs["session_count_distinct"].to_pylist(), strict=True))
    if not counts:
        return []
    listed = sorted(counts.items(), key=lambda one: -one[1])
    told = _("; ").join(f"{_(CHANNELS.get(str(name), str(name)))}: {figures.number(n)}" for name, n in listed)
    n = figures.number(sum(counts.values()))
    return [Shown(_("Sessions by channel"), told, "", n, None, f"sessions?study={material.study}")]


def _languages(material: Material) -> list[Shown]:
    counts = pc.value_counts(material.log.sessions["language"].drop_null()).to_pylist()
    if not counts:
        return []
    told = _("; ").join(f"{figures.island(one['values'])}: {figures.number(one['counts'])}" for one in counts)
    n = figures.number(sum(one["counts"] for one in counts))
    return [Shown(_("Sessions by language"), told, "", n, None, f"sessions?study={material.study}")]


def _under_load(material: Material) -> list[Shown]:
    load = material.load or {}
    if load.get("completion") is None:
        return []
    n = int(load.get("journeys") or 0)
    told = _("{share} with {citizens} citizens at once").format(
        share=figures.percent(load["completion"]), citizens=figures.number(load.get("citizens"))
    )
    return [Shown(_("Journeys that came through under load"), told, "", figures.number(n), "robots",
                  f"load?study={material.study}")]  # fmt: skip


KINDS: Final[dict[str, Callable[[Material], list[Shown]]]] = {
    "satisfaction": _satisfaction,
    "accessibility": _accessibility,
    "participants": _participants,
    "findings": _findings,
    "changes": _changes,
    "channels": _channels,
    "languages": _languages,
    "under_load": _under_load,
}
