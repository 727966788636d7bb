"""What was done and seen in a recording, told as sentences: which change answered which act, with hindsight.

A page that arrives answers, or refuses. On a page, the answer is what became visible once that was over which the act
had set going (requests over the network, signs of working); where nothing tells of that, the first change that settles.
What moves while nobody waits, or ticks, is scenery.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from math import inf
from typing import Final

from studies.importers.of_rrweb.moments import Moment
from studies.importers.of_rrweb.watching import IDLE
from studies.measuring import chains
from studies.measuring.chains import BEFORE, FIRST, SHOWN, TIMER, WORTH, chain, ticks

SETTLED: Final = 350.0  # ms without a change after which a page has settled
UNHEARD: Final = 60_000.0  # ms, in place of TIMER where the recorder heard no requests: nobody knows what was announced
CALM: Final = 10_000.0  # ms after an act from which on nobody waits
FOLLOWS: Final = ("changes", "sign", "net", "arrives", "asks", "refuses", "concludes")  # what may come of a press
SPOKEN: Final = ("refuses", "asks", "concludes")  # what the service says on a page without sending another
#: sentences of one moment stand in this order
ORDER: Final = "begins breaks gives acts submits responds refuses answers requests concludes notes".split()
RANK: Final = {verb: place for place, verb in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in the making. `place` is that of the moment which it tells of, `when` epoch milliseconds."""

    when: float
    place: int
    actor: str
    verb: str
    about: str | None = None
    until: float | None = None
    cause: str | None = None
    sense: str | None = None


@dataclass(slots=True)
class _Tale:
    moments: list[Moment]
    hears_requests: bool
    end: float
    lines: list[Line] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)  # what each page is called
    late: dict[int, float] = field(default_factory=dict)  # arrivals that answer only when they have stopped working

    def say(self, when: float, place: int, actor: str, verb: str, about: str | None = None, **more: object) -> None:
        self.lines.append(Line(when, place, actor, verb, about, **more))  # type: ignore[arg-type]


def tell(moments: Sequence[Moment], hears_requests: bool, start: float, end: float) -> list[Line]:
    """The sentences, in order; `start` and `end` are when hearing began and ended."""
    tale = _Tale(_presses(sorted(moments, key=lambda m: m.when)), hears_requests, end)
    first = min([start, *(m.when for m in tale.moments[:1])])
    tale.say(first, -1, "citizen", "begins")
    signs, changes = _signs(tale.moments), _changes(tale.moments)
    _busy_arrivals(tale, signs)
    for place, moment in enumerate(tale.moments):
        _plain(tale, place, moment)
    _waits(tale, signs, changes)
    _idle(tale)
    return sorted(tale.lines, key=lambda line: (line.when, line.place, RANK[line.verb]))


def _plain(tale: _Tale, place: int, m: Moment) -> None:
    """What needs no hindsight."""
    match m.kind:
        case "act":
            tale.say(m.when, place, "citizen", "submits" if m.data else "acts", m.about)
        case "give":
            tale.say(m.when, place, "citizen", "gives", m.about or None)
        case "asks":
            for datum in m.data:
                tale.say(m.when, place, "service", "requests", datum)
        case "refuses":
            for about in m.data or (tale.pages.get(m.page, "page"),):
                tale.say(m.when, place, "service", "refuses", about)
        case "returns":
            tale.say(m.when, place, "citizen", "acts", "back")
            tale.say(m.when, place, "service", "answers", m.about)
        case "concludes":
            tale.say(m.when, place, "service", "concludes", m.about)
        case "lost":
            tale.say(m.when, place, "lab", "breaks", m.about)
        case "arrives":
            tale.pages[m.page] = m.about
            if m.refuses and m.data and not m.fault:
                for datum in m.data:
                    tale.say(m.when, place, "service", "refuses", datum)
            elif m.refuses or m.fault:
                tale.say(m.when, place, "service", "refuses", m.about, cause="fault" if m.fault else None)
            else:
                tale.say(tale.late.get(place, m.when), place, "service", "answers", m.about)


def _presses(moments: list[Moment]) -> list[Moment]:
    """Presses on what is no button are acts where something came of them at once; the others say nothing."""
    scenery = {id(m) for m in moments if m.kind == "changes"} - {id(m) for _, m in _changes(moments)}
    told = []
    for n, m in enumerate(moments):
        if m.kind == "press":
            soon = takewhile(lambda o, m=m: o.when <= m.when + FIRST, islice(moments, n + 1, None))  # type: ignore[misc]
            if not any(o.kind in FOLLOWS and id(o) not in scenery for o in soon):
                continue
            m = replace(m, kind="act", leads_on=True)
        told.append(m)
    return told


# --- scenery ----------------------------------------------------------------------------------------------------------


