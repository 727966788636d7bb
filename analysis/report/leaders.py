"""The report for leaders: two sheets of A4 that are read in two minutes, in English or Arabic.

The first says what changed and by how much; the second what people said, what hurts most, what it is evidence for and
how far all of it may be believed. Whoever wants more opens the full report.
"""

from __future__ import annotations

from typing import Final

from analysis import charts, figures
from analysis.comparison import Comparison
from analysis.report import ReportMaterial, Told, heading, numbering, rendered, tables, told
from analysis.report.evidence import counted
from analysis.report.satisfaction import survey_part
from studies.words import _, ngettext, say_in

#: what two sheets have room for; the rest is counted and said to stand in the full report
JOURNEYS, FINDINGS, SENTENCES = 10, 3, 4
DRAWN: Final = "silent_time"


def leaders(material: ReportMaterial, tongue: str = "en") -> str:
    """Two sheets as HTML, nothing fetched."""
    with say_in(tongue):
        whole = told(material)
        overview = tables.overview(whole.rows, whole.title_of)
        more = max(0, len(overview["rows"]) - JOURNEYS)
        head = heading(material, whole)
        return numbering.numbered(
            rendered(
                "leaders.html.jinja",
                **{**head, "sentences": whole.sentences[:SENTENCES]},
                overview={**overview, "rows": overview["rows"][:JOURNEYS]},
                more=_and_more(more),
                chart=_chart(whole),
                survey=survey_part(material.survey, whole.scores, whole.scale),
                findings=tables.finding_rows(tables.of_each_kind(whole.found), whole.title_of, FINDINGS),
                evidence=[(title, figures.number(n), figures.number(of)) for title, n, of in counted(whole.evidence)],
                confidence=confidence(whole),
            )
        )


def silent(whole: Told) -> list[Comparison]:
    """Silent waiting of each journey under both conditions, people before robots."""
    drawn = [row for row in whole.rows if row.metric == DRAWN and row.as_is.value is not None]
    return drawn[:JOURNEYS]


def _chart(whole: Told) -> str:
    drawn = silent(whole)
    if not drawn:
        return ""
    label = _("Silent waiting, as it is against redesigned")
    return charts.svg(charts.by_journey([(whole.title_of(row.journey), row) for row in drawn]), "silent", label)


def _and_more(more: int) -> str:
    if not more:
        return ""
    text = ngettext("{n} more journey stands in the full report.", "{n} more journeys stand in the full report.", more)
    return text.format(n=figures.number(more))


def confidence(whole: Told) -> str:
    """One plain sentence: how far these figures may be believed, and whom they stand for."""
    people, robots = (whole.sources.get(who, 0) for who in ("people", "robots"))
    if not people:
        return _("Confidence: a hypothesis. No person took part; robots walked these journeys, and stand for nobody.")
    text = ngettext(
        "Confidence: {n} session of people. It stands for citizens like them, within the intervals given; robots are "
        "never counted with them.",
        "Confidence: {n} sessions of people. They stand for citizens like them, within the intervals given; robots are "
        "never counted with them.",
        people,
    )
    alone = ngettext(
        "Confidence: {n} session of people. It stands for citizens like them, within the intervals given.",
        "Confidence: {n} sessions of people. They stand for citizens like them, within the intervals given.",
        people,
    )
    return (text if robots else alone).format(n=figures.number(people))
