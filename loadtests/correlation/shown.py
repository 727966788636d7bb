"""What shows that a value in a body is the application's own and not what somebody typed or was told.

Two people sent the same; the page offers it as a choice; or it stands by itself, in quotation marks or as an
attribute, in an answer before it or in a script. A word in running text shows nothing, nor does a number that is not
called as the value is: those stand everywhere.
"""

from __future__ import annotations

import re
from typing import Final

from journeys.typed import PERSONAL, SEARCH
from loadtests.correlation.earlier import control, datum_at
from loadtests.correlation.recorded import Recording
from loadtests.correlation.slots import BODY, NAMED, Slot, slots_of
from loadtests.correlation.sources import written

CHOSEN: Final = ("radio", "checkbox", "select", "select-one", "select-multiple")
BUTTONS: Final = ("submit", "button", "image", "reset")
#: Neither says who somebody is: nothing, and the two answers of a box that is ticked or not.
PLAIN: Final = ("", "true", "false", "on")
#: What tells people apart. Who records twice has other vehicles and other letters the second time, not another name.
WHO: Final = frozenset({"national_id", "full_name", "first_name", "last_name", "email", "mobile", "passport_number"})


def two_people(one: Recording, other: Recording | None, pairs: dict[int, int]) -> bool:
    """Whether two recordings are of two people: what says who somebody is differs wherever both sent it."""
    told = set()
    for nth, beside in pairs.items() if other else ():
        theirs = {slot.place: slot.value for slot in slots_of(other.trips[beside].asked)} if other else {}
        for slot in slots_of(one.trips[nth].asked):
            if slot.place[0] in NAMED and slot.place in theirs and datum_at(one, nth, slot.name) in WHO:
                told.add(slot.value != theirs[slot.place])
    return told == {True}


def handed_over(recording: Recording, nth: int, slot: Slot) -> bool:
    """Whether a value was handed over in a body and may be what somebody typed.

    Not an empty one, a choice, a button or the words of a search.
    """
    if slot.place[0] not in BODY or recording.trips[nth].asked.method == "GET":
        return False
    if slot.value.strip() in PLAIN or not re.search(r"\w", slot.value):
        return False
    if SEARCH.search(slot.name) and not PERSONAL.search(slot.value):
        return False
    return control(recording, nth, slot.name) not in (*CHOSEN, *BUTTONS)


def shown(recording: Recording, nth: int, slot: Slot) -> bool:
    """Whether an answer before a request, or a script, has the value by itself."""
    pattern, plain = _by_itself(slot), max(re.findall(r"[A-Za-z0-9_-]+", slot.value), key=len, default="")
    answers = (answer.text for trip in reversed(recording.trips[:nth]) for answer in trip.answers)
    # Plain letters are written in no other way: looking for them first is much faster.
    return any(plain in text and pattern.search(text) for text in (*answers, *recording.scripts))


def _by_itself(slot: Slot) -> re.Pattern[str]:
    value = written(slot.value).pattern
    if re.fullmatch(r"[\d.,+-]+", slot.value):
        name = rf"(?<![\w-]){re.escape(slot.name)}[\"'\\]*\s*[:=]\s*[\"'\\]*{value}(?![\w.])"
        return re.compile(rf"{name}|<[^<>]*\svalue\s*=\s*[\"']?{value}(?=[\"'\s>])")
    quoted = rf"([\"'`]){value}\1|\\[\"']{value}\\[\"']|&quot;{value}&quot;|&#0*34;{value}&#0*34;"
    return re.compile(rf"{quoted}|=\s*{value}(?=[&\"'\s>])")
