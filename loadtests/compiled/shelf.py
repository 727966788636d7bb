"""The kinds of page that one step has met, found again in three tiers: template, scan, full reading.

Tier 1 compares a page byte by byte with what was learned; tier 2 scans its forms and what else tells something; tier 3
reads it whole, and learns. The first of each kind, and some later on, are read whole besides to see that both agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin

from journeys.players.forms import Page
from journeys.players.transport import charset_of
from loadtests.clients._reply import Reply
from loadtests.compiled.learning import Learned, Learner
from loadtests.compiled.leg import Asked, Leg, State
from loadtests.compiled.sending import address_of, asked_of, body_of
from loadtests.compiled.shape import Found, Shape, match_holes, outline, windows_of
from loadtests.compiled.template import Spot, Template, attributes_of, differences, hidden_values, tokens_of
from loadtests.recording import SAYINGS

MOST_SHAPES: Final = 8
MOST_LEGS: Final = 4096
CHECKED: Final = 20  # of a new kind, so many are read whole
EVERY: Final = 100  # later on one in so many, or fewer: checking may cost a page so much on average
CHECKING: Final = 4e-6  # seconds

Told = tuple[Leg, Shape | None, Sequence[bytes]]


@dataclass(slots=True)
class Tiers:
    """How often pages were known by template, by a scan, or had to be read whole; how often checks did not agree."""

    template: int = 0
    scan: int = 0
    full: int = 0
    checked: int = 0
    wrong: int = 0

    def json(self) -> dict[str, Any]:
        """As reported: counts, and the share of each tier."""
        pages = self.template + self.scan + self.full
        share = {
            name: round(getattr(self, name) / pages, 4) if pages else None for name in ("template", "scan", "full")
        }
        return {"pages": pages, **share, "checked": self.checked, "wrong": self.wrong}


@dataclass(slots=True)
class Shelf:
    """The shapes of pages that come at one state of one program."""

    learner: Learner
    state: State
    tiers: Tiers
    shapes: list[Shape] = field(default_factory=list)

    def find(self, reply: Reply, url: str, page: bool, values: Sequence[Any], odd: frozenset[int]) -> Told:
        """The leg that leads on from a page, with the holes that its request needs."""
        content = reply.content if page else b""
        for place, shape in enumerate(self.shapes):
            holes = shape.fits(content)
            if holes is None:
                continue
            leg = shape.legs.get(tuple([values[n] for n in shape.deciding]))
            if leg is None or (odd and not odd.isdisjoint(leg.plain)):
                break
            if place:
                self.shapes.insert(0, self.shapes.pop(place))
            self.tiers.template += 1
            shape.met += 1
            if shape.met >= shape.check_at:
                return self._checked((leg, shape, holes), reply, url, content, values)
            return leg, shape, holes
        for shape in self.shapes:
            leg = shape.legs.get(tuple([values[n] for n in shape.deciding]))
            if leg is None or leg.asked is None or leg.asked.form is None or leg.asked.where is not None:
                continue
            if odd and not odd.isdisjoint(leg.plain):
                continue
            if (holes := shape.scan(content)) is not None:
                self.tiers.scan += 1
                shape.met += 1
                known: Told = (leg, shape, holes)
                if shape.met >= shape.check_at or self.tiers.scan % 16 == 0:
                    known = self._checked(known, reply, url, content, values)
                    self._generalise(content, url, reply, values)
                return known
        self.tiers.full += 1
        return self._learn(content, reply, url, values)

    # -- reading whole

    def _page(self, content: bytes, reply: Reply, url: str) -> Page:
        charset = charset_of(content, reply.kind.decode("latin-1"))
        return Page(url, reply.status, content.decode(charset, "replace"), charset)

    def _learn(self, content: bytes, reply: Reply, url: str, values: Sequence[Any]) -> Told:
        """Read a page whole, and keep what was learned of its kind."""
        for met in self.shapes:
            spots = differences(met.content, content)
            if spots is not None:
                more = self._shape(content, reply, url, values, spots, met)
                if more is not None and more[1] is not None:
                    self.shapes.remove(met)
                    self.shapes.insert(0, more[1])
                    return more
        told = self._shape(content, reply, url, values, [], None)
        assert told is not None
        if told[1] is not None:
            self.shapes.insert(0, told[1])
            del self.shapes[MOST_SHAPES:]
        return told

    def _generalise(self, content: bytes, url: str, reply: Reply, values: Sequence[Any]) -> None:
        """See whether a page that only a scan knew is of a kind with a template after all, with more holes in it."""
        if not any(shape.fits(content) for shape in self.shapes):
            self._learn(content, reply, url, values)

    def _shape(
        self, content: bytes, reply: Reply, url: str, values: Sequence[Any], differ: Sequence[Spot], known: Shape | None
    ) -> tuple[Leg, Shape | None, Sequence[bytes]] | None:
        """A shape from a page; with one that is known, only if both say and send the same but for their holes."""
        page = self._page(content, reply, url)
        learned = self.learner.leg(self.state, page, values)
        hand = learned.hand
        spots = _together(content, differ, known)
        found = match_holes(content, spots, page, hand)
        before = self._values_of(content, spots)
        leg = self._parted(learned, page, found, url, values, before)
        if leg is None:
            if known is not None:
                return None
            return self._leg(learned, page, found or Found(), lambda number: False), None, before
        needles = leg.needles
        windows = windows_of(page, content, spots, needles)
        if found is None or windows is None or len(set(leg.deciding)) != len(leg.deciding):
            return None if known else (leg, None, before)
        decided = tuple(values[n] for n in leg.deciding)
        shape = Shape(
            template=Template(content, spots),
            content=content,
            learned_at=url,
            base=_base_of(page),
            deciding=leg.deciding,
            legs={decided: leg},
            windows=windows,
            needles=needles,
            blank=tuple(place for place, spot in enumerate(spots) if not spot.attribute),
            scanned=None,
            hidden=(),
            in_utf8=page.charset in ("utf-8", "ascii"),
        )
        if leg.asked is not None and leg.asked.form is not None:
            _scannable(shape, content, spots)
        if known is not None:
            if not _same_kind(known, shape, decided, leg):
                return None
            if _places(known) == _places(shape) and len(known.legs) < MOST_LEGS:  # else its holes have other numbers
                shape.legs = {**known.legs, decided: leg}
            shape.needles = tuple(dict.fromkeys((*known.needles, *needles)))
            shape.met, shape.check_at = known.met, known.met + 1
        return leg, shape, before

    @staticmethod
    def _values_of(content: bytes, spots: Sequence[Spot]) -> list[bytes]:
        return [content[spot.start : spot.end] for spot in spots]

    def _parted(
        self,
        learned: Learned,
        page: Page,
        found: Found | None,
        url: str,
        values: Sequence[Any],
        holes: Sequence[bytes],
    ) -> Leg | None:
        """The leg with its request in pieces that make, put together again, what was to be sent.

        Where a citizen's values do not part from it, the leg is for those values only; where the page's do not, None.
        """
        if found is None:
            return None
        wants: tuple[Callable[[int], bool], ...] = (lambda number: True, lambda number: number < 0)
        for wanted in wants:
            leg = self._leg(learned, page, found, wanted)
            if leg.asked is None or learned.sent is None:
                return leg
            body = body_of(leg.asked, values, holes)
            there = address_of(leg.asked, url, url, page.base, holes, values)
            if there == learned.sent.url and _parts(body) == _parts(learned.sent.body):
                return leg
        return None

    def _leg(self, learned: Learned, page: Page | None, found: Found, wanted: Callable[[int], bool]) -> Leg:
        hand, sent = learned.hand, learned.sent
        asked: Asked | None = None
        if sent is not None:
            asked = asked_of(page, hand, sent, found.by_control, found.where, wanted)
        replies = [row for row in learned.rows if row[1] == "service" and row[2] not in ("requests", "forwards")]
        last = (replies[-1][2], replies[-1][4], replies[-1][3]) if replies else None
        numbers = {number for _control, number in hand.by_number.values()}
        plain = {number for number in numbers if wanted(number)}
        deciding = set(hand.deciding) | (numbers - plain)
        return Leg(
            SAYINGS.number(learned.rows, 1 + max(1, len(learned.thinks))),
            learned.rows, learned.thinks, asked, learned.next, learned.step,
            tuple(sorted(deciding)), tuple(sorted(plain)), tuple(hand.needles.items()), last,
        )  # fmt: skip

    def first(self, values: Sequence[Any]) -> Leg:
        """The leg before there is any page."""
        return self._leg(self.learner.leg(self.state, None, values), None, Found(), lambda number: True)

    # -- seeing that both agree

    def _checked(self, known: Told, reply: Reply, url: str, content: bytes, values: Sequence[Any]) -> Told:
        """Read the page whole besides: what it says and what is sent must be the same."""
        leg, shape, holes = known
        assert shape is not None
        began = time.perf_counter()
        self.tiers.checked += 1
        page = self._page(content, reply, url)
        learned = self.learner.leg(self.state, page, values)
        agrees = learned.rows == leg.rows and _sends_the_same(leg, learned, shape, url, holes, values)
        cost = time.perf_counter() - began
        later = max(EVERY, round(cost / CHECKING))
        shape.check_at = shape.met + (1 if shape.met < CHECKED else later)
        if agrees:
            return known
        self.tiers.wrong += 1
        self.shapes.remove(shape)
        return self._learn(content, reply, url, values)


def _together(content: bytes, differ: Sequence[Spot], known: Shape | None) -> list[Spot]:
    """The holes of a page: its hidden values, where it differs from another, and where that one already had holes."""
    tokens = tokens_of(content)
    spots = {(spot.token, spot.attribute): spot for spot in (*hidden_values(content, tokens), *differ)}
    for spot in known.template.spots if known else ():
        fresh = spots.get((spot.token, spot.attribute))
        if spot.attribute and fresh is not None:
            continue
        token = tokens[spot.token]
        ahead = min(spot.ahead, fresh.ahead) if fresh is not None else spot.ahead
        start, end = (
            attributes_of(content, token)[spot.attribute] if spot.attribute else (token.start + ahead, token.end)
        )
        spots[spot.token, spot.attribute] = Spot(spot.token, spot.attribute, start, end, spot.tag, ahead)
    return sorted(spots.values(), key=lambda spot: spot.start)


def _base_of(page: Page) -> str | None:
    node = page.tree.css_first("base[href]")
    return (node.attributes.get("href") or "") if node else None


def _places(shape: Shape) -> list[tuple[int, bytes]]:
    return [(spot.token, spot.attribute) for spot in shape.template.spots]


def _same_kind(known: Shape, shape: Shape, decided: tuple[Any, ...], leg: Leg) -> bool:
    if known.deciding != shape.deciding:
        return False
    before = known.legs.get(decided)
    return before is None or (before.rows == leg.rows and before.next == leg.next)


def _scannable(shape: Shape, content: bytes, spots: Sequence[Spot]) -> None:
    forms, telling, values = outline(content)
    hidden = [place for place, spot in enumerate(spots) if spot.attribute == b"value" and spot.tag == b"input"]
    if [content[spots[place].start : spots[place].end] for place in hidden] == values:
        shape.scanned, shape.hidden = (forms, telling), tuple(hidden)


def _sends_the_same(
    leg: Leg, learned: Learned, shape: Shape, url: str, holes: Sequence[bytes], values: Sequence[Any]
) -> bool:
    asked, sent = leg.asked, learned.sent
    if asked is None or sent is None:
        return asked is None and sent is None
    base = url if shape.base is None else urljoin(url, shape.base)
    there = address_of(asked, shape.learned_at, url, base, holes, values)
    body = body_of(asked, values, holes)
    if leg.next != learned.next or (asked.method, there) != (sent.method, sent.url):
        return False
    return _parts(body) == _parts(sent.body)


def _parts(body: bytes | None) -> list[bytes]:
    """What is sent, without the boundary between its parts: it follows from what they are."""
    if not body:
        return []
    return body.split(body.split(b"\r\n", 1)[0]) if body.startswith(b"--khutwa") else [body]
