"""A `send` step on the wire: what a recording shows being sent, sent again for this citizen, and what came back.

One act of the citizen may set off several requests: the act opens the wait, and the last answer closes it. An answer
refuses when its status says so, or when it is JSON that does; a page is read as any page is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from journeys.hands import NotThere, PatienceOver
from journeys.holes import HOLE
from journeys.journey import Journey, Send
from journeys.learning import learned, leaves
from journeys.outgoing import Made, Outgoing, key_of, moment_told, outgoing, worked_out
from journeys.players.forms import Page
from journeys.players.transport import Answer, NoAnswer
from journeys.sent import Sent
from journeys.targets import shows
from studies.places import agency_of
from studies.topics import datum_of, dictionary
from studies.words import _

if TYPE_CHECKING:
    from journeys.players.wire import Wire

MOST_REDIRECTS: Final = 20
AGAIN: Final = 0.5  # seconds until an unheard request is asked again
NO: Final = re.compile(r"false|fail(?:ed|ure)?|error|rejected|denied|ko", re.IGNORECASE)


def deaf_to(journey: Journey) -> frozenset[str]:
    """What nobody hears of a journey besides what the wire never does: what a page's own program asks for."""
    sent = (one for step in journey.every_step() if isinstance(step, Send) for one in step.send)
    return frozenset({"requests"}) if any(one.by_program and not one.unheard for one in sent) else frozenset()


@dataclass(slots=True)
class Heard:
    """What the answers to one act came to."""

    page: Page | None = None
    key: str = ""
    said: list[str] = field(default_factory=list)  # what a person could read of JSON
    refused: list[str] | None = None  # what was refused; empty: the whole
    strange: bool = False  # the recording shows no such refusal


def send(hands: Wire, step: Send, data: Mapping[str, Any]) -> None:
    """Send what a step says. Raises NotThere where an answer lacks what is to be learned, PatienceOver as a citizen."""
    diary, walk = hands.diary, hands.walk
    known = {**data, "learned": hands.learned, "made": Made(walk.session)}
    heard, acted = Heard(), False
    for sent in step.send:
        known["now"] = moment_told(diary.clock())
        for name, make in sent.make.items():
            hands.learned[name] = worked_out(make, known, walk.language)
        out = outgoing(sent, walk.journey, walk.base, known, walk.language)
        if sent.unheard:
            _ask_unheard(hands, sent, out)
            continue
        if not acted:
            acted = True
            _act(hands, [one for one in step.send if not one.unheard], out)
        answers = _answers(hands, out)
        _hear(heard, sent, answers, out)
        if heard.strange:
            break
        if missing := _learn(hands, sent, answers):
            _tell(hands, heard)
            raise NotThere(missing, hands.words())
        if sent.shows and not shows(_readable(answers[-1]), sent.shows):
            heard.strange = True
            break
    if acted:
        _tell(hands, heard)
    if heard.strange:
        raise PatienceOver


def _act(hands: Wire, sent: list[Sent], out: Outgoing) -> None:
    """What the citizen did: opened something, or gave their data and sent them in."""
    given = dict.fromkeys(datum for one in sent for datum in given_in(one))
    for datum in given:
        if datum not in hands.given:
            hands.given.add(datum)
            hands.diary.write("citizen", "gives", datum)
    changes = next((one for one in sent if one.method != "GET"), None)
    if hands.page is None:
        hands.diary.agency = agency_of(out.url, hands.walk.journey, hands.walk.base)
    if changes is None:
        hands.diary.write("citizen", "acts", out.key)
    else:
        hands.diary.write("citizen", "submits", key_of(changes, hands.walk.base))


def given_in(sent: Sent) -> list[str]:
    """The data that a request hands over: what its fields with holes are called, by the dictionary, else the hole."""
    pairs: list[tuple[str, str]] = []
    for form in (sent.form, sent.multipart):
        pairs += [(n, one) for n, v in (form or {}).items() for one in (v if isinstance(v, list) else [v])]
    pairs += [(name, "{{citizen.document}}") for name in sent.files]
    pairs += re.findall(r'"([^"\\]+)"\s*:\s*"?([^",}\]]*\{\{[^"]*?\}\})', sent.json_ or "")
    pairs += re.findall(r"[?&]([^=&]+)=([^&]*)", sent.address)
    found = []
    for name, value in pairs:
        holes = HOLE.findall(value)
        datum = datum_of(name=name)
        if holes and datum in dictionary() and not all(hole.startswith(("made.", "now.")) for hole in holes):
            found.append(datum)
        else:
            found += [hole.split(".")[1] for hole in holes if hole.startswith("citizen.")]
    return found


# -- the line


