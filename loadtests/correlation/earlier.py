"""What earlier pages and answers tell about a value: which field it was typed into, whether it had been said
before, and why it remains unexplained.
"""

from __future__ import annotations

import re
from functools import lru_cache

from journeys.players.forms import Page
from journeys.players.transport import Answer
from loadtests.correlation.recorded import Recording
from loadtests.correlation.sources import written
from studies.topics import datum_of, dictionary
from studies.words import _


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


def why_unexplained(recording: Recording, nth: int, value: str, alone: bool) -> str:
    """Why a value is not explained, as far as the recordings tell; `alone`, if there is only one."""
    if alone:
        return _("it looks like something of one session, and one recording does not show where it comes from.")
    if said := said_before(recording, nth, value):
        return _(
            "an earlier answer has it (line {line}), but no place there gives the other recording's value."
        ).format(line=said)
    for line, text in recording.texts:
        if len(value) >= 6 and written(value).search(text):
            return _("it comes from what is left out, another's service or a script (line {line}).").format(line=line)
    return _("no answer before it has it: the page's own program works it out.")


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
