"""What earlier pages and answers tell about a value: which field it was typed into, whether it had been said before."""

from __future__ import annotations

import re
from functools import lru_cache

from journeys.players.forms import Page
from journeys.players.transport import Answer
from loadtests.correlation.recorded import Recording
from loadtests.correlation.sources import written
from studies.topics import datum_of, dictionary


def said_before(recording: Recording, nth: int, value: str) -> int:
    """The line of the latest earlier request whose answer has a value; 0 for none."""
    if len(value) < 3:
        return 0
    pattern = written(value)
    for trip in reversed(recording.trips[:nth]):
        if any(_has(pattern, value, answer) for answer in trip.answers):
            return trip.asked.line
    return 0


def _has(pattern: re.Pattern[str], value: str, answer: Answer) -> bool:
    return bool(pattern.search(answer.text)) or any(value in told for told in answer.headers.values())


def control(recording: Recording, nth: int, name: str) -> str | None:
    """What kind of field a name was on the latest page that had it; None where no page had."""
    told = _field(recording, nth, name)
    return told[0] if told else None


def datum_at(recording: Recording, nth: int, name: str) -> str | None:
    """What a field asks for: by its label where a page showed it, else by its name."""
    told = _field(recording, nth, name)
    return (told[1] if told and told[1] in dictionary() else None) or datum_of(name=name)


def _field(recording: Recording, nth: int, name: str) -> tuple[str, str | None] | None:
    for trip in reversed(recording.trips[:nth]):
        text = trip.answers[-1].text
        if "<form" in text.lower() and name in (fields := _fields_on(text)):
            return fields[name]
    return None


@lru_cache(maxsize=256)
def _fields_on(html: str) -> dict[str, tuple[str, str | None]]:
    page = Page("http://here/", 200, html)
    return {c.name: ("select" if c.tag == "select" else c.type, c.datum) for c in page.controls if c.name}
