"""What recorders deliver, checked at the door, and what of it is known to be missing.

Every page numbers its messages from 0. What came twice is known by page and number; so is what never came.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from journeys.hearing.messages import Message
from journeys.hearing.sentences import moment
from studies.events import Sentence

MOST_MESSAGES: Final = 5000  # in one batch
TEXT, NUMBER, FIELD, ADDRESS = "text", "number", "field", "address"
MOST: Final = 1e15  # of any number that a page tells
# Half of a character outside the basic plane, as a label that was cut off ends with: no text can hold it.
HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
SINCE, TO = 946_684_800_000.0, 4_102_444_800_000.0  # epoch ms: 2000 to 2100

#: kind -> what a message of this kind must say for it to be understood; other kinds are kept and not heard
SAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "hello": {"u": ADDRESS, "o": NUMBER, "top": NUMBER},
    "usable": {"u": ADDRESS},
    "place": {"u": ADDRESS},
    "act": {"l": TEXT},
    "sent": {"u": ADDRESS, "f": TEXT},
    "give": {"field": FIELD},
    "refuse": {"w": TEXT},
    "sign": {"b": NUMBER, "eye": NUMBER, "ear": NUMBER},
    "signoff": {"b": NUMBER},
    "net": {"i": NUMBER, "bg": NUMBER},
    "netoff": {"i": NUMBER},
    "long": {"d": NUMBER},
    "rest": {"of": NUMBER},
    "done": {"o": TEXT},
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Messages of one page that never came, between two that did. Times are epoch milliseconds."""

    page: str
    since: float
    until: float
    lost: int


def read_batch(text: str) -> list[Message] | None:
    """The messages in one delivery; None when it is no delivery of the recorder's."""
    try:
        found = json.loads(text, parse_constant=_no_number)
        if HALF.search(text):
            whole = json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass")
            found = json.loads(whole.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_MESSAGES:
        return None
    return found if all(_is_message(one) for one in found) else None


def gaps(messages: Iterable[Message]) -> list[Gap]:
    """What is missing between the messages of each page, in order."""
    told: dict[str, dict[int, float]] = defaultdict(dict)
    for message in messages:
        told[message["p"]][message["n"]] = message["t"]
    found = []
    for page, times in told.items():
        before = -1
        for number in sorted(times):
            if number > before + 1:
                since = times.get(before, times[number])
                found.append(Gap(page, min(since, times[number]), times[number], number - before - 1))
            before = number
    return sorted(found, key=lambda gap: (gap.since, gap.page))


def confessed(messages: Iterable[Message], like: Sentence) -> list[Sentence]:
    """The gaps as sentences: `lab breaks gap`, from the last that was heard to the next, value = messages lost."""
    return [
        replace(
            like, when=moment(gap.since), until=moment(gap.until), actor="lab", verb="breaks", about="gap",
            value=float(gap.lost),
        )
        for gap in gaps(messages)
    ]  # fmt: skip


def _is_message(one: Any) -> bool:
    if not isinstance(one, dict) or not _is(one.get("p"), TEXT) or not _is(one.get("k"), TEXT):
        return False
    number: Any = one.get("n")
    when: Any = one.get("t")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10_000_000:
        return False
    if not _is(when, NUMBER) or not SINCE < when < TO or not 0 < len(one["p"]) <= 40:
        return False
    return all(_is(one.get(key), kind) for key, kind in SAYS.get(one["k"], {}).items()) and _fits(one)


def _fits(one: Mapping[str, Any]) -> bool:
    """Whether what may be said besides is of the right kind."""
    match one["k"]:
        case "hello":
            return SINCE < one["o"] < TO and all(isinstance(one.get(k, ""), str) for k in ("nav", "ref", "lang"))
        case "usable":
            return _is_spent(one) and all(isinstance(one.get(k) or "", str) for k in ("lang", "dir"))
        case "act":
            form = one.get("form")
            return form is None or (isinstance(form, dict) and _is(form.get("u"), ADDRESS) and _is(form.get("f"), TEXT))
        case "sent":
            return "of" in one and (one["of"] is None or _is(one["of"], NUMBER))
        case "refuse":
            return one.get("field") is None or _is(one["field"], FIELD)
        case "fields":
            return isinstance(one.get("f"), list) and all(_is(f, FIELD) for f in one["f"])
        case "change":
            return isinstance(one.get("c"), list) and all(_is_change(c) for c in one["c"])
        case "netoff":
            return _is_spent(one)
        case "long":
            return 0 <= one["d"] < 86_400_000
        case _:
            return True


def _is_spent(one: Mapping[str, Any]) -> bool:
    spent = one.get("ms") or {}
    told = isinstance(spent, dict) and all(_is(v, NUMBER) for v in spent.values())
    return told and _is(one.get("status") or 0, NUMBER)


def _is_change(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and _is(one[0], TEXT) and _is(one[1], NUMBER)


def _is(one: Any, kind: str) -> bool:
    match kind:
        case "number":
            return not isinstance(one, bool) and isinstance(one, int | float) and -MOST < one < MOST
        case "field":
            return isinstance(one, dict) and all(isinstance(one.get(k) or "", str) for k in ("l", "n", "a", "ty", "g"))
        case "address":
            return isinstance(one, str) and len(one) <= 2000 and _is_address(one)
        case _:
            return isinstance(one, str) and len(one) <= 2000


def _is_address(text: str) -> bool:
    """Whether it can be taken apart: pages are named by what is in it."""
    try:
        return urlsplit(text).port is None or True
    except ValueError:
        return False


def _no_number(word: str) -> float:
    raise ValueError(word)
