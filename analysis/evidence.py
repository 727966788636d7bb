"""A study's evidence in words and tables: journeys compared, and one session with everything that was heard in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from analysis import figures, method_told
from analysis.checked import checks_table
from analysis.comparison import Comparison, Estimate
from analysis.measure import VALUE, Measured, Result, metrics
from analysis.report import DRAWN
from analysis.report.tables import by_which_method
from studies import script
from studies.events import Session
from studies.log import Log
from studies.measuring.outcomes import outcome_name
from studies.measuring.waits import Wait
from studies.titles import agency_name, called, datum_name, service_name, step_name
from studies.topics import dictionary
from studies.words import _, in_a_row
from studies.workspace import Workspace

#: units that are not counts
TIMES: Final = ("s",)
#: what a session is known by at a glance
HEADLINE: Final = (
    "outcome",
    "silent_waits",
    "longest_silence",
    "repeat_questions",
    "hand_offs",
    "time_on_task",
    "wait_time",
    "steps",
    "needless_steps",
    "refusals",
)


@dataclass(frozen=True)
class Study:
    """One study, measured."""

    name: str
    log: Log
    measured: Measured
    sessions: tuple[Session, ...]  # the latest first, load citizens last
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one session, in words: `value` is a number with its unit, or the state when there is none."""

    metric: str
    title: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One journey's metrics under both conditions, of robots or of people."""

    journey: str
    robots: bool
    rows: tuple[Comparison, ...]

    def drawn(self) -> list[Comparison]:
        """The metrics that a chart shows, as the report draws them."""
        return [row for row in self.rows if row.metric in DRAWN]


@dataclass(frozen=True)
class Evidence:
    """One session: who went through it, its figures, its waits, every sentence, and the pictures taken."""

    session: Session
    robot: bool
    headline: list[Figure]
    figures: list[Figure]
    waits: pd.DataFrame
    script: str
    names: pd.DataFrame  # what the keys in it are called
    pictures: dict[str, Path]  # by number and step, in the order they were taken
    checks: pd.DataFrame  # what was found on its pages besides; empty where nobody looked


def of_session(study: Study, session: str, space: Workspace) -> Evidence:
    """One session of a study, down to its sentences and pictures."""
    heard = next(s for s in study.sessions if s.session == session)
    results = study.measured.sessions[session]
    told = {m: Figure(m, _(metrics()[m].TITLE), said(m, r), _(metrics()[m].MEANING)) for m, r in results.items()}
    folder = space.pictures / session
    return Evidence(
        session=heard,
        robot=heard.source in ("robot", "load"),
        headline=[told[m] for m in HEADLINE if m in told],
        figures=list(told.values()),
        waits=waits_table(study.measured.waits.get(session, []), "responds" in heard.hears, heard.task),
        script=script.render(study.log.only([session])),
        names=names_table(study.log.only([session]), heard.task),
        pictures=_by_step(folder, session, heard.task),
        checks=checks_table(space.checks / f"{session}.json"),
    )


def names_table(log: Log, service: str | None) -> pd.DataFrame:
    """What the keys of a play script stand for: its steps, its offices, and what its sentences are about."""
    said = log.said()
    named = {s.step: step_name(service, s.step) for s in said if s.step}
    named |= {s.agency: agency_name(s.agency) for s in said if s.agency}
    named |= {s.about: agency_name(s.about) for s in said if s.about and s.verb in ("hands_off", "forwards")}
    named |= {s.about: name for s in said if s.about and (name := called(s.about))}
    named |= {s.about: datum_name(s.about) for s in said if s.about in dictionary()}
    return pd.DataFrame({_("Key"): [figures.island(key) for key in named], _("Name"): list(named.values())})


def _by_step(folder: Path, session: str, service: str | None) -> dict[str, Path]:
    """The pictures of a session, each by its number and its step in words."""
    found = {}
    for path in sorted(folder.glob("*.png")):
        number, dash, step = path.stem.removeprefix(f"{session}-").partition("-")
        found[f"{number} · {step_name(service, step)}" if dash else number] = path
    return found


def said(metric: str, result: Result) -> str:
    """A result in words: the value with its unit, or the state."""
    if result.state != VALUE:
        return _(result.state)
    if isinstance(result.value, str):
        return outcome_name(result.value)
    return _counted(result.value, metrics()[metric].UNIT)


