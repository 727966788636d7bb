"""What does one press of a button come to? Decided on where its sender stands at that moment, and on nothing else.

Pure: the store calls it inside the transaction that writes what it decides. Whatever is odd about a submission is
flagged and kept; only what cannot be an answer is left out, and its sender is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from studies.store.kept import (
    CLOSED,
    DECLINED,
    FINISHED,
    FULL,
    OPEN,
    SCREENED_OUT,
    Agreed,
    Answer,
    Count,
    Decide,
    Decision,
    Entry,
    Standing,
)
from studies.store.turns import AGAIN, after
from surveys.questionnaire.asked import CONSENT, NEEDED, Page, Question, Questionnaire
from surveys.questionnaire.rules import holds, names_in
from surveys.sent import Sent, answers_to

#: which text was agreed to; a new one whenever the consent page says something else
CONSENT_WORDING: Final = "answers-2"

#: what makes somebody look twice at a submission
HIDDEN_FIELD, TOO_FAST, ALL_ALIKE = "hidden_field", "too_fast", "all_alike"
INCOMPLETE: Final = "incomplete"  # a kiosk's page of which only a part could be kept
#: seconds an item, below which nobody has read it: Huang, Curran, Keeney, Poposki and DeShon (2012), Detecting and
#: deterring insufficient effort responding to surveys, Journal of Business and Psychology 27, 99-114
READ_IN: Final = 2.0
FEW: Final = 5  # items on a page below which neither speed nor sameness says much


@dataclass(frozen=True, slots=True)
class Lead:
    """On to wherever the participant is to be."""


@dataclass(frozen=True, slots=True)
class Say:
    """A page that says one thing."""

    message: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Again:
    """The same page again: what was wrong, what is missing, and everything that is kept."""

    page: Page
    answers: Mapping[str, Answer]
    language: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    may_skip: bool = False


Told = Lead | Say | Again


def language_of(asked: Questionnaire, standing: Standing, wishes: Sequence[str]) -> str:
    """The language in which somebody reads: the one they chose, else what their browser asks for."""
    chosen = standing.invitation.language
    if chosen in asked.languages:
        return str(chosen)
    return next((wish for wish in wishes if wish in asked.languages), asked.languages[0])


def path_of(asked: Questionnaire, standing: Standing) -> list[Page]:
    """The pages that somebody comes to, as far as their answers tell by now."""
    seed = standing.invitation.token
    return [
        page
        for page in asked.order(seed)
        if page.page in standing.pages
        or (
            (page.rule is None or holds(page.rule, standing.answers))
            and (not page.varies or page.asked(standing.answers, seed))
        )
    ]


def next_page(asked: Questionnaire, standing: Standing) -> Page | None:
    """The first page that somebody has not sent off; None at the end."""
    return next((page for page in path_of(asked, standing) if page.page not in standing.pages), None)


#: What somebody is asked, as it was kept when they were invited.
AskedOf = Callable[[Standing], Questionnaire]


def press(
    asked_of: AskedOf, token: str, sent: Sent, wishes: Sequence[str] = (), seconds: float | None = None
) -> Decide:
    """One press of a button, to be decided on in its turn. `seconds` is how long a kiosk says that its page took.

    Whoever answered at a kiosk has gone and cannot be shown a page again: it is closed with what of it can be kept.
    """

    def decide(standing: Standing | None, count: Count, now: datetime) -> Decision:
        if standing is None:
            return Decision(None, Say("unknown", 404))
        asked = asked_of(standing)
        name, state = sent.one("page") or "", standing.invitation.state
        reading = language_of(asked, standing, wishes)
        switch = sent.one("language") if sent.one("language") in asked.languages else None
        spoken = sent.one("spoken") if sent.one("spoken") in asked.languages else reading
        if name == CONSENT and state not in (FINISHED, SCREENED_OUT, FULL):
            return _consent(asked, sent, state, spoken or reading, switch)
        page = asked.by_name.get(name)
        if page is None:
            return Decision(Entry(name, reading, speak=switch) if switch else None, Lead())
        if state == CLOSED:
            return Decision(None, Say("closed", 410))
        if not standing.agreed or state in (DECLINED, SCREENED_OUT, FULL):
            return Decision(None, Lead())
        if state != OPEN or page.page in standing.pages:
            # Sent off already, and other answers now: said, rather than seeming to have taken these.
            return Decision(Entry(page.page, reading, flags=(AGAIN,)), Say("received", 409))
        return _answers(asked, token, page, sent, standing, count, now, spoken or reading, switch, seconds)

    return decide


def _consent(asked: Questionnaire, sent: Sent, state: str, spoken: str, switch: str | None) -> Decision:
    if state == CLOSED:
        return Decision(None, Say("closed", 410))
    if switch:
        return Decision(Entry(CONSENT, spoken, speak=switch), Lead())
    said = sent.one("agree")
    if said not in ("yes", "no"):
        return Decision(None, Lead())
    wanted = sent.fields.get("purpose", ())
    purposes = {
        one.purpose: said == "yes" and (one.purpose == NEEDED or one.purpose in wanted) for one in asked.purposes
    }
    flags = (HIDDEN_FIELD,) if sent.fields.get("website", [""])[0] else ()
    entry = Entry(
        CONSENT, spoken, said={}, state=OPEN if said == "yes" else DECLINED, agreed=Agreed(purposes, CONSENT_WORDING),
        flags=flags,
    )  # fmt: skip
    return Decision(entry, Lead())


def _answers(
    asked: Questionnaire, token: str, page: Page, sent: Sent, standing: Standing, count: Count, now: datetime,
    spoken: str, switch: str | None, seconds: float | None,
) -> Decision:  # fmt: skip
    questions = page.asked(standing.answers, token)
    given, wrong = answers_to(questions, sent)
    answers = {**standing.answers, **given}
    missing = [one.id for one in questions if one.id not in wrong and _is_missing(one, answers)]
    must = [one.id for one in questions if one.required and one.id in missing]
    whole = not wrong and (not missing or (sent.one("skip") == "yes" and not must))
    complete = not switch and (whole or seconds is not None)
    if not given and not complete:
        entry = Entry(page.page, spoken, speak=switch) if switch else None
        there = standing
    else:
        entry = Entry(page.page, spoken, said=given, complete=complete, speak=switch)
        there = after(standing, entry, now)
    if complete and entry is not None:
        state, places = _comes_to(asked, page, there, count)
        flags = _flags(page, questions, given, sent, standing, now, seconds) + (() if whole else (INCOMPLETE,))
        entry = Entry(page.page, spoken, said=given, complete=True, state=state, places=places, flags=flags)
        return Decision(entry, Lead())
    if switch and not wrong:
        return Decision(entry, Lead())
    told = Again(
        page, answers, switch or spoken, wrong, () if switch else missing, bool(missing) and not (wrong or must)
    )
    return Decision(entry, told)


def _is_missing(one: Question, answers: Mapping[str, Answer]) -> bool:
    # None is an answer: they would rather not say.
    if not (one.required or one.wanted):
        return False
    if one.id not in answers or answers[one.id] == []:
        return True
    return one.kind == "consent" and one.required and answers[one.id] != "yes"


def _comes_to(asked: Questionnaire, page: Page, there: Standing, count: Count) -> tuple[str | None, tuple[str, ...]]:
    """What a page that is complete makes of its sender: finished, not looked for, one too many, or nothing yet."""
    if asked.screener and page.page == asked.screener.page.page and not holds(asked.screener.rule, there.answers):
        return SCREENED_OUT, ()
    just_said = {one.id for one in page.questions}
    places = []
    for quota in asked.quotas:
        looks_at = names_in(quota.rule)
        if looks_at & just_said and looks_at <= set(there.answers) and holds(quota.rule, there.answers):
            if count(quota.quota) >= quota.most:
                return FULL, ()
            places.append(quota.quota)
    return FINISHED if next_page(asked, there) is None else None, tuple(places)


def _flags(
    page: Page, questions: Sequence[Question], given: Mapping[str, Answer], sent: Sent, standing: Standing,
    now: datetime, seconds: float | None,
) -> tuple[str, ...]:  # fmt: skip
    if standing.invitation.rehearsed:  # a robot is known as one anyway
        return ()
    flags = []
    if any(sent.fields.get("website", ())):
        flags.append(HIDDEN_FIELD)
    if seconds is None and standing.latest is not None:
        seconds = (now - standing.latest).total_seconds()
    if len(given) >= FEW and seconds is not None and seconds < READ_IN * len(given):
        flags.append(TOO_FAST)
    rated = [one for one in questions if one.kind == "scale" and isinstance(given.get(one.id), float)]
    # Only where agreeing with everything would contradict itself.
    if len(rated) >= FEW and len({one.reversed for one in rated}) == 2 and len({given[one.id] for one in rated}) == 1:
        flags.append(ALL_ALIKE)
    return tuple(flags)
