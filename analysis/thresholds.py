"""What a service must hold, told in a schedule file, and whether a study held it: for alerts that come by themselves.

    study: demo
    hold:
      - {metric: silent_time, at_most: 5, condition: redesigned}
      - {metric: outcome, at_least: 0.9}
      - {metric: satisfaction, instrument: sus, at_least: 68, sure: true}
      - {metric: steps, worse_by: 0.1}

`at_most` and `at_least` are in the metric's unit (the outcome: the share of needs settled; satisfaction: points of the
named `instrument`, else of the one answered most, as in reports and on the scoreboard). `worse_by` is against the last
time that all held. `sure` alerts only when the whole 95 % interval lies beyond. What cannot be measured holds nothing:
it is an alert of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from analysis.comparison import Comparison, Estimate, Found, estimate
from analysis.measure import metrics
from analysis.report.satisfaction import Scale, robots_answered, scale_of, scores_of
from studies.misfits import dotted, first_misfit
from studies.planning.protocol import Language, Name, Part
from studies.troubles import WrongInput
from studies.words import _

Survey = Mapping[str, Any] | None
SATISFACTION: Final = "satisfaction"
#: people's figures of fewer cases than this are somebody's, and leave the house in no webhook
FEWEST_PEOPLE: Final = 5


class Threshold(Part):
    """One thing that must hold: of all journeys together, or of one; under one condition, or the last of each."""

    metric: Name
    at_most: float | None = None
    at_least: float | None = None
    worse_by: Annotated[float, Field(gt=0)] | None = None
    condition: Name = "as_is"
    journey: str | None = None
    instrument: Name | None = None
    who: Literal["people", "robots"] | None = None
    sure: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> Threshold:
        if sum(one is not None for one in (self.at_most, self.at_least, self.worse_by)) != 1:
            raise ValueError(_("say one of at_most, at_least, worse_by"))
        if self.metric != SATISFACTION and self.metric not in metrics():
            raise ValueError(
                _("there is no metric {metric}. There are: {there}").format(
                    metric=self.metric, there=", ".join([*metrics(), SATISFACTION])
                )
            )
        if self.instrument and self.metric != SATISFACTION:
            raise ValueError(_("an instrument is said of satisfaction alone"))
        return self


class Reporting(Part):
    """The report that is built each time."""

    lang: list[Language] = ["en", "ar"]
    format: Literal["html", "pdf", "pptx", "xlsx", "csv"] = "html"
    audience: Literal["leaders", "designers"] = Field(default="leaders", alias="for")
    digits: Literal["european", "arabic_indic"] = "european"
    dates: Literal["gregorian", "hijri"] = "gregorian"


class Schedule(Part):
    """What is done each time: who walks, what must hold, which report is built, whom to tell."""

    study: str
    walk: Literal["browser", "wire", "rehearsal", "nobody"] = "browser"
    hold: list[Threshold] = Field(min_length=1)
    report: Reporting | None = Reporting()
    webhook: str | None = Field(default=None, pattern=r"^https?://[^\s@]+$")
    tell: Literal["always", "alerts"] = "alerts"
    keep: int = Field(default=30, ge=1)


def read_schedule(path: Path) -> Schedule:
    """The schedule that a file tells. Raises WrongInput naming the place and what is wrong there."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as cause:
        text = _("The schedule {path} cannot be read: {why}.")
        raise WrongInput(text.format(path=path, why=cause.strerror)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise WrongInput(_("{path} is no YAML: {cause}").format(path=path.name, cause=cause)) from None
    if not isinstance(told, dict):
        raise WrongInput(
            _("{path}: a schedule is keys with values: study, hold, report, webhook.").format(path=path.name)
        )
    try:
        return Schedule.model_validate(told)
    except ValidationError as wrong:
        place, message = first_misfit(wrong)
        raise WrongInput(f"{path.name}, {dotted(place)}: {message}.") from None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one threshold held: `held`, `alert`, or `unknown` where nothing could be measured."""

    threshold: Threshold
    state: str
    who: str
    one: Estimate
    limit: float | None
    says: str
    instrument: str | None = None  # by which satisfaction was judged

    def json(self) -> dict[str, Any]:
        """What may leave the house: figures over cases, and none of people where they are so few that it is theirs."""
        few = self.who == "people" and self.one.n < FEWEST_PEOPLE
        figures = (None, None, None) if few else (self.one.value, self.one.low, self.one.high)
        value, low, high = figures
        return {
            "metric": self.threshold.metric, "condition": self.threshold.condition, "journey": self.threshold.journey,
            "instrument": self.instrument,
            "who": self.who, "state": self.state, "value": value, "ci_low": low, "ci_high": high,
            "n": None if few else self.one.n, "withheld": few, "limit": self.limit,
        }  # fmt: skip


def judged(
    schedule: Schedule,
    rows: Sequence[Comparison],
    surveys: Mapping[str | None, Survey],
    before: Mapping[str, float],
) -> list[Verdict]:
    """Each threshold against what was measured; `before` is what each came to when all held last.

    `surveys` is what was answered, by instrument; None stands for the one answered most.
    """
    return [_judged(one, rows, surveys.get(one.instrument), before) for one in schedule.hold]


def key(threshold: Threshold, who: str, instrument: str | None = None) -> str:
    """By what a threshold's figure is found again next time; points of one instrument are none of another."""
    metric = f"{threshold.metric}:{instrument}" if instrument else threshold.metric
    return "/".join([metric, threshold.condition, threshold.journey or "*", who])


def _judged(asked: Threshold, rows: Sequence[Comparison], survey: Survey, before: Mapping[str, float]) -> Verdict:
    scale = scale_of(survey) if survey and asked.metric == SATISFACTION else None
    by = scale.instrument if scale else asked.instrument
    who, one = _figure(asked, rows, survey)
    about = scale.said if scale else by or asked.journey
    name = asked.metric + (f" ({about})" if about else "")
    if one.value is None:
        text = _("{name}: nothing could be measured under {condition}.")
        return Verdict(asked, "unknown", who, one, None, text.format(name=name, condition=asked.condition), by)
    limit, upper = _limit(asked, scale, before.get(key(asked, who, by)))
    if limit is None:
        text = _("{name}: {value:.3g}; nothing to compare with yet.")
        return Verdict(asked, "held", who, one, None, text.format(name=name, value=one.value), by)
    sure = one.low if upper else one.high
    judged_by = sure if asked.sure and sure is not None else one.value
    beyond = judged_by > limit if upper else judged_by < limit
    text = (
        _("{name}, {condition}: {value:.3g} (n = {n}); at most {limit:.3g}.")
        if upper
        else _("{name}, {condition}: {value:.3g} (n = {n}); at least {limit:.3g}.")
    )
    says = text.format(name=name, condition=asked.condition, value=one.value, n=one.n, limit=limit)
    return Verdict(asked, "alert" if beyond else "held", who, one, limit, says, by)


def _limit(asked: Threshold, scale: Scale | None, last: float | None) -> tuple[float | None, bool]:
    """The limit, and whether it is one from above."""
    if asked.at_most is not None:
        return asked.at_most, True
    if asked.at_least is not None:
        return asked.at_least, False
    better = scale.better if scale else "higher" if asked.metric == "outcome" else metrics()[asked.metric].BETTER
    if last is None:
        return None, better != "higher"
    leeway = abs(last) * (asked.worse_by or 0.0)  # some scales reach below zero
    return (last - leeway, False) if better == "higher" else (last + leeway, True)


def _figure(asked: Threshold, rows: Sequence[Comparison], survey: Survey) -> tuple[str, Estimate]:
    """Whose figure it is, people's where there are any, and the figure over all cases that it is about."""
    if asked.metric == SATISFACTION:
        scores = dict(scores_of(survey))
        who = "robots" if scores and robots_answered(survey) else "people"
        return who, scores.get(asked.condition) or scores.get(None) or Estimate()
    mine = [r for r in rows if r.metric == asked.metric and asked.journey in (None, r.journey)]
    everyone = [asked.who] if asked.who else [w for w in ("people", "robots") if any(r.who == w for r in mine)]
    who = everyone[0] if everyone else "robots"
    sides = [getattr(r, asked.condition, None) for r in mine if r.who == who]
    values = [v for side in sides if side is not None for v in side.values]
    if asked.metric == "outcome":
        return who, estimate("outcome", [Found("value", "concluded" if v else "left") for v in values])
    return who, estimate(asked.metric, [Found("value", v) for v in values])
