"""What a recorder heard, as sentences of the log: the same for robots and for participants.

Only what cannot be heard on a page comes from elsewhere, as marks: an address that was typed, the way back, that a
press was a question for help. Everything else (acts, gives, submissions, signs, answers, requests, refusals, hand-offs)
is read from the messages, with hindsight: hear the whole session again whenever more has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final, Literal

from journeys.hearing.asked_again import datum as _datum
from journeys.hearing.asked_again import times_asked
from journeys.hearing.messages import Heard, Message, Page, listen
from journeys.hearing.waits import Closing, Opening, cause_of, closing, refusals_on, signs_of
from journeys.targets import masked
from journeys.walk import Walk
from studies.events import Sentence
from studies.places import agency_of, form_key, page_key

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEAR: Final = 2000.0  # ms within which a press and what the browser makes of it are one
# Sentences of one moment stand in this order.
ORDER: Final = ("gives", "acts", "asks", "submits", "responds", "hands_off", "refuses", "answers", "requests")
RANK: Final = {verb: place for place, verb in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the citizen did that no page can hear, or how what was heard was meant. Time in epoch milliseconds."""

    when: float
    kind: Literal["visit", "back", "asks", "acts"]  # `asks` and `acts`: how presses are meant from here on
    address: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How pages, forms and agencies are called in the log."""

    page: Callable[[str], str]
    form: Callable[[str, str | None], str]
    agency: Callable[[str], str | None]
    secrets: frozenset[str] = frozenset()  # what a robot's citizen gave: never part of a label

    @classmethod
    def of(cls, walk: Walk, secrets: frozenset[str] = frozenset()) -> Names:
        """The names that a walk's journey gives."""
        base = walk.base
        return cls(
            lambda url: page_key(url, base),
            lambda action, form: form_key(action, base, form),
            lambda url: agency_of(url, walk.journey, base),
            secrets,
        )

    def label(self, text: str) -> str:
        """A label as the log may keep it: digits masked, and what the citizen gave taken out."""
        for secret in self.secrets:
            if len(secret) > 2:
                text = text.replace(secret, "…")
        return masked(text)


def hear(
    messages: Iterable[Message],
    names: Names,
    like: Sentence,
    marks: Iterable[Mark] = (),
    steps: Callable[[float], str | None] = lambda when: None,
) -> list[Sentence]:
    """The sentences that these messages and marks amount to, in order.

    `like` is a sentence with the session, case and channel that all of them have; `steps` tells which step was under
    way at a moment (epoch milliseconds).
    """
    ear = _Ear(listen(messages), names, sorted(marks, key=lambda m: m.when))
    ear.hear()
    return _told(ear, like, steps)


@dataclass(slots=True)
class _Line:
    """A sentence in the making."""

    when: float
    actor: str
    verb: str
    about: str | None
    agency: str | None
    until: float | None = None
    cause: str | None = None
    sense: str | None = None


