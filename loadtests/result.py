"""What a load did to a service, and whether it ran as asked: the one result that everything else tells of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from loadtests.capacities.levels import Level
from loadtests.probes.probed import Probed
from loadtests.summary import Summary
from loadtests.verdicts.evidence import Evidence

#: What the wire cannot say, whatever the load; the browser can.
SILENCE: Final = {"state": "not measurable", "reason": "the wire hears no signs"}


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did to a service, and whether it ran as asked.

    `ending` is `ran its time`, `stopped` (by hand), `target died`, `certificate expired`, `disk full`,
    `generator died`, or what the guard ended it for; `trouble` says it in a sentence, None when there was none. What
    was measured until then is kept in any case. Times are seconds; `cpu` is the share of one processor that the
    generator took, `lag` how late it let citizens in: when either is high it was itself the bottleneck. In an open load
    `citizens` is the most that were under way at once. `tiers` says by which way pages were read, `permission` what the
    load rests on, `capacity` what its levels come to.
    """

    journey: str
    variant: str | None
    base_url: str
    shape: str
    citizens: int
    seconds: float
    started: datetime
    ending: str
    trouble: str | None
    threshold: float
    cpu: float | None
    summary: Summary
    study: str
    sessions: int
    mode: str = "closed"
    arrivals: float | None = None
    arrived: int = 0
    dropped: int = 0
    lag: dict[str, Any] = field(default_factory=dict)
    think: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    client: str = ""
    run: str = ""
    levels: list[Level] = field(default_factory=list)
    capacity: dict[str, Any] | None = None
    tiers: dict[str, Any] = field(default_factory=dict)
    permission: dict[str, Any] = field(default_factory=dict)
    workers: list[dict[str, Any]] = field(default_factory=list)  # of a load that several machines made
    probe: Probed | None = None
    evidence: Evidence | None = None

    def json(self) -> dict[str, Any]:
        """The result as JSON: the summary's figures beside those of the run."""
        apart = ("summary", "levels", "probe", "evidence")
        own = {name: getattr(self, name) for name in self.__slots__ if name not in apart}
        own["started"] = self.started.isoformat().replace("+00:00", "Z")
        own["levels"] = [asdict(level) for level in self.levels]
        own["probe"] = asdict(self.probe) if self.probe else None
        return {**own, **asdict(self.summary), "silence": self.silence()}

    def silence(self) -> dict[str, Any]:
        """The seconds of silent waiting a journey, as the browser beside the load heard it; else why nobody knows."""
        if self.probe is None or not self.probe.walks - self.probe.broken:
            return dict(SILENCE)
        walked = self.probe.walks - self.probe.broken
        return {"state": "value", "value": round(self.probe.silent_time / walked, 3)}