def _signs(moments: list[Moment]) -> list[Moment]:
    """Signs of working that are no scenery: what stood from a page's first to its last moment says nothing."""
    since = {m.page: m.when for m in moments if m.kind == "arrives"}
    until: dict[int, float] = {}
    for m in moments:
        if m.kind == "arrives" and m.page - 1 in since:
            until[m.page - 1] = m.when
    return [
        m
        for m in moments
        if m.kind == "sign"
        and not (m.when <= since.get(m.page, -inf) + 1 and (m.until is None or m.until >= until.get(m.page, inf)))
    ]


def _changes(moments: list[Moment]) -> list[tuple[int, Moment]]:
    """Visible changes with their places, without what moved while nobody waited and what ticks."""
    hits: dict[tuple[int, str], list[float]] = defaultdict(list)
    calm: dict[tuple[int, str], int] = defaultdict(int)
    quiet_from = -inf
    for m in moments:
        if m.kind in ("act", "arrives", "returns", "give"):
            quiet_from = m.when + CALM
        elif m.kind == "changes":
            past = hits[m.page, m.about]
            if not past or m.when - past[-1] > 80:
                past.append(m.when)
                calm[m.page, m.about] += m.when > quiet_from
    scenery = {who for who, times in hits.items() if calm[who] >= 2 or ticks(times)}
    return [(n, m) for n, m in enumerate(moments) if m.kind == "changes" and (m.page, m.about) not in scenery]


# --- waits ------------------------------------------------------------------------------------------------------------


def _busy_arrivals(tale: _Tale, signs: list[Moment]) -> None:
    """A page that comes while it still says that it works answers when that is over, unless it asks something."""
    turns = [m.when for m in tale.moments if m.kind in ("act", "give", "arrives", "returns")]
    for place, m in enumerate(tale.moments):
        if m.kind != "arrives" or m.refuses or m.fault:
            continue
        if not m.eye and (filled := _filled(tale.moments, place)):
            tale.late[place] = filled
        asks = any(o.kind == "asks" and o.page == m.page and o.when == m.when for o in tale.moments[place : place + 3])
        busy = [s for s in signs if s.page == m.page and s.eye and s.until and m.when <= s.when <= m.when + 300]
        if not busy or asks:
            continue
        over = max(s.until for s in busy if s.until)
        if over < min((t for t in turns if t > m.when), default=inf):
            tale.late[place] = over


def _filled(moments: list[Moment], place: int) -> float | None:
    """When a page that came empty had something on it."""
    here: list[tuple[int, Moment]] = []
    for n in range(place + 1, len(moments)):
        m = moments[n]
        if m.kind in ("arrives", "returns", "act"):
            break
        if m.kind in ("changes", "asks"):
            here.append((n, m))
    found = _settled(here)
    return found[1].when if found else None


@dataclass(frozen=True, slots=True)
class _Closing:
    when: float
    place: int
    verb: str | None  # None: what closes it is told already
    remarks: tuple[float, ...] = ()
    fault: bool = False
    arrived: bool = False  # by another page, which the recorder cannot hear on its way


def _waits(tale: _Tale, signs: list[Moment], changes: list[tuple[int, Moment]]) -> None:
    acts = [(n, m) for n, m in enumerate(tale.moments) if m.kind == "act"]
    nets = [m for m in tale.moments if m.kind == "net"]
    open_until = -inf
    for number, (place, act) in enumerate(acts):
        if act.when < open_until:
            continue  # impatience: the wait runs on
        following = next((m.when for _, m in islice(acts, number + 1, None) if m.when > act.when), inf)
        ahead = range(place + 1, len(tale.moments))
        given = next((m.when for n in ahead if (m := tale.moments[n]).kind == "give" and m.when > act.when + 20), inf)
        end = _closing(tale, place, act, following, min(following, given), nets, signs, changes)
        tale.waits.append((act.when, end.when if end else min(given, inf)))
        stop = end.when if end else min(following, given, tale.end)
        silent_from = _told_signs(tale, place, act, stop, end, signs, nets)
        if end is None:
            continue
        open_until = end.when
        cause = _cause(tale, silent_from, end.when, nets, end)
        if end.verb:
            about = tale.pages.get(act.page, "page")
            told = "fault" if end.fault else cause
            tale.say(end.when, end.place, "service", end.verb, about, cause=told)
        elif cause:
            _because(tale, end.when, end.place, cause)


def _because(tale: _Tale, when: float, place: int, cause: str) -> None:
    """Tell the cause with the sentence that ended the wait."""
    for n, line in enumerate(tale.lines):
        if line.place == place and line.when == when and line.actor == "service" and line.cause is None:
            tale.lines[n] = replace(line, cause=cause)
            return


