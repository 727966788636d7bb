"""Calls and visits that a journey declares: a scripted conversation becomes a sitting of its own in the same case.

Nobody really calls. The script is what such a conversation is like; its sentences are a robot's, and labelled so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from journeys.diary import Diary
from journeys.journey import Attend, Call, Conversation
from studies.events import Sentence, Session
from studies.log import Log
from studies.script import parse

if TYPE_CHECKING:
    from journeys.walk import Walk

USUAL: Final = {"call": "phone", "attend": "desk"}


def conversation_of(step: Call | Attend) -> Conversation:
    """The call or visit in person that a step declares: with whom, and what is said in each variant."""
    return step.call if isinstance(step, Call) else step.attend


def channel_of(step: Call | Attend) -> str:
    """The channel it is held in: what it says, else the phone for a call and the desk for what is attended."""
    return conversation_of(step).channel or step.channel or USUAL[step.verb]


def rehearse(step: Call | Attend, script: str, name: str = "the conversation") -> Log:
    """What a conversation's script tells. Raises WrongInput when it is no play script."""
    opens = re.search(r"^\s*(?!#)\S.*$", script, re.M)
    if opens is None or re.match(r"\s*-?\d", opens[0]):
        # A script without a header is held in the step's channel.
        told = parse(script, name)
        kept = [replace(s, channel=channel_of(step) if s.channel == "web" else s.channel) for s in told.said()]
        return Log.of(kept, told.heard())
    return parse(script, name)


def hold(step: Call | Attend, step_id: str, walk: Walk, diary: Diary) -> None:
    """Hold a declared conversation now: its sentences are put into the diary, and the citizen's time moves on."""
    conversation = conversation_of(step)
    script = conversation.said_in(walk.variant)
    if script is None:
        return
    told = rehearse(step, script, f"{step_id} of {walk.journey.journey}")
    start = min((s.started for s in told.heard()), default=diary.moment())
    shift = diary.moment() - start
    names: dict[str, str] = {}
    sittings: list[Session] = []
    for place, session in enumerate(sorted(told.heard(), key=lambda s: s.started)):
        names[session.session] = f"{walk.session}-{step_id}" + (f"-{place + 1}" if place else "")
        sittings.append(
            replace(
                diary.session,
                session=names[session.session],
                started=session.started + shift,
                ended=session.ended + shift if session.ended else None,
                device=None,
                hears=session.hears,
            )
        )
    said = [
        replace(
            s,
            session=names[s.session],
            case=walk.case,
            when=s.when + shift,
            until=s.until + shift if s.until else None,
            step=s.step or step_id,
            agency=s.agency or conversation.who,
        )
        for s in told.said()
    ]
    if said and not diary.begun:
        diary.begun = True
        said = _beginning(said, walk)
    for demand in reversed(step.demands if said else []):
        said.insert(
            0, replace(said[0], actor="lab", verb="notes", about=demand, until=None, cause=None, sense=None, value=None)
        )
    diary.add(said, sittings)
    over = max((s.until or s.when for s in said), default=diary.moment())
    diary.ahead += max(over - diary.moment(), over - over)


def _beginning(said: list[Sentence], walk: Walk) -> list[Sentence]:
    """The conversation opens the case: unless its script says so itself, the citizen begins here."""
    shortest = walk.journey.shortest_path
    value = None if shortest is None else float(shortest)
    for place, sentence in enumerate(said):
        if sentence.verb == "begins":
            told = replace(sentence, about=sentence.about or walk.journey.journey)
            return [*said[:place], replace(told, value=value if told.value is None else told.value), *said[place + 1 :]]
    first = said[0]
    begins = replace(
        first,
        actor="citizen",
        verb="begins",
        about=walk.journey.journey,
        until=None,
        cause=None,
        sense=None,
        value=value,
    )
    return [begins, *said]
