"""What a protocol settles before anybody takes part: who, in which order, what is asked, when to stop, what is sought.

Each is a part of study.yaml. A study without them is one that robots walk as told.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
Share = Annotated[float, Field(gt=0, lt=1)]
Text = str | dict[str, str]


class Part(BaseModel):
    """Nothing is accepted that is not understood."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Hypothesis(Part):
    """What is expected before anybody looks, and in which measure it would show."""

    hypothesis: Name
    says: Text
    measure: Name
    expects: Literal["lower", "higher", "different"] = "different"  # of the last condition against the first


class Quota(Part):
    """So many of a kind are taken, and no more; `when` is a rule over the screener's answers."""

    quota: Name
    when: str
    most: int = Field(ge=1)


class Participants(Part):
    """Who takes part and who meets what in which order; an order is balanced within each language."""

    languages: dict[Language, Annotated[int, Field(ge=1, le=10_000)]] = Field(min_length=1)
    design: Literal["within", "between"] = "within"  # everybody meets every condition, or each one of them
    order: Literal["balanced", "as_told"] = "balanced"
    screener: dict[str, Any] | None = None  # a page and whom it takes, as in a questionnaire
    consent: list[Name | dict[str, Any]] = ["answers"]
    quotas: list[Quota] = []


class Questionnaires(Part):
    """Instruments and own questionnaires by name: after each task, and when everything is over."""

    after_task: list[str] = []
    at_end: list[str] = []


class Stopping(Part):
    """When no further participant is asked: when all planned took part, or a margin is reached after so many."""

    measure: Name | None = None
    margin: float | None = Field(
        default=None, gt=0
    )  # half the width of its interval, of a mean or a share, in each condition
    at_least: int = Field(default=2, ge=2)


class Analysis(Part):
    """One comparison that was planned. `paired` is for the same people under both."""

    measure: Name
    compare: Literal["conditions", "languages", "tasks"] = "conditions"
    paired: bool | None = None
    hypothesis: Name | None = None


class Planning(Part):
    """What is assumed when the number of participants is planned; an assumption, nothing that was found."""

    completion: Share = 0.78  # the mean of 1,189 tasks in Sauro 2011
    margin: Share = 0.1  # of the interval of the share who complete
    better: Share | None = 0.9  # a share under the last condition that must not be missed
    together: float | None = Field(default=None, ge=0, lt=1)  # how far the same people fare alike under both (phi)
    difference: float | None = Field(default=None, gt=0)  # of means, in the measure's unit
    spread: float | None = Field(default=None, gt=0)  # standard deviation: of a group, or within, of the differences
    problem: Share = 0.31  # how likely one participant shows a problem (Nielsen and Landauer 1993)
    goal: Share = 0.85  # the share of such problems to be seen
    power: Share = 0.8
    confidence: Share = 0.95


class Tag(Part):
    """A tag of the study's own on the moderator's desk, and the one key that it is set with."""

    tag: Name
    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]$")]
    says: Text


class Moderator(Part):
    """What a moderator reads out before a session begins, and what they look out for besides."""

    script: Text | None = None
    tags: list[Tag] = []