@dataclass(slots=True)
class _Ear:
    heard: Heard
    names: Names
    marks: list[Mark]
    lines: list[_Line] = field(default_factory=list)

    def hear(self) -> None:
        openings = self._openings()
        gives = [m for m in self.heard.messages if m["k"] == "give"]
        open_until, done_refusals, done_pages = -inf, set[tuple[str, int]](), set[str]()
        for place, opening in enumerate(openings):
            self._citizen(opening)
            if opening.when < open_until:
                continue  # impatience: the wait runs on
            following = next((o.when for o in openings[place + 1 :] if o.when > opening.when), inf)
            turn = min([following, *(m["t"] for m in gives if m["t"] > opening.when + 20)])
            end = closing(opening, self.heard, following, turn)
            if end is None:
                continue
            open_until = end.when
            self._signs(opening, end)
            self._close(opening, end)
            done_refusals |= {(m["p"], m["n"]) for m in end.refusals}
            if end.arrived:
                tops = self.heard.top_pages()
                done_pages |= {p.name for p in tops if p.usable and opening.when < p.usable <= end.when}
        self._by_themselves(done_pages, done_refusals)
        for m in _once_a_group(gives):
            self._say(m["t"], "citizen", "gives", _datum(m["field"]), m["p"])
        self._requests()

    # -- what the citizen did

    def _openings(self) -> list[Opening]:
        found = [self._visit(mark) for mark in self.marks if mark.kind in ("visit", "back")]
        found += [self._arrival_unasked(p) for p in self._unasked_pages()]
        replaced = {(m["p"], m["of"]) for m in self.heard.messages if m["k"] == "sent" and m["of"] is not None}
        for m in self.heard.messages:
            if m["k"] == "sent":
                found.append(self._submission(m, m["u"], m["f"]))
            elif m["k"] == "act" and (m["p"], m["n"]) not in replaced:
                found.append(self._act(m))
        return sorted(found, key=lambda o: o.when)

    def _visit(self, mark: Mark) -> Opening:
        """An address that was typed, or the way back: it began when its page began to load."""
        came = [p for p in self.heard.top_pages() if mark.when - 5 <= p.began <= mark.when + NEAR]
        when = came[0].began if came else mark.when
        if mark.kind == "visit":
            return Opening(when, "acts", self.names.page(mark.address), None, mark.address)
        return Opening(when, "acts", "back", None, mark.address)

    def _unasked_pages(self) -> list[Page]:
        """Pages that came because an address was typed or the way back was taken, and nobody marked it."""
        if any(m.kind == "visit" for m in self.marks):
            return []
        acts = [m["t"] for m in self.heard.messages if m["k"] in ("act", "sent")]
        fresh = {
            m["p"]
            for m in self.heard.messages
            if m["k"] == "hello" and m["top"] and (not m.get("ref") or m.get("nav") in ("reload", "back_forward"))
        }
        tops = self.heard.top_pages()
        found = []
        for place, page in enumerate(tops):
            since = tops[place - 1].born if place else -inf
            if page.name in fresh and not any(since <= t <= page.began + 50 for t in acts):
                found.append(page)
        return found

    def _arrival_unasked(self, page: Page) -> Opening:
        return Opening(page.began, "acts", self.names.page(page.address), None, page.address)

    def _submission(self, m: Message, action: str, form: str) -> Opening:
        return Opening(m["t"], "submits", self.names.form(action, form or None), m["p"], action)

    def _act(self, m: Message) -> Opening:
        form: Mapping[str, str] | None = m.get("form")
        if form and self._sends_without_saying(m):
            return self._submission(m, form["u"], form["f"])
        asking = [mark.kind for mark in self.marks if mark.kind in ("asks", "acts") and mark.when <= m["t"]]
        verb = "asks" if asking[-1:] == ["asks"] else "acts"
        return Opening(m["t"], verb, self.names.label(m["l"]), m["p"])

    def _sends_without_saying(self, m: Message) -> bool:
        """Whether a submit button was pressed and no submission heard, since the browser or a script took it over."""
        for other in self.heard.messages:
            soon = m["t"] - 1 <= other["t"] <= m["t"] + 600 and other["p"] == m["p"]
            if soon and (
                (other["k"] == "refuse" and other["w"] == "native") or (other["k"] == "net" and not other["bg"])
            ):
                return True
        # The page may go before it has said that its form was sent: then the next page came of the press itself.
        later = [p.began for p in self.heard.top_pages() if p.began >= m["t"] - 5 and p.name != m["p"]]
        next_page = min(later, default=inf)
        return next_page <= m["t"] + NEAR and not any(
            other["k"] in ("act", "sent") and other["p"] == m["p"] and other["t"] > m["t"]
            for other in self.heard.messages
        )

    def _citizen(self, opening: Opening) -> None:
        page = self.heard.pages.get(opening.page or "")
        address = page.at(opening.when) if page else self._here(opening.when) or opening.address
        self.lines.append(_Line(opening.when, "citizen", opening.verb, opening.about, self.names.agency(address)))

    def _here(self, when: float) -> str | None:
        """The address of the page that the citizen had before them."""
        past = [p for p in self.heard.top_pages() if p.usable is not None and p.usable <= when and not p.nobody]
        return past[-1].at(when) if past else None

    # -- what the service did about it

    def _signs(self, opening: Opening, end: Closing) -> None:
        since, agency = opening.when, self._agency(opening.page, opening.when) or self.names.agency(end.page.address)
        for begin, until, sense in signs_of(opening, end, self.heard):
            cause = cause_of(since, begin, end.used)
            self.lines.append(_Line(begin, "service", "responds", None, agency, until, cause, sense))
            since = since if sense == "heard" else max(since, until or begin)

    def _close(self, opening: Opening, end: Closing) -> None:
        seen = [s for s in self.lines if s.verb == "responds" and s.sense != "heard" and s.when >= opening.when]
        signs = [s.until or s.when for s in seen]
        cause = cause_of(max([opening.when, *signs]), end.when, end.used)
        if end.page.nobody:
            about = self.names.page(opening.address or self._here(opening.when) or "")
            agency = self._agency(opening.page, opening.when)
            self.lines.append(_Line(end.when, "service", "refuses", about, agency, cause="fault"))
            return
        address = end.page.at(end.when)
        agency, before = self.names.agency(address), self._agency(opening.page, opening.when)
        handed = not (opening.verb == "acts" and opening.about == "back")
        if handed and before and agency and before != agency:
            self.lines.append(_Line(end.when, "service", "hands_off", agency, before, cause=cause))
        if end.verb == "answers":
            self.lines.append(_Line(end.when, "service", "answers", self.names.page(address), agency, cause=cause))
            return
        tied = dict.fromkeys(_datum(m["field"]) for m in end.refusals if m.get("field"))
        for datum in list(tied) or [self.names.page(address)]:
            self.lines.append(_Line(end.when, "service", "refuses", datum, agency, cause=cause))

    def _agency(self, page: str | None, when: float) -> str | None:
        known = self.heard.pages.get(page or "")
        address = known.at(when) if known else self._here(when)
        return self.names.agency(address) if address else None

    def _by_themselves(self, done_pages: set[str], done_refusals: set[tuple[str, int]]) -> None:
        """Pages and refusals that came although nothing was waited for."""
        for page in self.heard.top_pages():
            if page.usable is not None and page.name not in done_pages:
                nobody = Opening(page.began, "acts", "", None)
                refused = refusals_on(page, self.heard)
                verb = "refuses" if refused or page.status >= 400 else "answers"
                self._close(nobody, Closing(page.usable, verb, page, refused, arrived=True))
                done_refusals |= {(m["p"], m["n"]) for m in refused}
        for m in self.heard.messages:
            if m["k"] == "refuse" and (m["p"], m["n"]) not in done_refusals:
                about = _datum(m["field"]) if m.get("field") else self.names.page(self._address(m))
                self._say(m["t"], "service", "refuses", about, m["p"])

    def _requests(self) -> None:
        """What is asked for: with the answer that it came in, never before it; asked again, once it has been given."""
        further: dict[tuple[str, str | None], int] = {}
        given = set[tuple[str, ...]]()
        for m in self.heard.messages:
            if m["k"] == "fields":
                for asked, times in times_asked(m["f"]).items():
                    self._say(m["t"], "service", "requests", asked, m["p"])
                    further[m["p"], asked] = times - 1
                    given = {who for who in given if who[:2] != (m["p"], asked)}
            elif m["k"] == "give" and further.get((m["p"], about := _datum(m["field"]))):
                who = (m["p"], about or "", m["field"].get("n") or "", m["field"].get("l") or "")
                if who not in given:
                    given.add(who)
                    further[m["p"], about] -= 1
                    self._say(m["t"], "service", "requests", about, m["p"])

    def _address(self, m: Message) -> str:
        page = self.heard.pages.get(m["p"])
        return page.at(m["t"]) if page else ""

    def _say(self, when: float, actor: str, verb: str, about: str | None, page: str) -> None:
        if about:
            self.lines.append(_Line(when, actor, verb, about, self._agency(page, when)))


def _once_a_group(gives: list[Message]) -> list[Message]:
    """What was given, a group of boxes once: however many of them are ticked in a row, it is one datum."""
    told: list[Message] = []
    before: Message | None = None
    for m in gives:
        many = m["field"].get("ty") in ("checkbox", "select-multiple")
        if not (many and before and before["p"] == m["p"] and _datum(before["field"]) == _datum(m["field"])):
            told.append(m)
        before = m
    return told


def moment(milliseconds: float) -> datetime:
    """Epoch milliseconds as a moment."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def _told(ear: _Ear, like: Sentence, steps: Callable[[float], str | None]) -> list[Sentence]:
    """The lines in order, each with the step that it belongs to: a service's, to the step that caused it."""
    lines = sorted(ear.lines, key=lambda line: (line.when, RANK[line.verb]))
    told, caused = [], None
    for place, line in enumerate(lines):
        if line.actor == "citizen" or caused is None:
            caused = steps(line.when)
        told.append(
            replace(
                like,
                when=moment(line.when),
                until=None if line.until is None else moment(line.until),
                seq=place,
                actor=line.actor,
                verb=line.verb,
                about=line.about,
                step=caused,
                agency=line.agency,
                cause=line.cause,
                sense=line.sense,
            )
        )
    return told
