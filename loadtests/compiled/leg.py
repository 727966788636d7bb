"""A leg of a journey: from the moment a page is there to the request that fetches the next, all that is said and sent.

A leg is learned once from a walk that reads the whole page, and then told and sent again for every citizen who stands
before the same page with the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from loadtests.recording import Row

#: What is put together when it is sent: bytes as they are, or the number of what goes there (from a citizen's values
#: when it is 0 or more, from the page's holes as -1 - number).
Pieces = tuple[bytes | int, ...]


class State(NamedTuple):
    """Where a citizen has got to when a page arrives.

    `place` is in the program; `way` the alternative by which the step under way was done (-1: it is not done yet, and
    `left` seconds of its patience are left); `agency` is whose page it was until now, None before the first.

    Where a journey goes back, `pages` is how many pages lie behind, and `before` the state at which this page came
    first, when it is come back to: what was given on it is still there.
    """

    place: int = 0
    way: int = -1
    left: float = -1.0
    step: str | None = None
    agency: str | None = None
    concluded: bool = False
    pages: int = 0
    before: State | None = None


#: What goes out where a citizen goes back: nothing, unless the page of before must not be kept.
BACK: Final = "BACK"
START = State()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it is sent again and again: from a page at another address its `target` leads elsewhere.

    `where` is the hole of the page that the target is, None when it is always the same; a `target` of None is a whole
    address.
    """

    method: str
    url: str
    target: str | None
    where: int | None
    query: Pieces | None
    body: Pieces | None
    kind: str | None
    referred: bool
    form: tuple[str, str] | None  # what a submission is about, and the form's own name
    raw: bool = False  # whether values stand in the body as they are
    charset: str = "utf-8"


class Think(NamedTuple):
    """The citizen's own time before a step, or how long a page takes before it moves on by itself; seconds."""

    step: str
    seconds: float
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """What is said on a page, and what is sent from it; `asked` is None where the journey ends here.

    `number` is that of its sentences in the run file. `deciding` numbers the citizen's values on which it depended what
    was done, `plain` those that only stand in what is sent.
    """

    number: int
    rows: tuple[Row, ...]
    thinks: tuple[Think, ...]
    asked: Asked | None
    next: State
    step: str | None
    deciding: tuple[int, ...] = ()
    plain: tuple[int, ...] = ()
    needles: tuple[tuple[str, bool], ...] = ()
    last: tuple[str, str | None, str | None] | None = None  # the service's last word: verb, step, about

    @property
    def moments(self) -> int:
        """How many moments of it are kept: of the page's arrival, and after each time to think (or of the sending)."""
        return 1 + max(1, len(self.thinks))
