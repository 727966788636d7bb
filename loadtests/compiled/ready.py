"""A journey made ready: walked leg by leg, each from what was learned of the page, for one citizen after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from journeys.hands import LabBroke
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players.forms import Page
from journeys.players.transport import NoAnswer
from journeys.players.wire import MOST_REDIRECTS, referer
from journeys.walk import Walk
from loadtests.clients._reply import Place, Reply, place_of
from loadtests.compiled.hand import is_odd
from loadtests.compiled.learning import Learner
from loadtests.compiled.leg import BACK, START, Asked, Leg, State
from loadtests.compiled.program import Program, Unready, lengths_of, program_of
from loadtests.compiled.sending import address_of, body_of
from loadtests.compiled.shape import Shape
from loadtests.compiled.shelf import Shelf, Tiers
from loadtests.recording import SAYINGS, Row
from studies.places import agency_of, page_key
from studies.words import _

MOVED: Final = frozenset({301, 302, 303, 307, 308})
MOST_SHELVES: Final = 512
MOST_KEPT: Final = 4096


class Line(Protocol):
    """One citizen's line to the service."""

    def ask(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request. Raises NoAnswer, and LabBroke for what is off limits."""


Think = Callable[[str, float], float]


class Gone(NamedTuple):
    """A page gone over: at which state it came, what it was and where, and whence; `again`: it must not be kept."""

    state: State
    reply: Reply
    url: str
    page: bool
    referrer: str | None
    again: bool


#: The pages of a journey that goes back; None for all others.
Behind = list[Gone] | None


@dataclass(slots=True)
class Cast:
    """One program with everything learned about it, and the values of those who walk it."""

    program: Program
    learner: Learner
    shelves: dict[tuple[Any, ...], Shelf] = field(default_factory=dict)
    by_address: dict[tuple[State, str, int, bool], Shelf] = field(default_factory=dict)
    deciding: tuple[int, ...] = ()
    firsts: dict[tuple[Any, ...], Leg] = field(default_factory=dict)
    values: dict[str, tuple[list[Any], frozenset[int]]] = field(default_factory=dict)


@dataclass(slots=True)
class Way:
    """What came of a walk: its legs with their moments, and how it ended."""

    started: float
    legs: list[Any]
    concluded: bool
    step: str | None
    channel: str
    agency: str | None
    last: tuple[str, str | None, str | None] | None  # the service's last word: verb, step, about
    verbs: tuple[str | None, ...]  # what was said at the very end, and about what


class Ready:
    """One journey in one variant and language, made ready for a crowd; `why_not` says why it must be walked plainly."""

    def __init__(self, journey: Journey, walk: Walk, thinks: bool = False) -> None:
        self.journey, self.walk, self.thinks = journey, walk, thinks
        self.base = walk.base
        self.tiers = Tiers()
        self.why_not: str | None = None
        self._casts: dict[tuple[int, ...], Cast] = {}
        self._loops = any(step.verb == "for each" for step in journey.every_step())
        try:
            self.cast(walk.persona)
        except Unready as cause:
            self.why_not = str(cause)

    def cast(self, persona: Persona) -> Cast:
        """The program that this citizen walks."""
        lengths = lengths_of(self.journey, persona) if self._loops else ()
        cast = self._casts.get(lengths)
        if cast is None:
            program = program_of(self.journey, self.walk.variant, self.walk.language, persona)
            cast = self._casts[lengths] = Cast(program, Learner(program, self.walk, self.thinks))
        return cast

    def take(self, persona: Persona, line: Line, sleep: Callable[[float], None], think: Think, way: Way) -> None:
        """Walk it once; `way` is filled while it goes, for whoever is stopped on it."""
        cast = self.cast(persona)
        known = cast.values.get(persona.id)
        if known is None:
            values = cast.program.values(persona)
            known = cast.values[persona.id] = values, frozenset(n for n, value in enumerate(values) if is_odd(value))
        _take(self, cast, known[0], known[1], line, sleep, think, way)

    def way(self) -> Way:
        """A walk that has not begun."""
        channel = self.walk.equipment.channel(self.journey.channel)
        return Way(time.time(), [], False, None, channel, self.journey.agency, None, ())

    def first(self, cast: Cast, values: Sequence[Any]) -> Leg:
        """The leg before there is any page."""
        known = cast.firsts.get(tuple([values[n] for n in cast.deciding]))
        if known is not None:
            return known
        leg = Shelf(cast.learner, START, self.tiers).first(values)
        if leg.deciding != cast.deciding:
            cast.firsts, cast.deciding = {}, leg.deciding
        if len(cast.firsts) < MOST_KEPT:
            cast.firsts[tuple([values[n] for n in leg.deciding])] = leg
        return leg

    def shelf(self, cast: Cast, state: State, url: str, status: int, page: bool) -> Shelf:
        """Where the shapes are of pages that come at this state, from this page of this agency, with this status."""
        exact = (state, url, status, page)
        shelf = cast.by_address.get(exact)
        if shelf is None:
            # Pages whose addresses differ only in what is one citizen's own are of one kind.
            key = (state, status, page, page_key(url, self.base), agency_of(url, self.journey, self.base))
            shelf = cast.shelves.get(key)
            if shelf is None:
                shelf = cast.shelves[key] = Shelf(cast.learner, state, self.tiers)
                while len(cast.shelves) > MOST_SHELVES:
                    del cast.shelves[next(iter(cast.shelves))]
            if len(cast.by_address) >= MOST_KEPT:
                cast.by_address.clear()
            cast.by_address[exact] = shelf
        return shelf


def _take(
    ready: Ready,
    cast: Cast,
    values: Sequence[Any],
    odd: frozenset[int],
    line: Line,
    sleep: Callable[[float], None],
    think: Think,
    way: Way,
) -> None:
    clock = time.time
    started = way.started = clock()
    legs = way.legs
    add = legs.append
    leg = ready.first(cast, values)
    shape: Shape | None = None
    holes: Sequence[bytes] = ()
    url: str | None = None
    behind: Behind = [] if cast.learner.goes_back else None
    while True:
        add(leg.number)
        add(round((clock() - started) * 1e6))
        way.step, way.agency = leg.step, leg.next.agency
        if leg.last is not None:
            way.last = leg.last
        for step, seconds, moving in leg.thinks:
            pause = seconds if moving else think(step, seconds)
            if pause > 0:
                sleep(pause)
            add(round((clock() - started) * 1e6))
        if not leg.thinks:
            add(round((clock() - started) * 1e6))
        asked = leg.asked
        way.concluded = leg.next.concluded or way.concluded
        if asked is None:
            way.verbs = tuple([word for row in leg.rows[-3:] for word in row[2:4]])
            way.concluded = way.concluded or any(row[2] == "concludes" for row in leg.rows)
            return
        here = url
        try:
            if behind and asked.method == BACK:
                there = behind[-2].url
                leg, shape, holes, url = _back(ready, cast, leg, asked, values, odd, line, behind)
                continue
            there = address(asked, shape, here, holes, values)
            leg, shape, holes, url = _arrive(
                ready, cast, leg.next, asked, there, here, holes, values, odd, line, leg.step, behind
            )
        except NoAnswer as silence:
            _nothing_came(ready, way, leg, there, silence)
            return
        except LabBroke as broke:
            add(SAYINGS.number((said(way, "lab", "breaks", broke.tag),), 1))
            add(round((clock() - started) * 1e6))
            way.verbs = ("breaks",)
            return


def address(asked: Asked, shape: Shape | None, here: str | None, holes: Sequence[bytes], values: Sequence[Any]) -> str:
    """Where a learned request goes for this citizen: as learned, or with what this page and person put into it."""
    if (
        asked.query is None
        and asked.where is None
        and (shape is None or here == shape.learned_at or asked.target is None)
    ):
        return asked.url
    assert here is not None
    if shape is None:
        return address_of(asked, here, here, here, holes, values)
    base = here if shape.base is None else urljoin(here, shape.base)
    return address_of(asked, shape.learned_at, here, base, holes, values)


def _arrive(
    ready: Ready,
    cast: Cast,
    state: State,
    asked: Asked,
    url: str,
    here: str | None,
    holes: Sequence[bytes],
    values: Sequence[Any],
    odd: frozenset[int],
    line: Line,
    step: str | None,
    behind: Behind,
) -> tuple[Leg, Shape | None, Sequence[bytes], str]:
    """Send what a leg ends in, follow where it leads, and find the leg that goes on from there."""
    method, kind = asked.method, asked.kind
    body = body_of(asked, values, holes)
    referrer = here if asked.referred else None
    for _redirect in range(MOST_REDIRECTS):
        try:
            place = place_of(url.partition("#")[0] if "#" in url else url)
        except ValueError:
            raise NoAnswer(_("{url} is no address that can be opened.").format(url=url)) from None
        reply = line.ask(method, place, _more(url, referrer, kind, body is not None), body, step)
        status, where = reply.status, reply.location
        if where and status in MOVED:
            url = _joined(url, where.decode("latin-1"))
            if status < 304 and method != "HEAD":
                method, body, kind = "GET", None, None
            continue
        page = reply.is_page()
        shelf = ready.shelf(cast, state, url, status, page)
        tiers = shelf.tiers.full
        leg, shape, found = shelf.find(reply, url, page, values, odd)
        # Only a page that was read whole can be one that moves on at once: those known by template are known not to.
        if shelf.tiers.full != tiers and page and status < 400 and b"refresh" in reply.content:
            moving = Page(url, status, reply.text()).refresh()
            if moving and moving[0] == 0:
                if shape in shelf.shapes:
                    shelf.shapes.remove(shape)
                method, url, body, kind, referrer = "GET", moving[1], None, None, url
                continue
        if behind is not None:
            again = method == "GET" and "no-store" in reply.headers().get("cache-control", "")
            behind.append(Gone(state, reply, url, page, referrer, again))
        return leg, shape, found, url
    raise NoAnswer(_("it redirects without end"))


def _back(
    ready: Ready, cast: Cast, leg: Leg, asked: Asked, values: Sequence[Any], odd: frozenset[int],
    line: Line, behind: list[Gone],
) -> tuple[Leg, Shape | None, Sequence[bytes], str]:  # fmt: skip
    """Go back to the page of before: as it was left, without a request, unless it said that it must not be kept."""
    behind.pop()
    gone = behind.pop()
    if gone.again:
        asked = replace(asked, method="GET", referred=True)
        return _arrive(ready, cast, leg.next, asked, gone.url, gone.referrer, (), values, odd, line, leg.step, behind)
    gone = gone._replace(state=leg.next._replace(before=gone.state))
    shelf = ready.shelf(cast, gone.state, gone.url, gone.reply.status, gone.page)
    behind.append(gone)
    return (*shelf.find(gone.reply, gone.url, gone.page, values, odd), gone.url)


def _joined(url: str, where: str) -> str:
    """Where an address leads from another; nearly all are whole, or paths that need no more than the host before."""
    slash = url.find("/", 8)
    if slash > 0 and where[:1] == "/" and where[1:2] != "/" and "/." not in where and "\\" not in where:
        return url[:slash] + where
    if where[:4] == "http" and "://" in where and "/." not in where and " " not in where:
        return where
    return urljoin(url, where)


_HEADS: dict[tuple[str, str | None, str | None, bool], bytes] = {}


def _more(url: str, referrer: str | None, kind: str | None, posted: bool) -> bytes:
    """The lines of a request's head that not every request has."""
    key = (url, referrer, kind, posted)
    known = _HEADS.get(key)
    if known is not None:
        return known
    lines = []
    if referrer and (told := referer(referrer, url)):
        lines.append(f"Referer: {told}\r\n")
    if posted:
        parts = urlsplit(referrer or url)
        lines.append(f"Origin: {parts.scheme}://{parts.netloc}\r\nContent-Type: {kind}\r\n")
    made = "".join(lines).encode("latin-1", "replace")
    if len(_HEADS) > 4096:
        _HEADS.clear()
    _HEADS[key] = made
    return made


def _nothing_came(ready: Ready, way: Way, leg: Leg, url: str, silence: NoAnswer) -> None:
    rows: list[Row] = []
    if not silence.too_long:
        rows.append(said(way, "service", "refuses", page_key(url, ready.base), "fault"))
        way.last = ("refuses", leg.step, rows[0][3])
    rows.append(said(way, "citizen", "leaves"))
    way.legs += [SAYINGS.number(tuple(rows), 1), round((time.time() - way.started) * 1e6)]
    way.verbs = tuple(row[2] for row in rows)


def said(way: Way, actor: str, verb: str, about: str | None = None, cause: str | None = None) -> Row:
    """One sentence at the end of a walk."""
    return (0, actor, verb, about, way.step, way.channel, way.agency, cause, None, None)
