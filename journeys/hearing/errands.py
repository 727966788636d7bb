"""A task that a participant was given, and what was heard of it told as a robot's walk is: by the journey's own names.

It begins with the journey's shortest path and ends when its `done` came before their eyes, when they said that they
were done (`lab notes said_done`: whether they were is another question), or when they gave up. What came after that is
of no task. `lab notes pages_needed` says how many different pages the way takes, for how lost they were (Smith 1996).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from journeys.hearing.messages import Message
from journeys.hearing.retracing import retraced
from journeys.hearing.sentences import Names, moment
from journeys.journey import Journey, Visit
from journeys.steps import steps_of
from studies.events import ALL_VERBS, Sentence, Session
from studies.log import Log
from studies.places import address, agency_of, form_key, page_key
from studies.store.assignments import GAVE_UP, SAID_DONE, Assignment
from studies.words import pick

SAID, PAGES = "said_done", "pages_needed"  # tags of the lab's notes
DEAF: Final = frozenset({"rates", "asks", "forwards"})
#: what is heard of a task on a site without the tag: its beginning and its end
BESIDE: Final = frozenset({"begins", "leaves", "notes", "breaks"})


@dataclass(frozen=True, slots=True)
class Errand:
    """A journey under one condition, where it runs, in the participant's language; and how they said that it ended."""

    journey: Journey
    variant: str | None
    base: str  # where the variant's paths begin
    language: str
    ended: str | None = None  # done, said_done, gave_up, broke: as far as the lab or its pages were told
    ended_at: float | None = None  # epoch ms by the participant's clock

    def names(self) -> Names:
        """The journey's names for pages, forms and agencies."""
        return Names(
            lambda url: page_key(url, self.base),
            lambda action, form: form_key(action, self.base, form),
            lambda url: agency_of(url, self.journey, self.base),
        )

    def start(self) -> str:
        """The address where it begins: that of the script's first visit, else the base."""
        first = next((step for _id, step in steps_of(self.journey, self.variant) if isinstance(step, Visit)), None)
        return address(first.visit, self.base) if first else self.base


def based(journey: Journey, variant: str | None, base_url: str) -> str:
    """Where a variant's paths begin."""
    path = ((journey.variants[variant].path if variant in journey.variants else None) or "").strip("/")
    return base_url.rstrip("/") + (f"/{path}" if path else "")


def goals(journey: Journey) -> list[dict[str, Any]]:
    """What a page shows when the need is settled, in each language, as the recorder looks for it."""
    return [
        {"outcome": one.outcome, "texts": [one.text] if isinstance(one.text, str) else list(one.text.values())}
        for one in journey.done
    ]


def errand_of(given: Assignment, ended_at: float | None = None) -> Errand:
    """The errand of a participant's assignment."""
    told = given.told
    return Errand(
        Journey.model_validate(told["journey"]), given.condition, told["base"], given.language,
        given.state if given.over else None, ended_at,
    )  # fmt: skip


def as_errand(errand: Errand, said: Sequence[Sentence], messages: Sequence[Message], like: Sentence) -> list[Sentence]:
    """What was heard of an errand, with its steps, its beginning and its end."""
    done = next((m for m in messages if m["k"] == "done"), None)
    end = end_of(errand, messages)
    kept = _until(end, sorted(said, key=lambda s: s.when))
    if not kept:
        return []
    found = retraced(kept, errand.journey, errand.variant, errand.base, _pressed(messages, errand.names()))
    first = found.said[0]
    shortest = errand.journey.shortest_path
    begins = replace(
        like, when=first.when, verb="begins", about=errand.journey.journey, agency=errand.journey.agency,
        value=None if shortest is None else float(shortest),
    )  # fmt: skip
    needed = replace(
        like, when=first.when, actor="lab", verb="notes", about=PAGES, value=float(max(1, found.pages_needed))
    )
    told = [begins, needed, *found.said]
    last = max(s.when for s in told)
    if done is not None:
        seen = next((s for s in reversed(found.said) if s.verb == "answers"), None)
        told.append(
            replace(
                like, when=max(end or last, last), actor="service", verb="concludes", about=str(done["o"])[:60],
                step=seen.step if seen else None, agency=seen.agency if seen else errand.journey.agency,
            )
        )  # fmt: skip
    elif errand.ended == SAID_DONE:
        told.append(replace(like, when=max(end or last, last), actor="lab", verb="notes", about=SAID))
    elif errand.ended == GAVE_UP:
        told.append(replace(like, when=max(end or last, last), verb="leaves", agency=errand.journey.agency))
    return told


def over(errand: Errand | None, said: Sequence[Sentence]) -> bool:
    """Whether it is told already how an errand ended."""
    return errand is not None and any(
        s.verb in ("concludes", "leaves") or (s.verb == "notes" and s.about == SAID) for s in said
    )


def beside(given: Assignment) -> Log:
    """What is known of a task on a site that nobody could hear: when it began, how the participant says it ended."""
    errand = errand_of(given)
    began = given.began or given.ended or datetime.fromtimestamp(0).astimezone()
    ended = max(given.ended or began, began)
    like = Sentence(given.session, began, "citizen", "begins", case=given.session, agency=errand.journey.agency)
    shortest = errand.journey.shortest_path
    told = [replace(like, about=errand.journey.journey, value=None if shortest is None else float(shortest))]
    if given.state == GAVE_UP:
        told.append(replace(like, when=ended, verb="leaves", seq=1))
    else:
        tag, verb = (SAID, "notes") if given.state == SAID_DONE else ("stopped", "breaks")
        told.append(replace(like, when=ended, actor="lab", verb=verb, about=tag, seq=1))
    row = Session(
        session=given.session, started=began, ended=ended, source="participant", study=given.study,
        task=errand.journey.journey, condition=given.condition, participant=given.participant,
        language=given.language, hears=BESIDE,
    )  # fmt: skip
    return Log.of(told, [row])


def hears_of(errand: Errand) -> frozenset[str]:
    """What is heard of an errand on pages with the recorder: whether it is done only where the journey says what is."""
    return ALL_VERBS - DEAF - (frozenset() if errand.journey.done else {"concludes"})


def title_of(journey: Journey, language: str) -> str:
    """What the task is called, in the participant's language."""
    return pick(journey.title, language)


def _until(end: datetime | None, said: Sequence[Sentence]) -> list[Sentence]:
    """What belongs to the task: all that was done until its end, and what the service still made of that."""
    after = (place for place, s in enumerate(said) if end is not None and s.actor == "citizen" and s.when > end)
    return list(said[: next(after, len(said))])


def end_of(errand: Errand, messages: Sequence[Message]) -> datetime | None:
    """When an errand ended, by the participant's clock; None while it is under way."""
    done = next((m for m in messages if m["k"] == "done"), None)
    if done is not None:
        return moment(done["t"])
    return None if errand.ended_at is None else moment(errand.ended_at) + timedelta(milliseconds=1)


def _pressed(messages: Sequence[Message], names: Names) -> Mapping[datetime, str]:
    """The words of the button that sent a form, by when it was sent."""
    acts = {(m["p"], m["n"]): m for m in messages if m["k"] == "act"}
    found = {moment(m["t"]): names.label(m["l"]) for m in acts.values() if m.get("form")}
    for m in messages:
        if m["k"] == "sent" and (act := acts.get((m["p"], m.get("of")))) is not None:
            found[moment(m["t"])] = names.label(act["l"])
    return found
