"""One leg walked by hands that read the whole page: what is said on it, and the request that it ends in.

This says what `journeys.walk` says of a step's order (its condition, its beginning, its end), but can begin and stop
where a page arrives. The two are compared sentence by sentence in tests/test_compiled.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from journeys.diary import Diary
from journeys.hands import LabBroke, NotThere, PatienceOver
from journeys.holes import Secret
from journeys.players.forms import Page
from journeys.players.wire import DEAF
from journeys.walk import Walk, diary_of
from loadtests.compiled.hand import Hand, Nowhere, Sent
from loadtests.compiled.leg import BACK, State, Think
from loadtests.compiled.program import Op, Program
from loadtests.recording import Row
from studies.places import address
from studies.words import pick

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE: Final = Page("about:blank", 200, "")


@dataclass(slots=True)
class Learned:
    """A leg as it was just walked, with the hands that walked it."""

    rows: tuple[Row, ...]
    thinks: tuple[Think, ...]
    sent: Sent | None
    next: State
    step: str | None
    hand: Hand


@dataclass(slots=True)
class Learner:
    """Walks legs of one program. `thinks` says whether a step has a time to think, whatever the journey says."""

    program: Program
    walk: Walk
    thinks: bool = False
    goes_back: bool = field(init=False)

    def __post_init__(self) -> None:
        self.goes_back = self.program.goes_back()

    def leg(self, state: State, page: Page | None, values: Sequence[Any]) -> Learned:
        """Walk from a page's arrival (or, without one, from the beginning) to the next request, or to the end."""
        return _Leg(self, state, values).walked(page)


class _Leg:
    def __init__(self, learner: Learner, state: State, values: Sequence[Any]) -> None:
        self.ops, self.walk, self.values = learner.program.ops, learner.walk, values
        self.always = learner.thinks
        self.learner = learner
        self.place, self.concluded = state.place, state.concluded
        self.state = state
        self.slot = 0
        self.thinks: list[Think] = []
        self.acting = False  # whether the page has had its say, and the citizen is at work
        self.diary: Diary = diary_of(self.walk, device="wire", deaf_to=DEAF, clock=self._clock)
        self.diary.step = state.step
        self.hand = Hand(self.walk, self.diary, Nowhere(), lambda seconds: None)

    def _clock(self) -> datetime:
        # A sentence's moment is told as a number: those of arriving 0, of acting 2, after the n-th thought 10 + n.
        place = 10 + len(self.thinks) if self.thinks else 2 if self.acting else 0
        return EPOCH + timedelta(seconds=place)

    def walked(self, page: Page | None) -> Learned:
        sent: Sent | None = None
        following = self.state
        alternative = 0
        if page is None:
            self._begin()
        try:
            if page is not None:
                assert self.state.agency is not None
                if self.state.before is not None:
                    self._as_it_was_left(self.state.before, page)
                self.hand.page, self.diary.agency = BEFORE, self.state.agency
                self.hand.pages = self.state.pages + 1
                self.hand.arrive(page, handed=self.state.before is None)
                if self.state.way >= 0:
                    self._finish(self.ops[self.place], self.state.way)
                    self.place += 1
            self.acting = True
            while self.place < len(self.ops):
                alternative = self._do(self.ops[self.place], alternative)
        except Sent as asked:
            sent = asked
            if asked.moving is not None:
                self.thinks.append(Think(self.diary.step or "", asked.moving, True))
                following = State(self.place, -1, asked.left, self.diary.step, self.diary.agency)
            else:
                following = State(self._end(), self.hand.way, -1.0, self.diary.step, self.diary.agency)
            pages = (self.hand.pages - 2 * (asked.method == BACK)) if self.learner.goes_back else 0
            following = following._replace(concluded=self.concluded, pages=pages)
        except NotThere:
            self.diary.write("lab", "notes", "target_missing")
            self.diary.write("citizen", "leaves")
        except PatienceOver:
            self.diary.write("citizen", "leaves")
        except LabBroke as broke:
            self.diary.write("lab", "breaks", broke.tag)
        return Learned(self._rows(), tuple(self.thinks), sent, following, self.diary.step, self.hand)

    def _as_it_was_left(self, before: State, page: Page) -> None:
        """Go over a page once more as it was gone over when it came first, and keep what was given on it."""
        hand = _Leg(self.learner, before, self.values).walked(page).hand
        hand.diary, hand.sent, hand.link, hand.led = self.diary, None, None, True
        self.hand = hand

    # -- one thing to do

    def _do(self, op: Op, alternative: int) -> int:
        """Do one thing; which alternative of its target it was."""
        resumed, self.state = self.state, self.state._replace(left=-1.0)
        hand, within = self.hand, resumed.left if resumed.left >= 0 else None
        hand.walk = replace(self.walk, patience=within) if within is not None else self.walk
        hand.way = 0
        match op.kind:
            case "when":
                if not hand.sees(self._decided(op.text)):
                    self.place = op.skip
                    return 0
            case "enter":
                self._enter(op)
            case "visit":
                hand.visit(address(self._decided(op.text), self.walk.base))
            case "press" | "ask":
                press: Callable[[list[Any]], int] = hand.press if op.kind == "press" else hand.ask
                alternative = press(list(op.target or ()))
            case "submit":
                alternative = hand.submit(None if op.target is None else list(op.target))
            case "give" | "choose" | "upload":
                hand.fill_in(op.datum, self.values[op.text], op.text, op.kind)
            case "expect":
                text = self._decided(op.text) if op.text >= 0 else None
                page = self._decided(op.page) if op.page >= 0 else None
                gone = self._decided(op.gone) if op.gone >= 0 else None
                hand.expect(text, page, gone, op.seconds if within is None else within)
            case "back":
                hand.back()
            case "leave":
                self.diary.write("citizen", "leaves")
                self._conclude()
                self.place = len(self.ops)
                return 0
            case "finish":
                self._finish(op, alternative)
                alternative = 0
        self.place += 1
        return alternative

    def _decided(self, number: int) -> Any:
        value = self.values[number]
        self.hand.deciding[number] = value
        return value

    def _enter(self, op: Op) -> None:
        self.diary.step = op.step
        for demand in op.demands:
            self.diary.write("lab", "notes", demand)
        if op.seconds or self.always:
            self.thinks.append(Think(op.step, op.seconds))

    def _begin(self) -> None:
        shortest = self.walk.journey.shortest_path
        value = None if shortest is None else float(shortest)
        self.diary.write("citizen", "begins", self.walk.journey.journey, value=value)

    def _finish(self, op: Op, alternative: int) -> None:
        if alternative:
            self.diary.write("lab", "notes", f"alternative_{alternative + 1}")
        self._conclude()

    def _conclude(self) -> None:
        if self.concluded or self.diary.step is None:
            return
        for done in self.walk.journey.done:
            if self.hand.sees(pick(done.text, self.walk.language)):
                self.concluded = True
                self.diary.conclude(done.outcome)
                return

    # -- what comes of it

    def _end(self) -> int:
        """Where the step under way ends."""
        return next(at for at in range(self.place, len(self.ops)) if self.ops[at].kind == "finish")

    def _rows(self) -> tuple[Row, ...]:
        last = 1 if not self.thinks else None
        rows = []
        for s in self.diary.said:
            at = round((s.when - EPOCH).total_seconds())
            slot = at - 10 if at >= 10 else (last if at == 2 and last is not None else 0)
            about = None if isinstance(s.about, Secret) else s.about
            rows.append((slot, s.actor, s.verb, about, s.step, s.channel, s.agency or None, s.cause, s.sense, s.value))
        return tuple(rows)