def _answers(hands: Wire, out: Outgoing) -> list[Answer]:
    """The answer, after the redirects that led to it. Raises PatienceOver."""
    method, url, body, kind = out.method, out.url, out.body, out.kind
    referrer = hands.page.url if hands.page else None
    found: list[Answer] = []
    try:
        for _redirect in range(MOST_REDIRECTS):
            headers = hands.headers(url, referrer, body, kind)
            mine = {name.lower() for name in out.headers}
            headers = {name: v for name, v in headers.items() if name.lower() not in mine} | dict(out.headers)
            answer = hands.transport.send(method, url.partition("#")[0], headers, body)
            found.append(answer)
            where = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not where:
                return found
            url = urljoin(answer.url or url, where)
            if answer.status in (301, 302, 303):
                method, body, kind = "GET", None, None
        raise NoAnswer(_("it redirects without end"))
    except NoAnswer as silence:
        hands.no_answer(out.url, silence)
        raise PatienceOver from silence


def _learn(hands: Wire, sent: Sent, answers: list[Answer]) -> str | None:
    """Keep what later requests send; what was not there, in words."""
    for name, how in sent.learn.items():
        value = learned(how, answers)
        if value is None:
            return _("{name} ({place})").format(name=name, place=how.told())
        hands.learned[name] = value
    return None


def _ask_unheard(hands: Wire, sent: Sent, out: Outgoing) -> None:
    """Ask the test system for what a citizen would have been sent (a one-time code), until it is there."""
    left = sent.within
    while True:
        try:
            answers = [hands.transport.send(out.method, out.url, dict(out.headers), out.body)]
        except NoAnswer as silence:
            raise NotThere(_("{name} ({place})").format(name=out.key, place=str(silence)), []) from silence
        missing = _learn(hands, sent, answers)
        if missing is None:
            return
        if left <= 0:
            raise NotThere(missing, [])
        hands.sleep(AGAIN)
        left -= AGAIN


# -- what came back


def _hear(heard: Heard, sent: Sent, answers: list[Answer], out: Outgoing) -> None:
    last = answers[-1]
    heard.key = heard.key or out.key
    kind = last.headers.get("content-type", "").lower()
    if "html" in kind:
        heard.page = Page(last.url or out.url, last.status, last.text)
    elif "json" in kind:
        heard.said += [value for _place, value in leaves(last.text)]
    bad = last.status >= 400
    if (bad and last.status not in sent.accepts) or (not bad and "json" in kind and says_no(last.text)):
        heard.refused = [*(heard.refused or []), *(refused_in(last.text) if "json" in kind else [])]
        heard.strange = heard.strange or bad
        heard.key = out.key


def says_no(text: str) -> bool:
    """Whether a JSON answer refuses although its status does not: GraphQL's errors, success: false and the like."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(said, dict):
        return False
    if said.get("errors") or (said.get("error") and said["error"] not in ("0", "none")):
        return True
    told = [said[key] for key in ("success", "ok") if key in said]
    return any(one is False for one in told) or (
        isinstance(said.get("status"), str) and bool(NO.fullmatch(said["status"]))
    )


def refused_in(text: str) -> list[str]:
    """The data that a JSON answer rejects, by the names in it."""
    places = [re.split(r"[.\[\]\"]+", place) for place, _value in leaves(text)]
    spoken = [value for place, value in leaves(text) if place.endswith((".field", ".name", ".param", ".path"))]
    data = [datum_of(name=name) for place in places for name in place if name and not name.isdigit()]
    data += [datum_of(name=name) for name in spoken]
    return list(dict.fromkeys(datum for datum in data if datum in dictionary()))


def _readable(answer: Answer) -> str:
    """What a person could read of an answer."""
    if "html" in answer.headers.get("content-type", "").lower():
        return Page(answer.url, answer.status, answer.text).text()
    return " ".join(value for _place, value in leaves(answer.text)) or answer.text


def _tell(hands: Wire, heard: Heard) -> None:
    """What the service said, once the last answer is there."""
    diary = hands.diary
    place = len(diary.said)
    read = f"<div>{escape(' '.join(heard.said))}</div>" if heard.said else ""
    if heard.page is not None and not heard.refused:
        heard.page.html += read
        hands.arrive(heard.page)
    else:
        if read or hands.page is None:
            before = hands.page.url if hands.page else hands.walk.base
            hands.page = Page(before, 200, f"<!doctype html><body>{read}")
        if heard.refused is None:
            diary.write("service", "answers", heard.key)
        for about in (heard.refused or [heard.key]) if heard.refused is not None else []:
            diary.write("service", "refuses", about)
    diary.said[place:] = [s for s in diary.said[place:] if s.verb in diary.session.hears]
    hands.given -= {s.about for s in diary.said[place:] if s.verb in ("refuses", "requests") and s.about}
