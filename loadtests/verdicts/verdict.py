"""Did the service bear it? Passed, failed, or void: each gate with its interval, and the rule that decided it.

A gate fails only when its interval lies wholly beyond the limit, or when its failure repeats; chance alone fails no
build. A load that its own generator held up says nothing of the service, and is void.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from loadtests.verdicts.demands import Allowed, Bounds, Gate, Gates, compared
from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import kinds
from loadtests.verdicts.intervals import Estimate, change
from studies.words import _

PASSED: Final = "passed"
FAILED: Final = "failed"
VOID: Final = "void"
DOUBTFUL: Final = "doubtful"  # beyond the limit, but no further than chance may bring it
EXIT_CODES: Final = {PASSED: 0, FAILED: 3, VOID: 4}

#: A load that ended so has told nothing about the service, or not what was asked.
VOID_ENDINGS: Final = ("stopped", "generator died", "disk full", "permission withdrawn", "address changed", "killed")
#: A load that ended so met a service that turned everybody away, whatever was measured before.
FAILED_ENDINGS: Final = ("target died", "circuit breaker", "certificate expired")


@dataclass(frozen=True, slots=True)
class Judged:
    """One gate as it was judged, in the last of the runs.

    `rule` says what decided: `interval` (the whole of it lies on one side of the limit), `estimate` (it meets the
    limit, the interval reaches beyond), `repeated`, `did not repeat`, `not repeated` (in doubt, and no other run
    was allowed), `not measurable`, `first run` (nothing to compare with). `limit` is in the unit of the kind.
    """

    gate: str
    state: str
    rule: str
    unit: str
    limit: float | None
    found: Estimate | None
    reason: str = ""

    def json(self) -> dict[str, Any]:
        """It as JSON: the estimate and its interval beside the limit."""
        found = self.found
        told: dict[str, Any] = {"gate": self.gate, "state": self.state, "rule": self.rule, "unit": self.unit}
        told |= {"limit": self.limit, "value": found and found.value, "ci_low": found and found.low}
        return told | {"ci_high": found and found.high, "n": found and found.n, "reason": self.reason or None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of the load: its gates, in how many runs, and why it is void or failed besides them."""

    state: str
    gates: tuple[Judged, ...] = ()
    reasons: tuple[str, ...] = ()
    runs: int = 1
    unheard: bool = False  # void for nothing but a gate that could not be measured

    @property
    def exit_code(self) -> int:
        """0 passed, 3 failed, 4 void."""
        return EXIT_CODES[self.state]

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        told = {"state": self.state, "exit_code": self.exit_code, "reasons": list(self.reasons), "runs": self.runs}
        return {**told, "gates": [gate.json() for gate in self.gates]}


def judge(gates: Gates, runs: Sequence[Evidence], good: Evidence | None = None) -> Verdict:
    """The verdict on a load that was run so often, against the last good one where gates compare with it."""
    last = runs[-1]
    judged = [_over_runs([_judged(gate, run, gates.confidence) for run in runs], gates) for gate in gates.gates]
    judged += [
        _over_runs([_against(allowed, run, good, gates.confidence) for run in runs], gates)
        for allowed in compared(gates)
    ]
    void = [reason for run in runs for reason in _void(run, gates.bounds)]
    broke = [_ended(run) for run in runs if run.ending in FAILED_ENDINGS]
    unknown = [f"{each.gate}: {each.reason}" for each in judged if each.state == VOID]
    if void:
        return Verdict(VOID, tuple(judged), tuple(dict.fromkeys(void)), len(runs))
    if broke or last.ending in FAILED_ENDINGS or any(each.state == FAILED for each in judged):
        return Verdict(FAILED, tuple(judged), tuple(dict.fromkeys(broke)), len(runs))
    if unknown:
        return Verdict(VOID, tuple(judged), tuple(unknown), len(runs), unheard=True)
    # In doubt still means: run it again. Whoever does not has nothing that failed.
    return Verdict(PASSED, tuple(judged), (), len(runs))


def decide(gates: Gates, run: Callable[[], Evidence], good: Evidence | None = None) -> Verdict:
    """Run the load, and again while a failure is in doubt and may be repeated; what came of it."""
    runs = [run()]
    while again(gates, runs, good):
        runs.append(run())
    return judge(gates, runs, good)


def again(gates: Gates, runs: Sequence[Evidence], good: Evidence | None = None) -> bool:
    """Must the load run once more before anything is said? Only doubt asks for it, and only so often as allowed."""
    verdict = judge(gates, runs, good)
    return len(runs) < gates.repeat and verdict.state == PASSED and any(g.state == DOUBTFUL for g in verdict.gates)


# --- one gate ---------------------------------------------------------------------------------------------------------


def _judged(gate: Gate, run: Evidence, confidence: float) -> Judged:
    kind = kinds()[gate.measure.kind]
    found = kind.measure(run, gate.measure.step, gate.measure.level, confidence)
    if isinstance(found, str):
        return Judged(gate.text, VOID, "not measurable", kind.UNIT, gate.limit, None, found)
    met = gate.holds(found.value)
    # The limit of the interval that would have to be on the good side for all to be well, and the other one.
    worst, best = (found.low, found.high) if kind.BETTER == "more" else (found.high, found.low)
    if met:
        sure = worst is not None and gate.holds(worst)
        return Judged(gate.text, PASSED, "interval" if sure else "estimate", kind.UNIT, gate.limit, found)
    if best is not None and not gate.holds(best):
        return Judged(gate.text, FAILED, "interval", kind.UNIT, gate.limit, found)
    return Judged(gate.text, DOUBTFUL, "not repeated", kind.UNIT, gate.limit, found)