def _counted(value: float | None, unit: str) -> str:
    # What is counted stands in the title already ("Silent waits: 1"); only a time needs its unit.
    return figures.measured(value, unit) if unit in TIMES else figures.number(value)


def journey_name(journey: str, who: str) -> str:
    """A journey and who went through it, robots or people, in words."""
    return f"{service_name(journey)} · {_('robots') if who == 'robots' else _('people')}"


def presets_told(study: Study) -> str:
    """Under which thresholds the numbers of a study were made."""
    presets = study.measured.presets
    return _(
        "A wait is silent after {web:g} s on a screen, {talk:g} s in conversation; by post after one working day."
    ).format(web=presets.silence["web"], talk=presets.silence["phone"])


def figures_table(told: Sequence[Figure]) -> pd.DataFrame:
    """All metrics of one session."""
    return pd.DataFrame(
        {
            _("Metric"): [f.title for f in told],
            _("Value"): [f.value for f in told],
            _("Meaning"): [f.meaning for f in told],
        }
    )


def comparison_table(rows: Sequence[Comparison]) -> pd.DataFrame:
    """As it is against redesigned, one row a metric: the middle with its interval, n, the verdict."""
    verdicts = {
        "better": _("better"),
        "worse": _("worse"),
        "alike": _("the same"),
        "unsure": _("not sure"),
        "changed": _("changed"),
    }
    return pd.DataFrame(
        {
            _("Metric"): [row.title for row in rows],
            _("As it is"): [_estimated(row.as_is, row.unit) for row in rows],
            _("n, as it is"): [row.as_is.n for row in rows],
            _("Redesigned"): [_estimated(row.redesigned, row.unit) for row in rows],
            _("n, redesigned"): [row.redesigned.n for row in rows],
            _("Difference"): [
                method_told.effect(row.answered, named=False) if row.answered else figures.NOTHING for row in rows
            ],
            _("Verdict"): [
                _doubt(row) or (verdicts.get(row.difference.verdict, "") if row.difference else "") for row in rows
            ],
        }
    )


def methods_told(rows: Sequence[Comparison]) -> list[str]:
    """Of each metric by which method its two sides were compared and why; what may be chance stands last."""
    told = [(row.title, by_which_method(row)) for row in rows]
    return [f"{title} · {method}" for title, method in told if method]


def _doubt(row: Comparison) -> str:
    """That it is not enough to say, and how many would do; nothing where it is, or where nothing differs."""
    if row.answered is None or (row.difference and row.difference.verdict == "alike"):
        return ""
    return row.answered.says


def _estimated(one: Estimate, unit: str) -> str:
    if one.value is None:
        return in_a_row(_(state) for state in one.states)
    value = figures.percent(one.value) if one.kind == "share" else _counted(one.value, unit)
    if one.low is None or one.high is None:
        return value
    share = one.kind == "share"
    low, high = (100 * one.low, 100 * one.high) if share else (one.low, one.high)
    return figures.sentence(f"{value} ({figures.span(low, high)})")


def _closing(verb: str | None) -> str:
    """What ended a wait, in words."""
    names = {
        "answers": _("an answer"),
        "requests": _("a question"),
        "refuses": _("a refusal"),
        "hands_off": _("a hand-off"),
        "concludes": _("the conclusion"),
        "leaves": _("the citizen left"),
        None: _("nothing: at least so long"),
    }
    return names.get(verb, str(verb))


def waits_table(waits: Sequence[Wait], hears_signs: bool, service: str | None = None) -> pd.DataFrame:
    """The waits of one session in order: at which step, from when, how long, how much of it in silence.

    Where the source hears no signs, nobody knows whether a wait was silent, and the table says so.
    """
    longest = [round(max((b - a for a, b, _c in w.silences), default=0.0), 2) for w in waits]
    silent = [any(w.silent) for w in waits]
    unknown = [_("not measurable")] * len(waits)
    return pd.DataFrame(
        {
            _("Step"): [step_name(service, w.step) for w in waits],
            _("From (s)"): [round(w.opened, 2) for w in waits],
            _("Lasted (s)"): [round(w.lasted, 2) for w in waits],
            _("Ended by"): [_closing(w.closed_by) for w in waits],
            _("Longest silence (s)"): longest if hears_signs else unknown,
            _("Silent"): silent if hears_signs else unknown,
        }
    )
