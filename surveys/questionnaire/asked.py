"""What a participant is asked, from the first page to the last: instruments and own questions, and who is asked which.

A questionnaire is YAML that people can read; what is kept with the answers is the whole of it, every word resolved, so
that an instrument that changes later changes nothing for who was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from random import Random
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from studies.store.kept import Answer
from studies.words import _, languages
from surveys.questionnaire.rules import Rule, holds, names_in, read_rule

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Text = str | dict[str, str]
Kind = Literal["single", "multiple", "scale", "ranking", "number", "text", "consent"]

CONSENT: Final = "consent"  # the name of the page on which everybody agrees first
NEEDED: Final = "answers"  # the purpose without which nothing is asked
RATHER_NOT: Final = "-"  # what a form sends for "I prefer not to say"
MOST_RADIOS: Final = 11  # points of a scale that stand side by side; a longer one is written as a number
LONGEST: Final = 2000  # characters of a text, unless told otherwise


class Part(BaseModel):
    """A part of a questionnaire: what is not known in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _worded(*texts: Text | None) -> set[str] | None:
    """The languages in which all of these texts are there; None: any."""
    maps = [set(text) for text in texts if isinstance(text, dict)]
    return set.intersection(*maps) if maps else None


class Choice(Part):
    """One of the answers that can be chosen; `value` is its number in the log, its place unless told."""

    choice: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][\w.-]{0,60}$")]
    text: Text
    value: float | None = None
    face: str | None = None  # one sign drawn above its words


class Question(Part):
    """One thing asked.

    `required` is answered before one goes on; `wanted` is asked for once more when it was left out. Numbers lie between
    `low` and `high`; `anchors` say what points of a scale mean. `most` is a text's length or how many may be chosen.
    """

    id: Id
    kind: Kind
    text: Text
    hint: Text | None = None
    choices: list[Choice] = []
    low: float | None = None
    high: float | None = None
    step: float = Field(default=1, gt=0)
    anchors: dict[int, Text] = {}
    whole: bool = False
    most: int | None = Field(default=None, ge=1)
    required: bool = False
    wanted: bool = False
    prefer_not: bool = False
    not_apply: bool = False  # "does not apply" may be chosen
    look: Literal["points", "faces", "pair"] = "points"
    reversed: bool = False
    shuffled: bool = False
    when: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Question:
        if self.kind in ("single", "multiple", "ranking"):
            if len(self.choices) < 2:
                raise ValueError(
                    _("{question}: a {kind} question needs at least two choices").format(
                        question=self.id, kind=self.kind
                    )
                )
            names = [one.choice for one in self.choices]
            if len(set(names)) < len(names):
                raise ValueError(_("{question}: two choices have the same name").format(question=self.id))
        elif self.choices:
            raise ValueError(_("{question}: a {kind} question has no choices").format(question=self.id, kind=self.kind))
        if self.kind == "scale" and (self.low is None or self.high is None or self.low >= self.high):
            raise ValueError(_("{question}: a scale needs low and high, and high above low").format(question=self.id))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(_("{question}: low is above high").format(question=self.id))
        if self.when is not None:
            read_rule(self.when)
        return self

    @cached_property
    def rule(self) -> Rule | None:
        """Who is asked this; None: everybody."""
        return None if self.when is None else read_rule(self.when)

    @cached_property
    def points(self) -> list[float]:
        """The points of a scale, from low to high."""
        low, high = self.low or 0.0, self.high or 0.0
        # As they are written: three steps of 0.1 are 0.3, which is what somebody types.
        return [round(low + self.step * n, 9) for n in range(int((high - low) / self.step + 1e-9) + 1)]

    @cached_property
    def allowed(self) -> dict[str, float]:
        """The points of a scale by what a form sends for them."""
        return {f"{point:g}": point for point in self.points}

    @cached_property
    def chosen(self) -> bool:
        """Whether it is one point of a scale whose points stand side by side."""
        return self.kind == "scale" and not self.written

    @cached_property
    def written(self) -> bool:
        """Whether the answer is written rather than chosen."""
        return self.kind in ("number", "text") or (self.kind == "scale" and len(self.points) > MOST_RADIOS)

    @cached_property
    def integral(self) -> bool:
        """Whether only whole numbers are answers."""
        return all(point.is_integer() for point in self.points) if self.kind == "scale" else self.whole

    @cached_property
    def may_decline(self) -> bool:
        """Whether "I prefer not to say" or "does not apply" can be chosen."""
        return self.prefer_not or self.not_apply

    def order(self, seed: str) -> list[Choice]:
        """The choices as one person sees them."""
        if not self.shuffled:
            return self.choices
        return Random(f"{seed} {self.id}").sample(self.choices, len(self.choices))


class Page(Part):
    """What stands on one page: an instrument, or own questions."""

    page: Id
    title: Text
    lead: Text | None = None
    instrument: str | None = None
    questions: list[Question] = Field(min_length=1)
    shuffled: bool = False
    when: str | None = None

    @cached_property
    def rule(self) -> Rule | None:
        """Who comes to this page; None: everybody."""
        return None if self.when is None else read_rule(self.when)

    def asked(self, answers: Mapping[str, Answer], seed: str) -> list[Question]:
        """The questions of this page that somebody with these answers is asked, in their order."""
        if not self.varies:
            return self.questions
        mine = [one for one in self.questions if one.rule is None or holds(one.rule, answers)]
        return Random(f"{seed} {self.page}").sample(mine, len(mine)) if self.shuffled else mine

    @cached_property
    def varies(self) -> bool:
        """Whether it is not the same page for everybody."""
        return self.shuffled or any(one.when or one.shuffled for one in self.questions)


