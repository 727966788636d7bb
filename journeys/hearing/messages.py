"""What a recorder told, put in order: each message once, by the time it speaks of, what is scenery taken out.

A message is what `journeys/recorder.js` describes at its head. Messages come late, twice and in any order; every page
numbers its own, and all share one clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from studies.measuring.chains import ticks

Message = Mapping[str, Any]

NEAR: Final = 2000.0  # ms within which leaving one page and loading the next are one
STALE: Final = 80.0  # ms: hits closer than this are one


@dataclass(slots=True)
class Page:
    """One document that the citizen had before them, and what was heard on it. Times are epoch milliseconds."""

    name: str
    address: str
    began: float  # when its loading began
    born: float  # when its document was there
    top: bool
    way: str = ""  # navigate, reload, back_forward
    usable: float | None = None
    painted: float | None = None
    status: int = 0
    spent: Mapping[str, float] = field(default_factory=dict)  # ms of server, network, page
    left: float | None = None  # when it was about to go
    places: list[tuple[float, str]] = field(default_factory=list)  # where it stood, from when on

    @property
    def nobody(self) -> bool:
        """Whether it is the browser's own word that nobody answered."""
        return self.address.startswith("chrome-error:")

    def at(self, when: float) -> str:
        """Its address at a moment."""
        past = [address for since, address in self.places if since <= when]
        return past[-1] if past else self.address


@dataclass(frozen=True, slots=True)
class Sign:
    """A lasting sign of working; `until` is None where it was never heard to end."""

    page: str
    since: float
    until: float | None
    eye: bool
    ear: bool


@dataclass(frozen=True, slots=True)
class Work:
    """Something under way: a request of the page's scripts, a long task, a page on its way."""

    page: str
    since: float
    until: float
    what: str  # net, script, load
    status: int = 0
    spent: Mapping[str, float] = field(default_factory=dict, hash=False)  # ms of server, network, page; empty: not told


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that a recorder told of one session, in order."""

    messages: list[Message]
    pages: dict[str, Page]
    changes: list[tuple[float, str]]  # when the eye saw something change that is no scenery, and on which page
    signs: list[Sign]
    work: list[Work]

    def top_pages(self) -> list[Page]:
        """The pages that filled the window, in the order in which they came."""
        return sorted((p for p in self.pages.values() if p.top), key=lambda p: p.born)


def in_order(messages: Iterable[Message]) -> list[Message]:
    """Each message once, by time; those of one page and one moment by their number."""
    once = {(m["p"], m["n"]): m for m in messages}
    return sorted(once.values(), key=lambda m: (m["t"], m["p"], m["n"]))


def listen(messages: Iterable[Message]) -> Heard:
    """What the messages amount to: pages, changes that are no scenery, signs with their ends, work under way."""
    told = in_order(messages)
    pages = _pages(told)
    end = told[-1]["t"] if told else 0.0
    return Heard(told, pages, _changes(told, pages), _signs(told, pages), _work(told, pages, end))


def _pages(told: list[Message]) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for m in told:
        if m["k"] == "hello":
            pages[m["p"]] = Page(m["p"], m["u"], m["o"], m["t"], bool(m["top"]), m.get("nav", ""))
    for m in told:
        if (page := pages.get(m["p"])) is None:
            continue
        match m["k"]:
            case "usable":
                page.usable, page.status, page.spent = m["t"], m.get("status") or 0, m.get("ms") or {}
                page.address = m["u"]
            case "paint":
                page.painted = m["t"]
            case "unload" | "bye":
                page.left = m["t"] if page.left is None else page.left
            case "place":
                page.places.append((m["t"], m["u"]))
    return pages


def _changes(told: list[Message], pages: dict[str, Page]) -> list[tuple[float, str]]:
    """Visible changes, frames too, without what moved while nobody waited and what ticks over the page's whole life."""
    hits: dict[tuple[str, str], list[float]] = defaultdict(list)
    scenery: set[tuple[str, str]] = set()
    for m in told:
        if m["k"] == "change":
            for signature, calm in m["c"]:
                past = hits[m["p"], signature]
                if not past or m["t"] - past[-1] > STALE:
                    past.append(m["t"])
                if calm:  # found out later, it was so from the beginning
                    scenery.add((m["p"], signature))
    scenery |= {who for who, times in hits.items() if ticks(times)}
    changes = (m for m in told if m["k"] == "change")
    seen = [(m["t"], m["p"]) for m in changes if any((m["p"], s) not in scenery for s, _ in m["c"])]
    return sorted(seen + [(p.usable, p.name) for p in pages.values() if not p.top and p.usable is not None])


def _gone(page: Page | None, pages: dict[str, Page]) -> float | None:
    """When a page was replaced before the citizen's eye: when the next one was born."""
    if page is None or page.left is None or not page.top:
        return None
    return min((p.born for p in pages.values() if p.top and p.born >= page.left), default=None)


def _signs(told: list[Message], pages: dict[str, Page]) -> list[Sign]:
    open_: dict[tuple[str, int], Message] = {}
    found: list[Sign] = []
    for m in told:
        if m["k"] == "sign":
            open_[m["p"], m["b"]] = m
        elif m["k"] == "signoff" and (began := open_.pop((m["p"], m["b"]), None)):
            found.append(Sign(m["p"], began["t"], max(m["t"], began["t"]), bool(began["eye"]), bool(began["ear"])))
    for (page, _), m in open_.items():
        found.append(Sign(page, m["t"], _gone(pages.get(page), pages), bool(m["eye"]), bool(m["ear"])))
    return sorted(found, key=lambda s: s.since)


def _work(told: list[Message], pages: dict[str, Page], end: float) -> list[Work]:
    open_: dict[tuple[str, int], Message] = {}
    found: list[Work] = []
    for m in told:
        if m["k"] == "net" and not m["bg"]:
            open_[m["p"], m["i"]] = m
        elif m["k"] == "netoff" and (asked := open_.pop((m["p"], m["i"]), None)):
            found.append(Work(m["p"], asked["t"], m["t"], "net", m.get("status") or 0, m.get("ms") or {}))
        elif m["k"] == "long":
            found.append(Work(m["p"], m["t"], m["t"] + m["d"], "script"))
    for (name, _), m in open_.items():
        found.append(Work(name, m["t"], _gone(pages.get(name), pages) or end, "net"))
    for page in pages.values():
        if page.usable is not None and not page.top:  # within a frame: a part of the page that asks for itself
            found.append(Work(page.name, page.began, page.usable, "net", page.status, page.spent))
        elif page.usable is not None:
            # The page before says when it was left: after the press, and before the next one has begun to load.
            left = [p.left for p in pages.values() if p.left is not None and p.left <= page.born and p is not page]
            began = max([page.began, *(x for x in left if x - page.began < NEAR)])
            found.append(Work(page.name, began, page.usable, "load", page.status, page.spent))
    return sorted(found, key=lambda w: w.since)
