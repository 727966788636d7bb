"""When a service is plainly failing under a load, or asks to be left alone, the load ends: a circuit breaker.

It trips when for some seconds on end too great a share of the requests met a server's error or nobody at all, or as
soon as an answer says `Retry-After`. A service that agreed to be loaded did not agree to be held down.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from studies.words import _


@dataclass(slots=True)
class Breaker:
    """Fed with running totals; `share` of the requests of the last `seconds` may go wrong, of `fewest` at least."""

    share: float = 0.5
    seconds: float = 5.0
    fewest: int = 20
    _seen: deque[tuple[float, int, int]] = field(default_factory=deque)

    def hear(self, now: float, requests: int, errors: int, retry_after: int = 0) -> str | None:
        """Take in how many requests there were so far and how many went wrong; why to stop, or None to go on.

        `now` is in seconds, whatever from. Totals that fall (a worker was lost) begin anew.
        """
        if retry_after:
            return _("the service asked to be left alone (Retry-After)")
        if self._seen and (requests < self._seen[-1][1] or errors < self._seen[-1][2]):
            self._seen.clear()
        self._seen.append((now, requests, errors))
        # One that is just as old as the stretch, or older, is where the stretch begins.
        while len(self._seen) > 1 and self._seen[1][0] <= now - self.seconds:
            self._seen.popleft()
        since, sent, wrong = self._seen[0]
        if now - since < self.seconds or requests - sent < self.fewest:
            return None
        bad = (errors - wrong) / (requests - sent)
        if bad <= self.share:
            return None
        return _("{share:.0%} of the requests of the last {seconds:g} s went wrong").format(
            share=bad, seconds=self.seconds
        )