def _closing(
    tale: _Tale,
    place: int,
    act: Moment,
    following: float,
    turn: float,
    nets: list[Moment],
    signs: list[Moment],
    changes: list[tuple[int, Moment]],
) -> _Closing | None:
    """What ended the wait that an act opened; None when nothing came of it before the citizen went on."""
    ahead = range(place + 1, len(tale.moments))
    arrival = next(((n, m) for n in ahead if (m := tale.moments[n]).kind in ("arrives", "returns")), None)
    used, reach = _chain(act, following, nets, signs)
    limit = reach + SHOWN if used else min(turn, act.when + (TIMER if tale.hears_requests else UNHEARD))
    leaves = arrival is not None and arrival[1].when <= following
    stop = arrival[1].when if arrival is not None else inf
    since = bisect_right(changes, act.when, key=lambda change: change[1].when)
    near = takewhile(lambda change: change[1].when <= min(limit, stop), islice(changes, since, None))
    here = [(n, m) for n, m in near if m.page == act.page]
    soon = takewhile(lambda n: tale.moments[n].when <= min(stop, following, max(limit, act.when + FIRST)), ahead)
    speaks = next(((n, m) for n in soon if (m := tale.moments[n]).kind in SPOKEN and m.page == act.page), None)
    if speaks is not None:
        before = tuple(m.when for _, m in here if m.when < speaks[1].when - 5)
        return _Closing(speaks[1].when, speaks[0], None, before)
    settled = _settled(here)
    if arrival is not None and leaves:
        early = not act.leads_on and not used and settled and arrival[1].when - settled[1].when > 2000
        if not early:
            when = tale.late.get(arrival[0], arrival[1].when)
            # A page without anything on it is no sign; one that says what it is doing is.
            shown = (arrival[1].when,) if when > arrival[1].when and arrival[1].eye else ()
            return _Closing(when, arrival[0], None, (*(m.when for _, m in here), *shown), arrived=True)
    if used and (here or any(w.kind == "sign" for w in used)):
        ends = [w.until for w in used if w.kind == "sign" and w.until is not None]
        when = max([m.when for _, m in here] + ends)
        last = max((n for n, m in here if m.when <= when), default=place)
        failed = [w for w in used if w.kind == "net"]
        fault = bool(failed) and max(failed, key=lambda w: w.until or 0.0).fault
        verb = "refuses" if fault else "answers"
        return _Closing(when, last, verb, tuple(m.when for _, m in here if m.when < when), fault)
    if settled:
        return _Closing(settled[1].when, settled[0], "answers")
    return None


def _chain(act: Moment, stop: float, nets: list[Moment], signs: list[Moment]) -> tuple[list[Moment], float]:
    """What was under way because of the act: what begins soon after it, or follows on one another."""
    works = [(m.when, m.until, m) for m in (*nets, *signs) if m.until is not None and m.until > m.when]
    return chain(works, act.when, act.when, stop)


def _settled(here: list[tuple[int, Moment]]) -> tuple[int, Moment] | None:
    """The last change of the first burst of changes."""
    found = None
    for n, m in here:
        if found is not None and m.when - found[1].when > SETTLED:
            break
        found = n, m
    return found


def _told_signs(
    tale: _Tale, place: int, act: Moment, stop: float, end: _Closing | None, signs: list[Moment], nets: list[Moment]
) -> float:
    """Say what the citizen perceived while waiting; from when on nothing was seen any more."""
    inside = [
        (max(s.when, act.when), min(s.until or stop, stop), s) for s in signs if act.when - BEFORE <= s.when < stop
    ]
    seen, said = [(a, b) for a, b, s in inside if s.eye], [(a, b) for a, b, s in inside if s.ear]
    silent_from = act.when
    for a, b, sense in chains.signs(seen, said, end.remarks if end else (), stop):
        cause = _cause(tale, silent_from, a, nets, end)
        tale.say(a, place, "service", "responds", until=b, cause=cause, sense=sense)
        silent_from = silent_from if sense == "heard" else max(silent_from, b or a)
    return silent_from


def _cause(tale: _Tale, begin: float, end: float, nets: list[Moment], closing: _Closing | None) -> str | None:
    """Why it was silent, where the recorder could know: waiting for the server, or `none` when nothing was asked."""
    if not tale.hears_requests or end - begin < WORTH:
        return None
    asked = sum(max(0.0, min(end, m.until or m.when) - max(begin, m.when)) for m in nets)
    if asked >= 0.1 * (end - begin):
        return "server"
    return None if closing is not None and closing.arrived else "none"


def _idle(tale: _Tale) -> None:
    """Stretches in which the citizen's hands rested, where nobody was waiting."""
    for place, m in enumerate(tale.moments):
        if m.kind != "idle" or m.until is None:
            continue
        since = max([m.when, *(b for a, b in tale.waits if a < m.until and b > m.when)])
        if m.until - since >= IDLE:
            tale.say(since, place, "lab", "notes", "idle", until=m.until)
