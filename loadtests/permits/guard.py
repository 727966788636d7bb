"""What keeps watch over a load while it runs, and ends it: kill switch, circuit breaker, consent, expiry, address.

It is asked five times a second. What takes longer than a moment (reading the consent again, asking where the name leads
now) is done in a thread of its own once a minute, so that the load is steered without a stutter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from loadtests.permits.breaker import Breaker
from loadtests.permits.consent import expired
from loadtests.permits.kill_switch import pulled_since
from loadtests.permits.permission import Ground, Resolve, Target, addresses_of, permitted
from studies.troubles import Trouble
from studies.words import _, language, say_in

#: How often the consent is read again (seconds).
EVERY: Final = 60.0


@dataclass(frozen=True, slots=True)
class Halt:
    """Why a load must end: how that ending is called, and a sentence about it."""

    ending: str
    why: str


@dataclass(slots=True)
class Guard:
    """The watch over one load. `began` is when it began (seconds since 1970), `clock` any clock of seconds."""

    targets: tuple[Target, ...]
    ground: Ground
    began: float
    breaker: Breaker = field(default_factory=Breaker)
    resolve: Resolve = addresses_of
    clock: Callable[[], float] = time.monotonic
    every: float = EVERY
    _looked: float | None = None
    _looking: threading.Thread | None = None
    _found: Halt | None = None

    def look(self, snapshot: Mapping[str, Any]) -> Halt | None:
        """Why the load must end now, by what the generator just said; or None.

        Of a snapshot it reads `steps` (of each the requests, those that went wrong, …) and `retry_after`.
        """
        if pulled_since(self.began, self.ground.space):
            return Halt("killed", _("the kill switch was pulled"))
        elsewhere = [target for target in self.targets if not target.here]
        if not elsewhere:
            return None  # this machine is loaded to see what breaks
        steps = snapshot.get("steps", {}).values()
        sent, wrong = sum(step[0] for step in steps), sum(step[1] for step in steps)
        if why := self.breaker.hear(self.clock(), sent, wrong, int(snapshot.get("retry_after", 0))):
            return Halt("circuit breaker", why)
        now = self.ground.now()
        if any(target.until and target.until <= now for target in elsewhere):
            return Halt("permission withdrawn", _("the permission expired"))
        return self._again(elsewhere)

    def _again(self, elsewhere: list[Target]) -> Halt | None:
        """See once a minute whether what was agreed still holds; never waits for it."""
        if self._looked is None:
            self._looked = self.clock()  # it was looked at just before the load began
        busy = self._looking is not None and self._looking.is_alive()
        if not busy and self._found is None and self.clock() - self._looked >= self.every:
            self._looked, tongue = self.clock(), language()
            self._looking = threading.Thread(target=self._look, args=(elsewhere, tongue), daemon=True)
            self._looking.start()
        return self._found

    def _look(self, targets: Iterable[Target], tongue: str) -> None:
        with say_in(tongue):  # a thread begins without a language
            self._found = still(targets, self.resolve, self.ground)


def still(targets: Iterable[Target], resolve: Resolve, ground: Ground) -> Halt | None:
    """Does all that was agreed still hold, at the address that is loaded? What no longer does, or None.

    A ceiling that was lowered withdraws the permission too: the load that runs is above it.
    """
    for target in targets:
        try:
            addresses = resolve(target.host, target.port)
        except OSError:
            addresses = []  # a name that cannot be asked for leads nowhere else
        if addresses and target.addresses[0] not in addresses:
            said = _("{host} no longer stands for {pinned}").format(host=target.host, pinned=target.addresses[0])
            return Halt("address changed", said)
        try:
            now = permitted(target.origin, _pinned_to(target), ground)
        except Trouble as cause:
            ending = "certificate expired" if expired(cause) else "permission withdrawn"
            return Halt(ending, str(cause).splitlines()[0])
        if now.ceiling.and_also(target.ceiling) != target.ceiling:
            return Halt("permission withdrawn", _("{origin} lowered its ceiling").format(origin=target.origin))
    return None


def _pinned_to(target: Target) -> Resolve:
    return lambda _host, _port: list(target.addresses)