def _against(allowed: Allowed, run: Evidence, good: Evidence | None, confidence: float) -> Judged:
    """One measure against the last good run: by how much worse it became, and how much of that was allowed."""
    of, kind = allowed.measure, kinds()[allowed.measure.kind]
    text = _("{measure} against the last good run").format(measure=of)
    shares, sign = kind.UNIT == "share", -1.0 if kind.BETTER == "more" else 1.0
    unit = "difference" if shares else "proportion"
    limit = sign * allowed.worse
    now = kind.measure(run, of.step, of.level, confidence)
    if isinstance(now, str):  # nor may it become what later runs are held to
        return Judged(text, VOID, "not measurable", unit, limit, None, now)
    if good is None:
        reason = _("there is no good run to compare with yet; this one becomes the first if it passes")
        return Judged(text, PASSED, "first run", unit, limit, None, reason)
    then = kind.measure(good, of.step, of.level, confidence)
    if isinstance(then, str):  # void would keep that run for good: none that measures more could take its place
        reason = _("in the last good run: {reason}").format(reason=then)
        return Judged(text, PASSED, "first run", unit, limit, None, reason)
    # A share may differ by so much; a time, by so great a part of what it was.
    factor, most = (1.0, limit) if shares else (1.0 + limit, 0.0)
    apart = change(now, then, factor)
    part, against = (0.0, 1.0) if shares or not then.value else (limit, then.value)
    told = [None if x is None else round(x / against + part, 9) for x in (apart.low, apart.high)]
    found = Estimate(round(apart.value / against + part, 9), told[0], told[1], now.n)
    worse = sign * (apart.value - most)  # above zero: more worse than allowed
    best, worst = (apart.high, apart.low) if sign < 0 else (apart.low, apart.high)
    if worse <= 1e-12:
        sure = worst is not None and sign * (worst - most) <= 0
        return Judged(text, PASSED, "interval" if sure else "estimate", unit, limit, found)
    if best is not None and sign * (best - most) > 0:
        return Judged(text, FAILED, "interval", unit, limit, found)
    return Judged(text, DOUBTFUL, "not repeated", unit, limit, found)


def _over_runs(judged: Sequence[Judged], gates: Gates) -> Judged:
    """One gate over all runs: what is certain in any of them stands; a doubt stands when every run has it."""
    for each in judged:
        if each.state == FAILED:
            return each
    last = judged[-1]
    if last.state == DOUBTFUL and len(judged) >= gates.repeat > 1 and all(j.state == DOUBTFUL for j in judged):
        return _with(last, FAILED, "repeated")
    if last.state == PASSED and any(each.state == DOUBTFUL for each in judged):
        return _with(last, PASSED, "did not repeat")
    if last.state == DOUBTFUL and any(each.state == PASSED for each in judged):
        return _with(last, PASSED, "did not repeat")
    return last


def _with(judged: Judged, state: str, rule: str) -> Judged:
    return Judged(judged.gate, state, rule, judged.unit, judged.limit, judged.found, judged.reason)


# --- the whole run ----------------------------------------------------------------------------------------------------


def _void(run: Evidence, bounds: Bounds) -> list[str]:
    """Why a run says nothing about the service: it was cut short, or its generator was the bottleneck."""
    found, own = [], run.generator
    if run.ending in VOID_ENDINGS:
        found.append(_ended(run))
    if own.lost:
        found.append(own.lost)  # less was asked of the service than was said
    if own.start_lag is not None and own.start_lag > bounds.start_lag:
        found.append(
            _(
                "The generator was the bottleneck: one citizen in a hundred set out {lag:.2f} s late or later, where"
                " {most:g} s is the most. Ask for less, or use more workers."
            ).format(lag=own.start_lag, most=bounds.start_lag)
        )
    if own.cpu is not None and own.cpu > bounds.cpu:
        found.append(
            _(
                "The generator was the bottleneck: it took {cpu:.1%} of its processor, where {most:.1%} is the most."
                " Ask for less, or use more workers."
            ).format(cpu=own.cpu, most=bounds.cpu)
        )
    if own.dropped is not None and own.dropped > bounds.dropped:
        found.append(
            _(
                "{share:.1%} of the citizens who arrived were never let in, since as many were under way as may be"
                " ({most:.1%} is the most that may be dropped). Raise that number, or ask for less."
            ).format(share=own.dropped, most=bounds.dropped)
        )
    return found


def _ended(run: Evidence) -> str:
    """How a load ended before its time, in a sentence."""
    said = {
        "stopped": _("The load was stopped by hand before its time."),
        "killed": _("The load was stopped by the kill switch."),
        "generator died": _("The load generator died."),
        "disk full": _("The disk took no more of what the load told."),
        "permission withdrawn": _("The permission was withdrawn while the load ran."),
        "address changed": _("The name of the service came to stand for another address while the load ran."),
        "target died": _("The service stopped answering under the load."),
        "certificate expired": _("The service's certificate expired while the load ran: browsers go no further."),
        "circuit breaker": _(
            "The service answered with errors, or asked to be left alone, until the load was stopped."
        ),
    }
    return said.get(run.ending, run.ending)
