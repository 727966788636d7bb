"""What a report says of satisfaction: by which instrument it was asked, the scores by condition, what warns of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis import answers_kept, charts, figures
from analysis.comparison import Estimate, who_is
from analysis.report import tables
from studies.store import Store
from studies.words import _, language
from studies.workspace import Workspace
from surveys import answers
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named

SUS: Final = "sus"
#: the mean of 446 published studies by SUS (Sauro 2011); no other instrument has one that holds for all services
SUS_USUAL: Final = 68.0

Scores = Sequence[tuple[str | None, Estimate]]


@dataclass(frozen=True, slots=True)
class Scale:
    """The instrument that satisfaction was asked by: its title in the language in force, its range, its good end."""

    instrument: str
    title: str
    low: float
    high: float
    better: str  # higher, lower

    @property
    def usual(self) -> float | None:
        """Where published studies lie on it."""
        return SUS_USUAL if self.instrument == SUS else None

    @property
    def reach(self) -> str:
        """From where to where a score can be."""
        return _("{low} to {high}").format(**self._ends())

    @property
    def score(self) -> str:
        """What an axis or a column of scores is called."""
        return _("{instrument} score, {low} to {high}").format(instrument=self._short(), **self._ends())

    @property
    def scores(self) -> str:
        """What a table of scores is called."""
        return _("{instrument} scores").format(instrument=self._short())

    @property
    def worded(self) -> str:
        """The title, and which end is good."""
        text = _("{instrument}, {low} worst to {high} best")
        if self.better == "lower":
            text = _("{instrument}, {low} best to {high} worst")
        return text.format(instrument=self.title, **self._ends())

    @property
    def said(self) -> str:
        """The same inside a sentence, in brackets."""
        text = _("{instrument}, {low} to {high}")
        if self.better == "lower":
            text = _("{instrument}, {low} to {high}, less is better")
        return text.format(instrument=self._short(), **self._ends())

    def within(self, one: Estimate) -> tuple[float | None, float | None]:
        """An interval as far as the scale reaches."""
        return (
            None if one.low is None else max(self.low, one.low),
            None if one.high is None else min(self.high, one.high),
        )

    @property
    def digits(self) -> int:
        """How many digits behind the point tell something."""
        return 1 if self.high - self.low >= 50 else 2

    def _short(self) -> str:
        return "SUS" if self.instrument == SUS else self.title

    def _ends(self) -> dict[str, str]:
        return {"low": figures.number(self.low), "high": figures.number(self.high)}


def scale_facts(asked: Instrument) -> dict[str, Any]:
    """What a report must know of an instrument, as it is kept beside a study (JSON)."""
    titles = {tongue: wording.title for tongue, wording in asked.wording.items()}
    return {"title": titles, "range": list(asked.scoring.range), "better": asked.better}


def scale_of(survey: Mapping[str, Any] | None) -> Scale:
    """By what satisfaction was asked, in the language in force; SUS where nothing else was kept."""
    name = str((survey or {}).get("instrument") or SUS)
    told = (survey or {}).get("scale") or scale_facts(instrument_named(name))
    low, high = told["range"]
    titles = told["title"]
    title = titles.get(language()) or figures.island(titles["en"])
    if name == SUS:
        title = _("System Usability Scale (SUS)")
    return Scale(name, title, float(low), float(high), told["better"])


def asked_of(study: str, space: Workspace, instrument: str | None = None) -> dict[str, Any] | None:
    """What the survey amounts to by now: people's answers when there are any, else rehearsed ones.

    By the instrument that was answered most, as on the scoreboard, unless another is named. None where nobody answered.
    """
    store = Store(space.database_url)
    try:
        if study not in store.studies():
            return None
        name = instrument or answers_kept.answered(study, store, space).most_answered()
        told = answers.scores(store, study, name, space) if name else None
    finally:
        store.close()
    if not name or not told or not told["n"]:
        return None
    return {
        "instrument": name,
        "scale": scale_facts(instrument_named(name, space)),
        "source": "robot" if told["rehearsed"] else "participant",
        "conditions": told["by_condition"] or {"": told},
        "validated": told["validated"],
    }


def robots_answered(survey: Mapping[str, Any] | None) -> bool:
    """Whether a survey's answers were rehearsed by robots: they say nothing about anyone's satisfaction."""
    return bool(survey) and who_is((survey or {}).get("source") or "robot") == "robots"


def scores_of(survey: Mapping[str, Any] | None) -> list[tuple[str | None, Estimate]]:
    """The scores by condition, as-is first; None stands for a survey that knows no conditions."""
    if not survey:
        return []
    told: dict[str, Any] = survey.get("conditions") or ({"": survey} if "mean" in survey else {})
    found: list[tuple[str | None, Estimate]] = []
    for condition in sorted(told, key=lambda c: (c != "as_is", c)):
        n, mean, low, high = (told[condition].get(key) for key in ("n", "mean", "ci_low", "ci_high"))
        found.append((condition or None, Estimate(n or 0, mean, low, high)))
    return found


def from_people(survey: Mapping[str, Any] | None, scores: Scores) -> list[tuple[str, float]]:
    """The scores that people gave, none that robots did."""
    if robots_answered(survey):
        return []
    return [(condition, one.value) for condition, one in scores if condition and one.value is not None]


def survey_part(survey: Mapping[str, Any] | None, scores: Scores, scale: Scale) -> dict[str, Any] | None:
    """What a report says of satisfaction: scores by condition with intervals, their chart, and what warns of them.

    None where nobody was asked.
    """
    if not survey or not scores:
        return None
    who = "robots" if robots_answered(survey) else "people"
    any_score = any(one.value is not None for _c, one in scores)
    rehearsal = _(
        "Robots filled in these answers to rehearse the survey; they say nothing about anyone’s satisfaction."
    )
    unproven = _("The wording in “{language}” is not validated.")
    notes = [rehearsal] * (who == "robots")
    notes += [unproven.format(language=tongue) for tongue, valid in survey.get("validated", {}).items() if not valid]
    usual = _("A SUS score is no percentage. Half of the published studies lie below 68; they were mainly in English.")
    return {
        "who": who,
        "scale": scale,
        "chart": _chart(scores, scale) if any_score else "",
        "rows": rows(scores, scale),
        "usual": usual if scale.usual is not None else "",
        "notes": notes,
    }


def rows(scores: Scores, scale: Scale) -> list[dict[str, str]]:
    """Scores by condition: mean, interval, n."""
    return [
        {
            "name": tables.condition_or_all(name),
            "mean": figures.number(None if one.value is None else figures.rounded(one.value, scale.digits)),
            "interval": _interval(one, scale),
            "n": figures.number(one.n),
        }
        for name, one in scores
    ]


def _interval(one: Estimate, scale: Scale) -> str:
    low, high = scale.within(one)
    if low is not None and high is not None:
        return figures.span(figures.rounded(low, scale.digits), figures.rounded(high, scale.digits))
    return _("none with one answer") if one.n == 1 else figures.NOTHING


def _chart(scores: Scores, scale: Scale) -> str:
    named = [(tables.condition_or_all(name), one) for name, one in scores]
    label = _("{scores} with their 95 % intervals").format(scores=scale.scores)
    drawn = charts.satisfaction(named, scale.score, (scale.low, scale.high), scale.usual)
    return charts.svg(drawn, "scores", label)
