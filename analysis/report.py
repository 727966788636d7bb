"""The report of a study: one file that needs nothing else, for people who decide, in English or Arabic.

What a reader of two minutes needs stands first; the evidence follows: every metric with n, one session moment by moment
with its play script, the load, what people said, and how all of it was measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis import charts, figures, palette, report_replays, report_tables
from analysis.comparison import Comparison, Estimate, Metric, compare, who_is
from analysis.headlines import headlines
from analysis.measure import Measured, measure, metrics_for
from analysis.trust import Calibration, calibration
from studies import archive, script
from studies.log import Log
from studies.store import Store
from studies.troubles import WrongInput
from studies.words import N_, _, direction, language, ngettext, pick, say_in
from studies.workspace import Workspace
from surveys import answers

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
    `{"source": "robot", "conditions": {"as_is": {"n", "mean", "ci_low", "ci_high"}, …}}` or those figures alone;
    `planted` (only of the practice agency) is rows of journey, variant, metric, step, truth, measured, agrees.
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
        raise WrongInput(f"A report has no use for {', '.join(sorted(strange))}. It takes: {', '.join(sorted(known))}.")
    path = _kept(study, space)
    _write_whole(path, json.dumps({**_facts(path), **facts}, ensure_ascii=False, indent=1))


def material_of(study: str, space: Workspace, now: datetime) -> ReportMaterial:
    """What the workspace knows of a study: its log, and what was kept beside it."""
    log = archive.read(study, space)
    facts = {"title": study, **_facts(_kept(study, space))}
    facts["survey"] = _asked(study, space) or facts.get("survey")
    measured = measure(log)
    replays = report_replays.kept(log, measured.sessions, space)
    return ReportMaterial(**facts, log=log, measured=measured, made_at=now, replays=replays, trust=calibration())


def _asked(study: str, space: Workspace) -> dict[str, Any] | None:
    """What the survey amounts to by now: people's answers when there are any, else rehearsed ones."""
    store = Store(space.database_url)
    try:
        told = answers.scores(store, study, "sus", space) if study in store.studies() else None
    finally:
        store.close()
    if not told or not told["n"]:
        return None
    source = "robot" if told["rehearsed"] else "participant"
    return {"source": source, "conditions": told["by_condition"] or {"": told}, "validated": told["validated"]}


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


def report(material: ReportMaterial, tongue: str = "en") -> str:
    """The report as HTML: nothing fetched, charts as inline SVG; right to left where the language is.

    No script but the replays', each shut in a frame of its own.
    """
    with say_in(tongue):
        return _page(material)


