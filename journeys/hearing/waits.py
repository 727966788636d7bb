"""What ended a wait on a screen: the page that arrived, the change that came of a request, a refusal, or nothing.

The hands that wrote a page never say which change was the answer. It is found from what was under way: whatever began
after the citizen's act, and whatever followed on that, is one chain; the last thing that the eye saw come of it is the
answer, what it saw before were signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from journeys.hearing.messages import Heard, Message, Page, Sign, Work
from studies.measuring import chains
from studies.measuring.chains import BEFORE, EARLY, SAME, SHOWN, TIMER, WORTH, chain

HAND: Final = 0.1  # ms in which nothing can have come of an act yet


@dataclass(frozen=True, slots=True)
class Opening:
    """Something the citizen did that the service should react to. Times are epoch milliseconds."""

    when: float
    verb: str
    about: str
    page: str | None  # where it was done; None: not on a page
    address: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """How a wait ended, and what the citizen perceived before."""

    when: float
    verb: str  # answers, refuses
    page: Page
    refusals: tuple[Message, ...] = ()  # the messages that refuse; empty: the page itself does
    used: tuple[Work, ...] = ()
    remarks: tuple[float, ...] = ()  # visible changes on the way
    arrived: bool = False  # by a new page


def closing(opening: Opening, heard: Heard, next_opening: float, next_turn: float) -> Closing | None:
    """How the wait that an act opened was ended by the service; None if nothing came of it.

    `next_opening` and `next_turn` are when the citizen next acted, and next acted or gave (inf if never).
    """
    used, reach = _chain(opening.when, opening.when, heard, next_opening)
    loads = [w for w in used if w.what == "load"]
    if loads:
        return _arrival(opening, heard, max(loads, key=lambda w: w.until), used, next_turn)
    if back := _from_memory(opening, heard, next_opening):
        return back
    if not used:
        end = min(next_turn, opening.when + TIMER)
        first = next((t for t, _ in heard.changes if opening.when + HAND < t < end), None)
        if first is not None and any(abs(s.since - first) < SAME for s in _ended(heard, next_opening)):
            used, reach = _chain(opening.when, first, heard, next_opening)
            loads = [w for w in used if w.what == "load"]
            if loads:
                return _arrival(opening, heard, max(loads, key=lambda w: w.until), used, next_turn)
    return _in_page(opening, heard, used, reach, next_turn)


def _ended(heard: Heard, before: float) -> list[Sign]:
    return [s for s in heard.signs if s.until is not None and s.since < before]


def _chain(since: float, start: float, heard: Heard, stop: float) -> tuple[list[Work], float]:
    """What was under way because of the act: works that begin soon after it, or follow on one another."""
    signs = [Work(s.page, s.since, s.until or s.since, "sign") for s in _ended(heard, stop)]
    return chain([(w.since, w.until, w) for w in (*heard.work, *signs)], since, start, stop)


def _arrival(opening: Opening, heard: Heard, load: Work, used: list[Work], next_turn: float) -> Closing:
    """A new page came. It answers when it can be used: at once, or when the sign that it came with has gone."""
    page = heard.pages[load.page]
    refused, when = refusals_on(page, heard), load.until
    asks = any(m["k"] == "fields" and m["p"] == page.name and m["t"] <= when + 1 for m in heard.messages)
    busy = [s for s in heard.signs if s.page == page.name and s.eye and s.since <= when + 300 and s.until]
    if busy and not asks and not refused:
        over = max(s.until for s in busy if s.until)
        shown = [t for t, p in heard.changes if p == page.name and when < t <= min(over + SAME, next_turn)]
        if over < min(next_turn, page.left or next_turn):
            when = max([when, over, *shown[-1:]])
    verb = "refuses" if refused or page.status >= 400 else "answers"
    remarks = {t for t, _ in heard.changes if opening.when + HAND < t < when}
    tops = heard.top_pages()
    remarks |= {p.painted for p in tops if p.painted and opening.when < p.painted < when - SAME}
    remarks |= {w.until for w in used if w.what == "load" and w.until < when - SAME}
    return Closing(when, verb, page, refused, tuple(used), tuple(sorted(remarks)), arrived=True)


def refusals_on(page: Page, heard: Heard) -> tuple[Message, ...]:
    """What a page rejected as it arrived."""
    told = (m for m in heard.messages if m["k"] == "refuse" and m["p"] == page.name)
    return tuple(m for m in told if page.usable is not None and m["t"] <= page.usable + 1)


def _from_memory(opening: Opening, heard: Heard, stop: float) -> Closing | None:
    """The page before came back from the browser's memory."""
    for m in heard.messages:
        if m["k"] == "again" and opening.when <= m["t"] < min(stop, opening.when + TIMER) and m["p"] in heard.pages:
            return Closing(m["t"], "answers", heard.pages[m["p"]], arrived=True)
    return None


def _in_page(opening: Opening, heard: Heard, used: list[Work], reach: float, next_turn: float) -> Closing | None:
    """Something changed on the page: the last change that came of what was under way, or a refusal."""
    page = heard.pages.get(opening.page or "")
    if page is None:
        return None
    until = reach + SHOWN if used else min(next_turn, opening.when + TIMER)
    refused = [m for m in heard.messages if m["k"] == "refuse" and opening.when - 1 <= m["t"] <= until]
    changes = [t for t, _ in heard.changes if opening.when + HAND < t <= until]
    if refused:
        same = tuple(m for m in refused if m["t"] <= refused[0]["t"] + SAME)
        earlier = tuple(t for t in changes if t < refused[0]["t"] - EARLY)
        return Closing(refused[0]["t"], "refuses", page, same, tuple(used), earlier)
    asks = [m["t"] for m in heard.messages if m["k"] == "fields" and opening.when < m["t"] <= until]
    ends = [w.until for w in used if w.what == "sign"]
    if asks:
        when = asks[0]
    elif changes or ends:
        when = max(changes + ends) if used else changes[0]
    else:
        return None
    nets = [w for w in used if w.what == "net"]
    verb = "refuses" if nets and max(nets, key=lambda w: w.until).status >= 400 else "answers"
    return Closing(when, verb, page, (), tuple(used), tuple(t for t in changes if t < when))


def signs_of(opening: Opening, end: Closing, heard: Heard) -> list[tuple[float, float | None, str | None]]:
    """What the citizen perceived while waiting: (since, until, sense) of each sign, a remark lasting no time."""
    inside = [
        (max(s.since, opening.when), min(s.until or end.when, end.when), s)
        for s in heard.signs
        if opening.when - BEFORE <= s.since < end.when
    ]
    seen, said = [(a, b) for a, b, s in inside if s.eye], [(a, b) for a, b, s in inside if s.ear]
    return chains.signs(seen, said, end.remarks, end.when)


def cause_of(begin: float, end: float, works: Sequence[Work]) -> str | None:
    """Why it was silent: what was under way the longest; `none` when nothing was. None for a silence of no length."""
    if end - begin < WORTH:
        return None
    spent = {"server": 0.0, "network": 0.0, "page": 0.0}
    for work in works:
        shared = min(end, work.until) - max(begin, work.since)
        if shared <= 0:
            continue
        told = work.spent or {"script": {"page": 1.0}, "net": {"server": 1.0}}.get(work.what, {})
        whole = sum(told.values()) or 1.0
        for who in spent:
            spent[who] += shared * told.get(who, 0.0) / whole
    most = max(spent, key=lambda who: spent[who])
    return most if spent[most] >= 0.1 * (end - begin) else "none"
