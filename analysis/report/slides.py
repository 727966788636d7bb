"""The report as slides: two for leaders, a whole deck for designers, with charts and tables that can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from analysis import figures
from analysis.charts.palette import QUIET
from analysis.comparison import Comparison
from analysis.report import DRAWN, ReportMaterial, Told, deck, heading, satisfaction, tables, told
from analysis.report.deck import EDGE, WIDE, Series
from analysis.report.evidence import counted
from analysis.report.leaders import FINDINGS, SENTENCES, confidence, silent
from studies.words import _, say_in

ROOM: Final = WIDE - 2 * EDGE
HALF: Final = (ROOM - 0.3) / 2
CAVEAT: Final = "#FDF3DA"
STEP_ROWS: Final = 12


def slides(material: ReportMaterial, tongue: str = "en", audience: str = "designers") -> bytes:
    """The report as a PowerPoint file."""
    with say_in(tongue):
        whole = told(material)
        head = heading(material, whole)
        made = deck.deck(head["title"])
        (_leaders if audience == "leaders" else _designers)(made, material, whole, head)
        return deck.written(made)


def _leaders(made: Any, material: ReportMaterial, whole: Told, head: Mapping[str, Any]) -> None:
    first = deck.slide(made, head["title"])
    deck.words(first, [f"{head['studied']} · {head['made']}"], (EDGE, 1.1, ROOM, 0.35), 11, QUIET[False])
    deck.words(first, whole.sentences[:SENTENCES] or [_nothing()], (EDGE, 1.6, HALF, 3.7), 15)
    drawn = silent(whole)
    if drawn:
        _silence(first, drawn, whole, (EDGE + HALF + 0.3, 1.5, HALF, 5.3))
    if head["robots"]:
        deck.words(first, _caveat(head), (EDGE, 5.45, HALF, 1.1), 12, ground=CAVEAT)
    second = deck.slide(made, _("What hurts, what they said, what it is evidence for"))
    _findings_table(
        second,
        tables.finding_rows(tables.of_each_kind(whole.found), whole.title_of, FINDINGS),
        (EDGE, 1.3, ROOM, 1.9),
    )
    if any(e.value is not None for _c, e in whole.scores):
        _satisfaction(second, whole, (EDGE, 3.45, HALF, 2.9))
    rows = [
        [title, _("{n} of {of}").format(n=figures.number(n), of=figures.number(of))]
        for title, n, of in counted(whole.evidence)
    ]
    heads = [_("Standard"), _("Criteria with evidence")]
    deck.table(second, heads, rows, (EDGE + HALF + 0.3, 3.45, HALF, 2.6), (3, 1), 11)
    deck.words(second, [confidence(whole)], (EDGE, 6.5, ROOM - 1.6, 0.5), 12)


def _designers(made: Any, material: ReportMaterial, whole: Told, head: Mapping[str, Any]) -> None:
    first = deck.slide(made, head["title"])
    deck.words(first, [f"{head['studied']} · {head['made']}"], (EDGE, 1.1, ROOM, 0.35), 11, QUIET[False])
    deck.words(first, [head["question"], *(whole.sentences or [_nothing()])], (EDGE, 1.6, ROOM, 3.6), 16)
    deck.words(first, [*(_caveat(head) if head["robots"] else []), confidence(whole)], (EDGE, 5.4, ROOM, 1.2), 13,
               ground=CAVEAT)  # fmt: skip
    _overview(made, whole)
    drawn = silent(whole)
    if drawn:
        _silence(
            deck.slide(made, _("Silent waiting, as it is against redesigned")), drawn, whole, (EDGE, 1.3, ROOM, 5.6)
        )
    for journey, who in dict.fromkeys((row.journey, row.who) for row in whole.rows):
        _journey(made, whole, journey, who)
    _load(made, material, whole)
    if any(e.value is not None for _c, e in whole.scores):
        one = deck.slide(made, _("What they said: satisfaction"))
        _satisfaction(one, whole, (EDGE, 1.3, HALF, 5))
        rows = [[r["name"], r["mean"], r["interval"], r["n"]] for r in satisfaction.rows(whole.scores, whole.scale)]
        heads = [_("Condition"), _("Mean score"), _("95 % interval"), "n"]
        deck.table(one, heads, rows, (EDGE + HALF + 0.3, 1.5, HALF, 1.4), (3, 2, 3, 1), 12)
    for part in batched(tables.finding_rows(whole.found, whole.title_of), 6):
        one = deck.slide(made, _("What hurts, and what would mend it"))
        _findings_table(one, part, (EDGE, 1.3, ROOM, 0.8 * (len(part) + 0.5)))
    for standard in whole.evidence:
        _standard(made, standard)
    how = deck.slide(made, _("How this was measured"))
    deck.words(how, [
        head["thresholds"],
        _("A wait opens when the citizen acts, asks or submits, and closes at what the service does next. A silence is a stretch of a wait without any sign that someone is at work. A repeat question asks for what the case already holds."),  # noqa: E501
        _("Intervals are at 95 %: of means by Student’s t, of shares by the adjusted Wald method; differences by Welch’s t, pair by pair where the same people did both, and by Newcombe’s method for shares. Time on task is that of cases that were settled; it is told by its geometric mean, and its change by a factor (×). With one case there is no interval."),  # noqa: E501
    ], (EDGE, 1.4, ROOM, 4.5), 15)  # fmt: skip


def batched(rows: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    """So many rows at a time: what a slide has room for."""
    return (rows[i : i + most] for i in range(0, len(rows), most))


def _nothing() -> str:
    return _("There is not enough yet to compare as it is with redesigned.")


def _caveat(head: Mapping[str, Any]) -> list[str]:
    return [head["robots_said"], _("A robot is a hypothesis about people, never a finding about them.")]


def _overview(made: Any, whole: Told) -> None:
    told_of = tables.overview(whole.rows, whole.title_of)
    heads = [_("Journey"), *(_headed(c["title"], c["unit"]) for c in told_of["columns"]), "n"]
    for part in batched(told_of["rows"], STEP_ROWS):
        one = deck.slide(made, _("As it is against redesigned, per journey"))
        rows = [[row["title"], *row["cells"], row["n"]] for row in part]
        deck.table(one, heads, rows, (EDGE, 1.3, ROOM, 0.42 * (len(rows) + 1)), (3, *[1.4] * (len(heads) - 2), 0.8), 11)


def _headed(title: str, unit: str) -> str:
    return _("{metric} ({unit})").format(metric=title, unit=unit) if unit else title


def _journey(made: Any, whole: Told, journey: str, who: str) -> None:
    """One journey: its times and its counts as charts, then every metric in tables."""
    title = _("{journey} · {who}").format(journey=whole.title_of(journey), who=_who(who))
    mine = [row for row in whole.rows if (row.journey, row.who) == (journey, who)]
    shown = [row for metric in DRAWN for row in mine if row.metric == metric and _valued(row)]
    one = deck.slide(made, title)
    kinds = ((_("Times"), _("seconds"), [r for r in shown if r.unit == "s"]),
             (_("Counts"), _("how many"), [r for r in shown if r.unit != "s"]))  # fmt: skip
    for nth, (name, unit, rows) in enumerate(kinds):
        if rows:
            box = (EDGE + nth * (HALF + 0.3), 1.3, HALF, 5.5)
            deck.bars(one, [row.title for row in rows], _both(rows), box, name, unit)
    heads = [_("Metric"), _("Unit"), _("As it is"), "n", _("Redesigned"), "n", _("Difference"), _("What it says")]
    for part in batched(tables.metric_rows(mine), STEP_ROWS):
        rows_told = [
            [r["title"], r["unit"], *(t for s in (r["as_is"], r["redesigned"]) for t in (_with(s), s["n"])),
             r["difference"], r["says"]]
            for r in part
        ]  # fmt: skip
        box = (EDGE, 1.3, ROOM, 0.42 * (len(part) + 1))
        deck.table(deck.slide(made, title), heads, rows_told, box, (2.4, 1.2, 2.4, 0.7, 2.4, 0.7, 1.1, 2), 10)


def _with(side: Mapping[str, Any]) -> str:
    return f"{side['value']} ({side['detail']})" if side["detail"] and side["has"] else str(side["value"])


def _valued(row: Comparison) -> bool:
    return row.as_is.value is not None or row.redesigned.value is not None


def _both(rows: Sequence[Comparison]) -> list[Series]:
    names = (("as_is", _("as it is")), ("redesigned", _("redesigned")))
    return [
        Series(
            name,
            *([getattr(getattr(row, side), bound) for row in rows] for bound in ("value", "low", "high")),
        )
        for side, name in names
    ]


def _who(who: str) -> str:
    return _("real people") if who == "people" else _("rehearsed by robots")


def _silence(one: Any, drawn: Sequence[Comparison], whole: Told, box: deck.Box) -> None:
    names = [whole.title_of(row.journey) for row in drawn]
    title = _("{what} · {who}").format(what=_("Silent waiting"), who=_who(drawn[0].who))
    deck.bars(one, names, _both(drawn), box, title, _("seconds"))


def _satisfaction(one: Any, whole: Told, box: deck.Box) -> None:
    known, scale = [(tables.condition_or_all(c), e) for c, e in whole.scores if e.value is not None], whole.scale
    values, low, high = ([getattr(e, bound) for _c, e in known] for bound in ("value", "low", "high"))
    row = Series(scale.score, values, low, high)
    deck.bars(one, [c for c, _e in known], [row], box, scale.worded, least=scale.low, most=scale.high)


def _findings_table(one: Any, rows: Iterable[Mapping[str, Any]], box: deck.Box) -> None:
    told_of = [[r["what"], r["where"], f"{r['cases']} ({r['interval']})", r["remedy"], _who(r["who"])] for r in rows]
    heads = [_("Finding"), _("Where"), _("Cases (95 % interval, %)"), _("Remedy"), _("Whose")]
    if told_of:
        deck.table(one, heads, told_of, box, (3, 2.4, 1.4, 3.6, 1.2), 11)
    else:
        deck.words(one, [_("The rules found nothing that hurts citizens here.")], box, 14)


def _load(made: Any, material: ReportMaterial, whole: Told) -> None:
    if not material.load:
        return
    part = tables.load_part(material.load, whole.title_of)
    one = deck.slide(made, _("When everyone comes at once"))
    deck.words(one, [part["said"], part["silence"]], (EDGE, 1.2, ROOM, 0.9), 14)
    curve = material.load.get("curve") or []
    if curve:
        seconds = [f"{row['t']:g}" for row in curve]
        row = Series(_("Slow waits: 95 % were shorter (s)"), [moment.get("p95") for moment in curve])
        deck.lines(one, seconds, [row], (EDGE, 2.2, ROOM, 4.6), row.name)
    heads = [_("Step"), _("waits"), part["over"], _("Half took at most"), _("95 % took at most")]
    for steps in batched(part["steps"], STEP_ROWS):
        rows = [[s["step"], s["waits"], s["over"], s["p50"], s["p95"]] for s in steps]
        another = deck.slide(made, _("Waits under load, step by step"))
        deck.table(another, heads, rows, (EDGE, 1.3, ROOM, 0.42 * (len(rows) + 1)), (3, 1, 1, 1, 1), 11)


def _standard(made: Any, standard: Mapping[str, Any]) -> None:
    """A standard's criteria, some to a slide; the source under them."""
    rows = []
    for criterion in standard["criteria"]:
        name = f"{criterion['id']} {criterion['title']}" if criterion["numbered"] else criterion["title"]
        if not criterion["shown"]:
            rows.append([name, _("no evidence in this study"), "", "", ""])
        for nth, one in enumerate(criterion["shown"]):
            whose = _who(one.who) if one.who else ""
            rows.append([name if nth == 0 else "", one.what, one.value, one.n, whose])
    heads = [_("Criterion"), _("What was looked at"), _("Value"), "n", _("Whose")]
    for part in batched(rows, 9):
        one_slide = deck.slide(made, _("Evidence: {standard}").format(standard=standard["title"]))
        deck.table(one_slide, heads, part, (EDGE, 1.3, ROOM, 0.5 * (len(part) + 1)), (3, 2.4, 4, 1.6, 1.3), 11)
        deck.words(one_slide, [figures.island(standard["source"])], (EDGE, 6.95, ROOM - 2, 0.3), 10, QUIET[False])