def _page(material: ReportMaterial) -> str:
    told = [Metric(name, _(m.TITLE), m.UNIT, m.BETTER) for name, m in metrics_for(material.log).items()]
    names = {metric.id: metric.title for metric in told}
    rows = compare(material.log, material.measured.sessions, told)

    def title_of(journey: str) -> str:
        return pick(material.journeys.get(journey, journey.replace("_", " ").replace("/", " · ")))

    scores = _scores(material.survey)
    sources = _sources(material.log)
    page = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html.jinja")
    return page.render(
        _=_,
        language=language(),
        direction=direction(),
        style=(HERE / "report.css").read_text(encoding="utf-8"),
        title=pick(material.title),
        question=pick(material.question),
        studied=_studied(rows, sources),
        made=f"{material.made_at:%Y-%m-%d %H:%M}",
        sentences=headlines(rows, title_of, material.load, _from_people(material.survey, scores)),
        robots=bool(sources.get("robots")) or _robots_answered(material.survey),
        robots_said=_robots_said(sources, material.survey),
        overview=report_tables.overview(rows, title_of),
        journeys=_journeys(rows, title_of),
        session=_session(material, title_of),
        legend=_legend(),
        replays=report_replays.part(material.replays, material.log, material.measured, title_of),
        load=_load(material.load, title_of),
        survey=_survey(material.survey, scores),
        presets=_presets(material.measured.presets.told()),
        trust=material.trust,
        thresholds=_thresholds(material.measured.presets.told()),
        thresholds_short=_thresholds(material.measured.presets.told()),
        planted=report_tables.planted_part(material.planted or [], title_of, lambda m: names.get(m, m)),
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


def _robots_answered(survey: Mapping[str, Any] | None) -> bool:
    return bool(survey) and who_is((survey or {}).get("source") or "robot") == "robots"


def _robots_said(sources: Mapping[str, int], survey: Mapping[str, Any] | None) -> str:
    if sources.get("people"):
        return _("Some of the sessions or answers here are robots’; they are marked, and never counted with people’s.")
    if _robots_answered(survey):
        return _("All sessions and all answers here are robots’.")
    return _("All sessions here are robots’.")


def _journeys(rows: Sequence[Comparison], title_of: Any) -> list[dict[str, Any]]:
    found = []
    for i, (journey, who) in enumerate(dict.fromkeys((row.journey, row.who) for row in rows)):
        mine = [row for row in rows if (row.journey, row.who) == (journey, who)]
        drawn = [row for metric in DRAWN for row in mine if row.metric == metric]
        label = _("As it is against redesigned: {journey}").format(journey=title_of(journey))
        chart = charts.svg(charts.compared(drawn), f"compared{i}", label) if drawn else ""
        found.append({"title": title_of(journey), "who": who, "chart": chart, "rows": report_tables.metric_rows(mine)})
    return found


def _session(material: ReportMaterial, title_of: Any) -> dict[str, Any] | None:
    """The session that was silent for longest, people's or a robot's (each is labelled), never a load citizen's."""
    heard = {s.session: s for s in material.log.heard() if who_is(s.source) != "load"}
    silent = {
        name: float(row["silent_time"].value or 0)
        for name, row in material.measured.sessions.items()
        if name in heard and row["silent_time"].state == "value"
    }
    said = set(pc.unique(material.log.sentences["session"]).to_pylist())
    listed = sorted(silent.keys() & said, key=lambda name: (-silent[name], heard[name].started, name))
    if not listed:
        return None
    session = heard[listed[0]]
    told = (title_of(session.task) if session.task else "", report_tables.condition_name(session.condition))
    title = " · ".join(part for part in told if part)
    chart = charts.timeline(material.log, session.session, material.measured.presets)
    return {
        "title": title,
        "who": who_is(session.source),
        "why": _("Of all sessions this one was silent for longest: {seconds} in silent waits.").format(
            seconds=figures.measured(figures.rounded(silent[session.session], 1), "s")
        ),
        "chart": charts.svg(chart, "timeline", title),
        "script": script.render(material.log.only([session.session])),
    }


def _legend() -> list[dict[str, Any]]:
    """The visual language in words: each idea's shape and colour."""
    names = {
        "step": _("the citizen does something"),
        "ask": _("the citizen asks"),
        "wait": _("wait"),
        "sign": _("wait with a sign that someone is at work"),
        "silence": _("silence (thin: shorter than its threshold)"),
        "question": _("question"),
        "answer": _("answer"),
        "refusal": _("refusal"),
        "repeat_question": _("question asked again"),
        "hand_off": _("hand-off to another office"),
    }
    return [{"picture": _symbol(idea), "name": name} for idea, name in names.items()]


def _symbol(idea: str) -> str:
    if idea == "sign":
        pale, strokes = palette.colour("wait"), "".join(f"M{x},-.7V.7" for x in (-0.8, -0.4, 0, 0.4, 0.8))
        inside = f'<path d="M-1,-.7H1V.7H-1Z" fill="{pale}" opacity=".55"/>'
        inside += f'<path d="{strokes}" stroke="{palette.QUIET[False]}" stroke-width=".16"/>'
    elif idea == "ask":
        ink = palette.colour("step")
        inside = f'<path d="{palette.CIRCLE}" fill="#fff" stroke="{ink}" stroke-width=".4"/>'
    else:
        inside = f'<path d="{palette.shape(idea, direction() == "rtl")}" fill="{palette.colour(idea)}"/>'
    return f'<svg viewBox="-1.2 -1.2 2.4 2.4" aria-hidden="true">{inside}</svg>'


def _load(load: Mapping[str, Any] | None, title_of: Any) -> dict[str, Any] | None:
    if not load:
        return None
    part = report_tables.load_part(load, title_of)
    curve = load.get("curve") or []
    drawn = charts.load_curve(curve, load.get("threshold"), width=charts.WIDTH + 80) if curve else None
    part["chart"] = charts.svg(drawn, "load", part["title"]) if drawn else ""
    against = (load.get("probe") or {}).get("against") or []
    heard = (
        charts.silence_against_citizens(against, load.get("threshold"), width=charts.WIDTH + 80) if against else None
    )
    part["silence_chart"] = charts.svg(heard, "silence", _("Silence and completion under load")) if heard else ""
    return part


def _scores(survey: Mapping[str, Any] | None) -> list[tuple[str | None, Estimate]]:
    """The scores by condition, as-is first; None stands for a survey that knows no conditions."""
    if not survey:
        return []
    told: dict[str, Any] = survey.get("conditions") or ({"": survey} if "mean" in survey else {})
    found: list[tuple[str | None, Estimate]] = []
    for condition in sorted(told, key=lambda c: (c != "as_is", c)):
        n, mean, low, high = (told[condition].get(key) for key in ("n", "mean", "ci_low", "ci_high"))
        found.append((condition or None, Estimate(n or 0, mean, low, high)))
    return found


def _from_people(
    survey: Mapping[str, Any] | None, scores: Sequence[tuple[str | None, Estimate]]
) -> list[tuple[str, float]]:
    """The scores that people gave, none that robots did."""
    if _robots_answered(survey):
        return []
    return [(condition, one.value) for condition, one in scores if condition and one.value is not None]


def _survey(survey: Mapping[str, Any] | None, scores: Sequence[tuple[str | None, Estimate]]) -> dict[str, Any] | None:
    if not survey or not scores:
        return None
    who = "robots" if _robots_answered(survey) else "people"
    named = [(report_tables.condition_name(c), e) for c, e in scores]
    any_score = any(e.value is not None for _c, e in named)
    label = _("SUS scores with their 95 % intervals")
    rehearsal = _(
        "Robots filled in these answers to rehearse the survey; they say nothing about anyone’s satisfaction."
    )
    unproven = _("The wording in “{language}” is not validated.")
    notes = [rehearsal] * (who == "robots")
    notes += [unproven.format(language=tongue) for tongue, valid in survey.get("validated", {}).items() if not valid]
    return {
        "who": who,
        "chart": charts.svg(charts.satisfaction(named), "sus", label) if any_score else "",
        "rows": report_tables.survey_rows(scores),
        "notes": notes,
    }


def _presets(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The presets as a reader understands them."""
    works = _(", ").join(_(day) for day in str(told.get("calendar", {}).get("works", "")).split())
    signs = {"seen": _("those that are seen"), "heard": _("those that are heard")}
    return [
        (_("A wait is silent"), _thresholds(told)),
        (_("By post and across sessions"), _("one working day ({days})").format(days=works)),
        (_("Signs that count"), signs.get(str(told.get("signs")), str(told.get("signs")))),
        (_("Presets"), figures.island(str(told.get("name", "")))),
    ]


def _thresholds(told: Mapping[str, Any]) -> str:
    seconds = told.get("silence_seconds", {})
    screen, talk = seconds.get("web"), seconds.get("phone")
    return _("Thresholds: silent when longer than {screen} on a screen, {talk} in conversation.").format(
        screen=figures.measured(screen, "s"), talk=figures.measured(talk, "s")
    )
