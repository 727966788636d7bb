"""A load as its gates see it: every wait with its length, the browser's silences, and how the generator got along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loadtests.machines.workers import lost_told
from loadtests.probes.probed import Heard
from loadtests.recording import Told
from loadtests.summary import Waited
from loadtests.verdicts.evidence import Evidence, Generator, Times

if TYPE_CHECKING:
    from loadtests.result import LoadResult


def evidence_of(
    result: LoadResult, told: Sequence[Told], waits: Sequence[Waited], silences: Sequence[Heard] | None
) -> Evidence:
    """The evidence of one load. Journeys that the end of the load cut short are no failures and no successes."""
    summary = result.summary
    by_step: dict[str, list[float]] = {}
    for wait in waits:
        by_step.setdefault(wait.step, []).append(wait.seconds)
    silent: dict[str, list[float]] = {}
    for one in silences or ():
        silent.setdefault(one.step, []).append(one.silence)
    asked = sum(one.requests for one in summary.by_request)
    requests = asked or summary.requests
    errors = sum(one.failures for one in summary.by_request)
    if not asked:  # the generator did not come to tell: what ended without an answer is what is known
        errors = sum(one.ending == "failed" for one in told)
    came = result.arrived
    return Evidence(
        journeys=summary.journeys,
        done=summary.done,
        requests=requests,
        errors=min(errors, requests),
        seconds=result.seconds,
        journey=Times.of(one.seconds() for one in told if one.ending == "done"),
        waits={step: Times.of(seconds) for step, seconds in by_step.items()},
        silences=None if silences is None else {step: Times.of(seconds) for step, seconds in silent.items()},
        threshold=result.threshold,
        ending=result.ending,
        generator=Generator(
            start_lag=result.lag.get("p99"),
            cpu=result.cpu,
            dropped=result.dropped / came if came else None,
            lost=lost_told(result.workers) or "",
        ),
    )
