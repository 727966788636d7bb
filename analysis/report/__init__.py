"""The report of a study: one file that needs nothing else, for people who decide, in English or Arabic.

What a reader of two minutes needs stands first; the evidence follows: every metric with n, one session moment by moment
with its play script, the load, what people said, and how all of it was measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis import charts, figures, observers
from analysis.comparison import Comparison, Estimate, Metric, compare, who_is
from analysis.found import Finding
from analysis.found import findings as find
from analysis.leaders.cost import Volume
from analysis.leaders.headlines import headlines
from analysis.measure import Measured, measure, metrics_for
from analysis.report import evidence as report_evidence
from analysis.report import numbering, satisfaction, tables
from analysis.report import once_only as report_once_only
from analysis.report import replays as report_replays
from analysis.report import session as report_session
from analysis.report.satisfaction import Scale, from_people, robots_answered, scale_of, scores_of, survey_part
from analysis.trust import Calibration, calibration
from studies import archive, dates
from studies.log import Log
from studies.troubles import WrongInput
from studies.words import N_, _, direction, language, ngettext, pick, say_in
from studies.workspace import Workspace

HERE: Final = Path(__file__).parent
Text = str | dict[str, str]

DAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
#: what is drawn: figures that tell a reader something at a glance
DRAWN: Final = (
    *("time_on_task", "wait_time", "silent_time", "longest_silence"),
    *("steps", "repeat_questions", "hand_offs", "refusals"),
)


@dataclass(frozen=True)
class ReportMaterial:
    """Everything that a report is made of.

    `journeys` gives each journey's title; `load` is a load's result as JSON; `survey` is
    `{"instrument": "sus", "source": "robot", "conditions": {"as_is": {"n", "mean", "ci_low", "ci_high"}, …}}` (with the
    instrument's `scale` where it is no shipped one) or those figures alone;
    `planted` (only of the practice agency) is rows of journey, variant, metric, step, truth, measured, agrees.
    `checks` is what was found on pages by session; `volumes` says how often a service is used in a year. `study` is the
    name that its commands and pages know it by.
    """

    title: Text
    log: Log
    measured: Measured
    made_at: datetime
    question: Text = ""
    journeys: Mapping[str, Text] = field(default_factory=dict)
    load: Mapping[str, Any] | None = None
    survey: Mapping[str, Any] | None = None
    planted: Sequence[Mapping[str, Any]] | None = None
    replays: report_replays.Kept = report_replays.NONE
    trust: Calibration | None = None
    study: str = ""
    checks: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    volumes: Mapping[str, Volume] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What every form of a report tells, worked out once, in the language in force."""

    rows: list[Comparison]
    scores: list[tuple[str | None, Estimate]]
    scale: Scale
    sources: dict[str, int]
    found: list[Finding]
    evidence: list[dict[str, Any]]
    sentences: list[str]
    journeys: Mapping[str, Text]
    metrics: Mapping[str, str]

    def title_of(self, journey: str) -> str:
        """A journey as people call it."""
        return pick(self.journeys.get(journey, journey.replace("_", " ").replace("/", " · ")))


def write(study: str, space: Workspace, tongue: str = "en", now: datetime | None = None) -> Path:
    """Write the report of a study of the workspace there; the file. Raises WrongInput where there is no study."""
    path = place_of(study, space, tongue)
    with say_in(tongue):  # what could not be measured says why, in the report's language
        _write_whole(path, report(material_of(study, space, now or datetime.now().astimezone()), tongue))
    return path


def place_of(study: str, space: Workspace, tongue: str) -> Path:
    """Where the report of a study in a language is written, whether there is one yet or not."""
    return space.reports / f"{quote(study, safe=' ')}.{tongue}.html"


def keep(study: str, space: Workspace, **facts: Any) -> None:
    """Keep beside a study what its log does not tell: title, question, journeys, load, survey, planted (as JSON)."""
    known = {"title", "question", "journeys", "load", "survey", "planted"}
    if strange := facts.keys() - known:
        raise WrongInput(
            _("A report has no use for {what}. It takes: {there}.").format(
                what=", ".join(sorted(strange)), there=", ".join(sorted(known))
            )
        )
    path = _kept(study, space)
    _write_whole(path, json.dumps({**_facts(path), **facts}, ensure_ascii=False, indent=1))


def material_of(
    study: str, space: Workspace, now: datetime, volumes: Mapping[str, Volume] | None = None
) -> ReportMaterial:
    """What the workspace knows of a study: its log, and what was kept beside it."""
    log = archive.read(study, space)
    facts = {"title": study, **_facts(_kept(study, space))}
    facts["survey"] = satisfaction.asked_of(study, space) or facts.get("survey")
    measured = measure(log)
    return ReportMaterial(
        **facts, log=log, measured=measured, made_at=now, trust=calibration(), study=study, volumes=volumes,
        replays=report_replays.kept(log, measured.sessions, space),
        checks=report_evidence.checks_of(measured.sessions, space),
    )  # fmt: skip


def _kept(study: str, space: Workspace) -> Path:
    return place_of(study, space, "en").with_suffix("").with_suffix(".json")


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or none."""
    beside = path.with_suffix(f"{path.suffix}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _facts(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def report(material: ReportMaterial, tongue: str = "en", printed: bool = False) -> str:
    """The report as HTML: nothing fetched, charts as inline SVG; right to left where the language is.

    No script but the replays', each shut in a frame of its own; on paper (`printed`) there are none.
    """
    with say_in(tongue):
        return numbering.numbered(_page(material, told(material), printed))


def told(material: ReportMaterial) -> Told:
    """What there is to tell of a study, in the language in force. What cannot be found in it is left empty."""
    metrics = [Metric(name, _(m.TITLE), m.UNIT, m.BETTER) for name, m in metrics_for(material.log).items()]
    rows = compare(material.log, material.measured.sessions, metrics)
    scores, scale = scores_of(material.survey), scale_of(material.survey)
    found = find(material.log, material.measured, material.volumes)
    answered = "robots" if robots_answered(material.survey) else "people"
    shown = report_evidence.evidence(
        report_evidence.Material(
            material.study, rows, material.log, scores, scale, answered, material.load, found, material.checks
        )
    )
    names = {metric.id: metric.title for metric in metrics}
    whole = Told(rows, scores, scale, _sources(material.log), found, shown, [], material.journeys, names)
    sentences = headlines(rows, whole.title_of, material.load, from_people(material.survey, scores), scale.said)
    return replace(whole, sentences=sentences)


def heading(material: ReportMaterial, whole: Told) -> dict[str, Any]:
    """What stands at the head of every report, and how far robots are behind it."""
    return {
        "_": _,
        "language": language(),
        "direction": direction(),
        "style": (HERE / "report.css").read_text(encoding="utf-8"),
        "title": pick(material.title),
        "question": pick(material.question),
        "studied": _studied(whole.rows, whole.sources),
        "made": dates.moment(material.made_at),
        "sentences": whole.sentences,
        "robots": bool(whole.sources.get("robots")) or robots_answered(material.survey),
        "robots_said": _robots_said(whole.sources, material.survey),
        "thresholds": thresholds(material.measured.presets.told()),
        "sheet": numbering.sheet(pick(material.title), dates.day(material.made_at)),
    }


def rendered(template: str, **facts: Any) -> str:
    """A template of this room, filled."""
    page = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(template)
    return page.render(**facts)


def _page(material: ReportMaterial, whole: Told, printed: bool) -> str:
    title_of = whole.title_of
    replays = report_replays.NONE if printed else material.replays
    return rendered(
        "report.html.jinja",
        **heading(material, whole),
        overview=tables.overview(whole.rows, title_of),
        journeys=_journeys(whole.rows, title_of),
        findings=tables.finding_rows(whole.found, title_of),
        evidence=whole.evidence,
        session=report_session.moment_by_moment(material.log, material.measured, title_of),
        legend=report_session.legend(),
        noted=observers.noted(material.log),
        replays=report_replays.part(replays, material.log, material.measured, title_of),
        load=_load(material.load, title_of),
        once_only=report_once_only.part(material.log),
        survey=survey_part(material.survey, whole.scores, whole.scale),
        presets=_presets(material.measured.presets.told()),
        trust=material.trust,
        planted=tables.planted_part(material.planted or [], title_of, lambda m: whole.metrics.get(m, m)),
    )


def _sources(log: Log) -> dict[str, int]:
    """How many sessions of people, of robots and of load citizens."""
    found: dict[str, int] = {}
    for source, hears in zip(*(log.sessions[c].to_pylist() for c in ("source", "hears")), strict=True):
        if hears == ["rates"]:  # a survey's page, not a sitting with the service
            continue
        found[who_is(source)] = found.get(who_is(source), 0) + 1
    return found


def _studied(rows: Sequence[Comparison], sources: Mapping[str, int]) -> str:
    journeys = len({row.journey for row in rows})
    parts = [ngettext("{n} journey", "{n} journeys", journeys).format(n=figures.number(journeys))]
    people, robots, load = (sources.get(who, 0) for who in ("people", "robots", "load"))
    for n, text in (
        (people, ngettext("{n} session of people", "{n} sessions of people", people)),
        (robots, ngettext("{n} session of robots", "{n} sessions of robots", robots)),
        (load, ngettext("{n} session under load", "{n} sessions under load", load)),
    ):
        parts += [text.format(n=figures.number(n))] if n else []
    return " · ".join(parts)


def _robots_said(sources: Mapping[str, int], survey: Mapping[str, Any] | None) -> str:
    if sources.get("people"):
        return _("Some of the sessions or answers here are robots’; they are marked, and never counted with people’s.")
    if robots_answered(survey):
        return _("All sessions and all answers here are robots’.")
    return _("All sessions here are robots’.")


def _journeys(rows: Sequence[Comparison], title_of: Any) -> list[dict[str, Any]]:
    found = []
    for i, (journey, who) in enumerate(dict.fromkeys((row.journey, row.who) for row in rows)):
        mine = tables.spoken_of([row for row in rows if (row.journey, row.who) == (journey, who)])
        drawn = [row for metric in DRAWN for row in mine if row.metric == metric]
        label = _("As it is against redesigned: {journey}").format(journey=title_of(journey))
        chart = charts.svg(charts.compared(drawn), f"compared{i}", label) if drawn else ""
        found.append({"title": title_of(journey), "who": who, "chart": chart, "rows": tables.metric_rows(mine)})
    return found


def _load(load: Mapping[str, Any] | None, title_of: Any) -> dict[str, Any] | None:
    if not load:
        return None
    part = tables.load_part(load, title_of)
    curve = load.get("curve") or []
    drawn = charts.load_curve(curve, load.get("threshold"), width=charts.WIDTH + 80) if curve else None
    part["chart"] = charts.svg(drawn, "load", part["title"]) if drawn else ""
    against = (load.get("probe") or {}).get("against") or []
    heard = (
        charts.silence_against_citizens(against, load.get("threshold"), width=charts.WIDTH + 80) if against else None
    )
    part["silence_chart"] = charts.svg(heard, "silence", _("Silence and completion under load")) if heard else ""
    return part


def _presets(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The presets as a reader understands them."""
    works = _(", ").join(_(day) for day in str(told.get("calendar", {}).get("works", "")).split())
    signs = {"seen": _("those that are seen"), "heard": _("those that are heard")}
    return [
        (_("A wait is silent"), thresholds(told)),
        (_("By post and across sessions"), _("one working day ({days})").format(days=works)),
        (_("Signs that count"), signs.get(str(told.get("signs")), str(told.get("signs")))),
        (_("Presets"), figures.island(str(told.get("name", "")))),
    ]


def thresholds(told: Mapping[str, Any]) -> str:
    """From how many seconds on a silence counts, on a screen and in conversation, as the presets say."""
    seconds = told.get("silence_seconds", {})
    screen, talk = seconds.get("web"), seconds.get("phone")
    return _("Thresholds: silent when longer than {screen} on a screen, {talk} in conversation.").format(
        screen=figures.measured(screen, "s"), talk=figures.measured(talk, "s")
    )
