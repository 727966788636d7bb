"""What was done and what was seen, at a moment of a recording, and the page on which it was."""

from __future__ import annotations

from dataclasses import dataclass, field

from studies.importers.of_rrweb.document import Document


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that was done or seen. Times are epoch milliseconds; `kind` says which columns are meant.

    arrives (a page; `refuses` with what `data`, `fault`; without `eye` there is nothing on it yet), returns (an earlier
    page), act (`data` when something is sent), press (of
    what is no button), give, asks, refuses, concludes, changes (`about` where), sign, net, idle, lost.
    """

    when: float
    kind: str
    page: int
    about: str = ""
    until: float | None = None
    data: tuple[str, ...] = ()
    eye: bool = True
    ear: bool = True
    fault: bool = False
    leads_on: bool = False  # an act that another page may come of
    refuses: bool = False  # a page that comes and rejects


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign of working: since when, and for whom."""

    since: float
    eye: bool
    ear: bool


@dataclass(slots=True, eq=False)
class Page:
    """One page that the citizen had before them."""

    number: int
    href: str
    document: Document
    since: float
    asked: set[str] = field(default_factory=set)  # data that are asked for just now
    refusing: set[int] = field(default_factory=set)  # messages that have been told
    signs: dict[int, Shown] = field(default_factory=dict)  # nodes that say that something is under way