class Purpose(Part):
    """What answers are wanted for. Without `text` it is one that the pages have words for."""

    purpose: Id
    text: Text | None = None


class Quota(Part):
    """So many are asked of a kind, and no more."""

    quota: Id
    when: str
    most: int = Field(ge=1)

    @cached_property
    def rule(self) -> Rule:
        """Who belongs to it."""
        return read_rule(self.when)


class Screener(Part):
    """One page first; whoever it does not let through is thanked."""

    page: Page
    takes: str

    @cached_property
    def rule(self) -> Rule:
        """Who is let through."""
        return read_rule(self.takes)


class Questionnaire(Part):
    """Everything that is asked, resolved: what is kept with the answers."""

    questionnaire: Id
    title: Text | None = None
    purposes: list[Purpose] = [Purpose(purpose=NEEDED)]
    screener: Screener | None = None
    pages: list[Page]  # none: only agreed to, or screened by
    shuffled: list[list[str]] = []  # pages that change places with each other, person by person
    quotas: list[Quota] = []

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Questionnaire:
        names = [page.page for page in self.every()]
        ids = [question.id for page in self.every() for question in page.questions]
        for all_of_it, said in (
            (names, _("two pages are called “{name}”")),
            (ids, _("two questions are called “{name}”")),
        ):
            if twice := [one for one in all_of_it if all_of_it.count(one) > 1]:
                raise ValueError(said.format(name=twice[0]))
        if CONSENT in names:
            raise ValueError(
                _("no page may be called “{consent}”: that is the page on which everybody agrees first").format(
                    consent=CONSENT
                )
            )
        if not any(one.purpose == NEEDED for one in self.purposes):
            raise ValueError(_("purposes must hold “{needed}”: without it nothing may be stored").format(needed=NEEDED))
        self._look_back_only(ids)
        if not self.languages:
            raise ValueError(_("there is no language in which all of it is worded"))
        return self

    def _look_back_only(self, ids: list[str]) -> None:
        before: set[str] = set()
        movable = {page for group in self.shuffled for page in group}
        for page in self.every():
            rules = [(page.page, page.rule), *((one.id, one.rule) for one in page.questions)]
            for whose, rule in rules:
                for name in sorted(names_in(rule) - before) if rule else ():
                    later = _(
                        "the rule of {whose} looks at “{name}”, which stands on the same page or later: ask it on an "
                        "earlier page"
                    )
                    never = _("the rule of {whose} looks at “{name}”, which is not asked")
                    raise ValueError((later if name in ids else never).format(whose=whose, name=name))
            if page.page not in movable:
                before |= {one.id for one in page.questions}
        every = [("screener", self.screener.rule)] if self.screener else []
        for whose, rule in [*every, *((one.quota, one.rule) for one in self.quotas)]:
            if unknown := sorted(names_in(rule) - set(ids)):
                raise ValueError(
                    _("the rule of {whose} looks at “{name}”, which is not asked").format(whose=whose, name=unknown[0])
                )

    def every(self) -> Iterator[Page]:
        """The pages as written, the screener first."""
        if self.screener:
            yield self.screener.page
        yield from self.pages

    @cached_property
    def by_name(self) -> dict[str, Page]:
        """The pages by name."""
        return {page.page: page for page in self.every()}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by its id."""
        return {one.id: one for page in self.every() for one in page.questions}

    @cached_property
    def languages(self) -> list[str]:
        """The languages in which all of it is worded, English first when it is among them."""
        told = [_worded(self.title, *(one.text for one in self.purposes))]
        for page in self.every():
            told.append(_worded(page.title, page.lead))
            for one in page.questions:
                told.append(_worded(one.text, one.hint, *one.anchors.values(), *(c.text for c in one.choices)))
        worded = [one for one in told if one is not None]
        if not self.pages and not worded:  # the page on which everybody agrees is worded in every language
            return sorted(languages(), key=lambda code: (code != "en", code))
        return sorted(set.intersection(*worded), key=lambda code: (code != "en", code)) if worded else ["en"]

    @cached_property
    def written_order(self) -> list[Page]:
        """The pages as written, the screener first."""
        return list(self.every())

    def order(self, seed: str) -> list[Page]:
        """The pages in the order in which one person comes to them."""
        if not self.shuffled:
            return self.written_order
        place = {page.page: page.page for page in self.every()}
        for number, group in enumerate(self.shuffled):
            for was, now in zip(group, Random(f"{seed} {number}").sample(group, len(group)), strict=True):
                place[was] = now
        return [self.by_name[place[page.page]] for page in self.every()]

    @property
    def instruments(self) -> list[str]:
        """The instruments that are asked."""
        return [page.instrument for page in self.pages if page.instrument]

    def kept(self) -> dict[str, Any]:
        """The whole as it is kept."""
        return self.model_dump(mode="json", exclude_defaults=True)
